"""staff.csv: who is on the staff of which centre, in which role. No password is ever loaded.

Somebody on the staff of several centres stands in several rows. A new exams officer may manage the
Candidate Results website, a viewer may not (rule 1); what is decided afterwards stays, until the role
itself changes; a suspension stays in any case. Whether somebody may see results in confidence before
candidates do, the file may say.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import User
from accounts.usernames import fault_in_new_username
from centres.models import Membership, Role
from loading.engine.cells import Wrong, centre_number, email, one_of, quoted, text
from loading.engine.loader import Cells, Kind
from loading.engine.report import Report, Row
from loading.engine.upsert import DISAGREES, Key, Said, Upsert, together
from loading.kinds.lookups import NO_CENTRE, centres_numbered


@dataclass(frozen=True, slots=True)
class Item:
    row: Row
    username: str
    name: str
    email: str
    centre: str
    values: dict[str, str | bool]


class Users(Upsert[User]):
    model = User
    called = "person"
    columns = {"name": "name", "email": "email"}
    shared = True
    names = ("name",)

    def find(self, keys: Collection[Key]) -> dict[Key, User]:
        found = User.objects.filter(username__in={username for (username,) in keys})
        return {(user.username,): user for user in found}

    def make(self, said: Said) -> User:
        user = User(username=said.key[0], **said.values)
        user.set_unusable_password()
        return user


class Memberships(Upsert[Membership]):
    model = Membership
    called = "person at this centre"
    columns = {"role": "role", "may_see_restricted_results": "restricted_results"}

    def find(self, keys: Collection[Key]) -> dict[Key, Membership]:
        found = Membership.objects.filter(user__in={user for user, _ in keys})
        return {(membership.user_id, membership.centre_id): membership for membership in found}

    def make(self, said: Said) -> Membership:
        user, centre = said.key
        return Membership(
            user_id=user,
            centre_id=centre,
            may_manage_results_service=said.values["role"] == Role.EXAMS_OFFICER,
            **said.values,
        )

    def in_words(self, field: str, value: Any) -> str:
        return Role(value).label if field == "role" and value else super().in_words(field, value)

    def change(self, changes: list[tuple[Membership, Said]]) -> None:
        for membership, said in changes:
            if membership.role != said.values["role"]:
                manages = said.values["role"] == Role.EXAMS_OFFICER
                membership.may_manage_results_service = manages
            for field, value in said.values.items():
                setattr(membership, field, value)
        Membership.objects.bulk_update(
            [membership for membership, _ in changes],
            [*self.columns, "may_manage_results_service"],
        )


class StaffFile(Kind):
    name = "staff"
    columns = ("username", "name", "email", "centre", "role")
    optional = ("restricted_results",)
    identity = ("username", "centre")

    def __init__(self, report: Report, *, by: str) -> None:
        super().__init__(report, by=by)
        self.users = Users(report, self.claims)
        self.memberships = Memberships(report, self.claims)

    def read(self, cells: Cells) -> Item:
        values: dict[str, str | bool] = {"role": cells.read("role", one_of(*Role.values))}
        if "restricted_results" in cells.row.cells:
            answer = cells.read("restricted_results", one_of("yes", "no"))
            values["may_see_restricted_results"] = answer == "yes"
        return Item(
            cells.row,
            cells.read("username", username),
            cells.read("name", text(200)),
            cells.read("email", email),
            cells.read("centre", centre_number),
            values,
        )

    def save(self, items: list[Item]) -> None:
        centres = centres_numbered(item.centre for item in items)
        for item in items:
            if item.centre not in centres:
                self.report.add(item.row, "centre", NO_CENTRE, quoted(item.centre))
        items = self._rightly_named([item for item in items if item.centre in centres])
        users = self.users.store(
            Said(item.row, (item.username,), {"name": item.name, "email": item.email})
            for item in items
        )
        memberships = self.memberships.store(
            Said(
                item.row,
                (self.users.rows[item.username,].pk, centres[item.centre]),
                item.values,
            )
            for item in items
            if item.row in users
        )
        self.counts.update(together(users[row], own) for row, own in memberships.items())

    def _rightly_named(self, items: list[Item]) -> list[Item]:
        """Sign-in forgives the case of a username, so no two may differ by it alone; and no file
        of centres' staff touches a board operator."""
        there = _users_by_lower_case(item.username for item in items)
        right = []
        for item in items:
            lower = item.username.lower()
            user = there.get(lower)
            spelling = {"username": item.username}
            earlier = self.claims.claim(("username", lower), spelling, item.row)
            if user and user.is_superuser:
                reason = "{} is a board operator. Choose another username."
                self.report.add(item.row, "username", reason, quoted(item.username))
            elif user and user.username != item.username:
                reason = "There is {} already. Write it in the same way."
                self.report.add(item.row, "username", reason, quoted(user.username))
            elif earlier and earlier.differing:
                self.report.add(item.row, "username", DISAGREES, earlier.place, "username")
            else:
                right.append(item)
        return right


def _users_by_lower_case(usernames) -> dict[str, User]:
    names = set(usernames)
    lower = {name.lower() for name in names}
    # SQLite lowers only ASCII letters, so usernames are looked up as they stand as well.
    found = User.objects.annotate(lower=Lower("username")).filter(
        Q(lower__in=lower) | Q(username__in=names)
    )
    return {user.username.lower(): user for user in found}


def username(cell: str) -> str:
    value = User.normalize_username(text(150)(cell))
    if fault := fault_in_new_username(value):
        raise Wrong(fault)
    return value
