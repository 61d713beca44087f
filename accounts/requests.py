"""The request of a page of staff: its user is one of our accounts (`User`)."""

from accounts.models import User
from centres.access import SignedInRequest


class StaffRequest(SignedInRequest):
    user: User
