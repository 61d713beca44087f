"""entries.csv gives a number to somebody else: a hold on the number does not go with it (rules 19, 22).

Whoever had the number stays held. Whoever has it now is held too, until two people of the board let that
go: it is not for a file to say that what was held back may be seen.
"""

from centres.models import Candidate
from loading.engine.report import Warned
from loading.kinds import entries
from results import holds
from results.models import Hold, HoldQuerySet

REASON = "Number {} was held when it was given to somebody else"


class EntriesFile(entries.EntriesFile):
    def finish(self) -> None:
        super().finish()
        if self.candidates.given:
            self._keep_held()

    def _keep_held(self) -> None:
        former = Candidate.objects.filter(set_aside_at=self.candidates.begun_at)
        held = former.filter(pk__in=_held_among(former)).select_related(
            "former_series", "former_centre"
        )
        for one in held:
            now = Candidate.objects.get(
                series=one.former_series, centre=one.former_centre, number=one.number
            )
            place = f"{now.centre.number} {now.number}"
            if not Hold.objects.in_force().filter(candidate=now).exists():
                holds.place(Hold(candidate=now, reason=REASON.format(one.number)), by=self.by)
            sentence = "A hold in force stays with who had it, and holds who has it now."
            self.report.warn(Warned.HELD, place, sentence)


def _held_among(former) -> list[int]:
    held: HoldQuerySet = Hold.objects.in_force()
    of_entries = held.filter(entry__candidate__in=former).values_list("entry__candidate", flat=True)
    return [*held.filter(candidate__in=former).values_list("candidate", flat=True), *of_entries]
