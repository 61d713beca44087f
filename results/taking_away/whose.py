"""Of whom a file tells: the candidates of a centre, or some of them; or, together, those of a main
centre and of all its Associate Centres."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from centres.models import Centre, Entry, Series, User


@dataclass(frozen=True)
class Whose:
    """For this person to take away. `numbers`: of the candidates, when it is not all of them."""

    user: User
    centre: Centre
    series: Series
    together: bool = False
    numbers: tuple[str, ...] = ()

    @property
    def centres(self) -> QuerySet[Centre]:
        of_it = Q(pk=self.centre.pk)
        if self.together:
            of_it |= Q(main_link__main=self.centre)
        return Centre.objects.filter(of_it).order_by("number")

    @property
    def entries(self) -> QuerySet[Entry]:
        """In no order, of the series; `results.staff_release` judges each of them."""
        entries = Entry.objects.filter(candidate__series=self.series)
        if self.together:
            entries = entries.filter(candidate__centre__in=self.centres.order_by().values("pk"))
        else:
            entries = entries.filter(candidate__centre=self.centre)
        if self.numbers:
            entries = entries.filter(candidate__number__in=self.numbers)
        return entries.order_by()

    @property
    def how_many(self) -> int:
        """Candidates (one query)."""
        return self.entries.values("candidate").distinct().count()
