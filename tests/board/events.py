"""What tests of the board’s pages share: the button, and the rows of the trail."""

from centres.models import AuditEvent

POST = {"_save": "Save"}


def events() -> list[AuditEvent]:
    return list(AuditEvent.objects.order_by("pk"))
