"""The request of every page, as those above the centres see it: who has signed in is one of our accounts."""

from accounts.models import User
from centres.access import SignedInRequest


class StaffRequest(SignedInRequest):
    user: User
