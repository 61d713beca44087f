"""The request of every page, as those above the centres see it: who has signed in is one of our accounts."""

from centres.access import SignedInRequest
from centres.models.accounts import User


class StaffRequest(SignedInRequest):
    user: User
