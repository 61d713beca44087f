"""One person alone reads no grade, whatever is done in whatever order; any two after the moment can (rule 28).

The one is a keyholder with all that `tests.sealed.thief` has, and, where it is the database alone that they write to,
changes its rows as well. The others are honest: they make keys, seal, give, try their passphrases and rehearse, and two
of them change the ring in one go. No other goes on with an opening or a change that the one has begun: those were two.
"""

import datetime as dt
from contextlib import suppress

from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from centres.models import Release
from results import holds
from results.holds import CannotHold
from results.models import Hold
from sealed import boxes, ceremonies, keyholders, opening, ring
from sealed.models import Ceremony, Keyholder, Opening, Seal
from sealed.refused import Refused
from tests.builders import (
    make_board_operator,
    make_candidate,
    make_centre,
    make_series,
    record_about,
)
from tests.sealed.cast import (
    Cast,
    Kind,
    give_file,
    make_keyholder,
    make_ring,
    make_seal,
    take_turns,
)
from tests.sealed.test_opening import HEADS
from tests.sealed.thief import Thief, read, unwrapped
from tests.sealed.undone import InOneGo, Undone

SECOND, MINUTE, HOUR, DAY = (
    dt.timedelta(**{one: 1}) for one in ("seconds", "minutes", "hours", "days")
)
PLANTED = "GRADE-THAT-NOBODY-KNOWS"
TEXT = f"{HEADS}2026-06,MAIN1,0001,0580,{PLANTED},85\n"


class OnePerson(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undone = Undone()
        self.undone.__enter__()

    @initialize()
    def a_ring_and_a_sealed_series(self) -> None:
        self.at, self.months = timezone.now(), iter((11, 3))
        self.most = self.at + 6 * DAY  # until when no account counts as another person's
        self.honest = make_ring(3)
        self.own = self.honest.pop()
        self.thief, self.accounts = Thief(), [self.own.user]
        self.thief.learn(self.own.holder, self.own.passphrase)
        self.passphrases = {self.own.holder.pk: self.own.passphrase}
        series = make_series()
        make_candidate(make_centre("MAIN1"), series, grades={"0580": None})
        self.seal = make_seal(series, self.own.user, opens_from=self.at + DAY)
        give_file(self.seal, TEXT, by=self.honest[0].user)

    def teardown(self) -> None:
        try:
            if hasattr(self, "seal"):
                self.others_still_can()
        finally:
            self.undone.__exit__(None, None, None)

    # --- What the one does ----------------------------------------------------------------------

    @rule(which=st.integers(0, 9))
    def make_keys(self, which: int) -> None:
        self.make_keys_of(self.accounts[which % len(self.accounts)])

    def make_keys_of(self, user: User) -> None:
        """The first, or such as could take the place of those before."""
        holder, passphrase = keyholders.make(user)
        self.thief.learn(holder, passphrase)
        self.passphrases[holder.pk] = passphrase

    def passphrase_of(self, user: User, which: str = "right") -> str:
        """`right`: of the keys in the ring, or else of those that were made; `new`: of the latest."""
        known = [self.passphrases.get(one.pk, "") for one in Keyholder.objects.of(user)]
        return "wrong" if which == "wrong" or not known else known[0 if which == "right" else -1]

    @precondition(lambda self: len(self.accounts) < 3)
    @rule(how=st.sampled_from(["operator_made", "invited", "recovery_started"]))
    def open_an_account(self, how: str) -> None:
        """Which one uses, and of which another approved; it has keys, too."""
        user = make_board_operator(f"puppet.{len(self.accounts)}")
        record_about(user.username, how, by=self.own.user)
        self.accounts.append(user)
        self.make_keys_of(user)

    @rule(
        kind=st.sampled_from(Kind.values),
        appointing=st.sets(st.integers(0, 5), max_size=3),
        retiring=st.sets(st.integers(0, 5), max_size=2),
    )
    def begin(self, kind: str, appointing: set[int], retiring: set[int]) -> None:
        chosen = {"seal": self.seal} if kind == Kind.OPEN else {}
        if kind == Kind.CHANGE:
            new = list(Keyholder.objects.current().filter(appointed_at=None))
            former = ring.ring()
            chosen = {
                "appointing": [one for number, one in enumerate(new) if number in appointing],
                "retiring": [one for number, one in enumerate(former) if number in retiring],
            }
        self.tried(ceremonies.begin, Kind(kind), by=self.own.user, at=self.at, **chosen)

    @rule(
        which=st.integers(0, 9),
        session=st.sampled_from(["own", "another", "keyholder.1"]),
        passphrase=st.sampled_from(["right", "right", "new", "wrong"]),
    )
    def take_a_turn(self, which: int, session: str, passphrase: str) -> None:
        user = self.accounts[which % len(self.accounts)]
        said = self.passphrase_of(user, passphrase)
        if one := self.under_way():
            self.tried(
                ceremonies.take_turn, one, user=user, passphrase=said, session=session, at=self.at
            )

    @rule()
    def stop(self) -> None:
        if one := self.under_way():
            self.tried(ceremonies.stop, one, by=self.own.user, at=self.at)

    @rule(which=st.integers(0, 9), passphrase=st.sampled_from(["right", "new", "wrong"]))
    def try_a_passphrase(self, which: int, passphrase: str) -> None:
        user = [*self.accounts, *(one.user for one in self.honest)][
            which % 5 % (len(self.accounts) + 2)
        ]
        said = self.passphrase_of(user, passphrase)
        self.tried(keyholders.unlock, user, said, at=self.at)

    @rule()
    def seal_another(self) -> None:
        if month := next(self.months, None):
            self.tried(make_seal, make_series(2026, month), self.own.user)

    @rule(replaces=st.booleans())
    def give(self, replaces: bool) -> None:
        self.tried(give_file, self.seal, TEXT, by=self.honest[0].user, replaces=replaces)

    @rule()
    def hold(self) -> None:
        self.tried(
            holds.place, Hold(series=self.seal.series, reason="Under inquiry"), by=self.own.user
        )

    @rule()
    def ask_to_let_go(self) -> None:
        for one in Hold.objects.all():
            self.tried(holds.ask_to_let_go, one, by=self.own.user)

    @rule()
    def release_at_once(self) -> None:
        """As if another of the board had confirmed it."""
        Release.objects.update(staff_at=None, candidates_at=self.at)

    @rule(what=st.sampled_from(["public keys", "appointed", "taken back", "key of the seal"]))
    def write_to_the_database(self, what: str) -> None:
        """Without the keys of the site; then the others go on, and all of that is undone."""
        with Undone():
            self.plant(what)
            for act in (self.others_seal, self.others_change, self.others_give):
                self.tried(act)
                assert self.thief.loot(PLANTED.encode()) == []

    # --- What the others do ---------------------------------------------------------------------

    @rule(minutes=st.sampled_from([1, 16, 61, 25 * 60]))
    def later(self, minutes: int) -> None:
        self.at = min(self.at + minutes * MINUTE, self.most)
        ceremonies.end_overdue(self.at)
        opening.forget_keys(self.at)

    @rule(which=st.integers(0, 1))
    def another_rehearses(self, which: int) -> None:
        one = self.under_way()
        if one and one.kind == Kind.REHEARSE:
            self.tried(take_turns, one, self.honest[which], at=self.at)

    @rule()
    def another_makes_keys(self) -> None:
        if User.objects.filter(username__startswith="keyholder.").count() < 5:
            self.honest.append(make_keyholder(f"keyholder.{User.objects.count() + 1}"))

    @rule()
    def others_try(self) -> None:
        for one in self.honest:
            self.tried(keyholders.unlock, one.user, one.passphrase, at=self.at)

    @rule(which=st.integers(0, 5))
    def two_others_appoint_somebody(self, which: int) -> None:
        self.tried(self.others_change, which)

    # --- What always holds ----------------------------------------------------------------------

    @invariant()
    def nothing_is_read(self) -> None:
        if hasattr(self, "seal"):
            assert self.thief.loot(PLANTED.encode()) == []
            assert not Opening.objects.exists()

    def others_still_can(self) -> None:
        """Any two of the ring after the moment, three before: each with their own passphrase."""
        if one := self.under_way():
            ceremonies.stop(one, by=self.own.user, at=self.at)
        Keyholder.objects.update(wrong_tries=0)
        mine = self.own._replace(passphrase=self.passphrase_of(self.own.user))
        members = {holder.user_id for holder in ring.ring()}
        those = [one for one in (*self.honest, mine) if one.user.pk in members]
        assert len(those) >= 2
        file = self.seal.files.to_open().first()
        for first, second in zip(those, [*those[1:], those[0]], strict=True):
            at = max(self.at, self.seal.opens_from)
            assert read(file, self.opened(at, first, second)) == TEXT.encode()
        before = self.seal.opens_from - SECOND
        if self.at < before and len(those) > 2:
            assert self.opened(before, *those[:2]) is None
            assert read(file, self.opened(before, *those[:3])) == TEXT.encode()

    # --- How ------------------------------------------------------------------------------------

    def under_way(self) -> Ceremony | None:
        return Ceremony.objects.under_way(self.at).first()

    def tried(self, act, *args, **kwargs) -> None:
        """What is refused, or cannot be, is as if it had not been tried; but for wrong tries, which count."""
        with suppress(Refused, CannotHold):
            act(*args, **kwargs)

    def opened(self, at: dt.datetime, *who: Cast) -> bytes | None:
        """The key that they find together; all is as it was then."""
        with Undone():
            one = ceremonies.begin(Kind.OPEN, by=who[0].user, seal=self.seal, at=at)
            take_turns(one, *who, at=at)
            found = Opening.objects.first()
            return found and unwrapped(found)

    def others_change(self, which: int = 0) -> None:
        """Two honest keyholders appoint somebody who has keys, in the place of others of theirs, uninterrupted."""
        new = list(Keyholder.objects.current().filter(appointed_at=None))
        new = new and [new[which % len(new)]]
        former = [one for one in ring.ring() if one.user_id in {each.user_id for each in new}]
        members = {holder.user_id for holder in ring.ring()}
        two = [one for one in self.honest if one.user.pk in members][:2]
        with InOneGo():
            if one := self.under_way():
                ceremonies.stop(one, by=self.own.user, at=self.at)
            one = ceremonies.begin(
                Kind.CHANGE, by=two[0].user, appointing=new, retiring=former, at=self.at
            )
            take_turns(one, *two, at=self.at)

    def others_seal(self) -> None:
        seal = make_seal(make_series(2027, 6), self.honest[0].user)
        give_file(seal, TEXT, by=self.honest[0].user)

    def others_give(self) -> None:
        give_file(self.seal, TEXT, by=self.honest[0].user)

    def plant(self, what: str) -> None:
        private, public = boxes.new_pair()
        self.thief.keys.add(private)
        mine = Keyholder.objects.filter(user__in=self.accounts)
        if what == "public keys":
            Keyholder.objects.exclude(user__in=self.accounts).update(public_key=public)
        elif what == "appointed":
            mine.filter(retired_at=None).update(appointed_at=self.at)
        elif what == "taken back":
            mine.exclude(user=self.own.user).update(appointed_at=self.at)
        else:
            Seal.objects.update(public_key=public)


def test_one_person_alone_reads_no_grade_and_any_two_can(db):
    run_state_machine_as_test(
        OnePerson,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
