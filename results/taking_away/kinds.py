"""What can be taken away, and as what."""

from django.db.models import TextChoices


class What(TextChoices):
    BROADSHEET = "broadsheet", "Broadsheet"
    LISTING = "listing", "Results listing"
    STATEMENTS = "statements", "Statements of provisional results"


class Format(TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "Workbook (xlsx)"
    PDF = "pdf", "PDF"


FORMATS = {
    What.BROADSHEET: (Format.XLSX, Format.CSV, Format.PDF),
    What.LISTING: (Format.XLSX, Format.CSV),
    What.STATEMENTS: (Format.PDF,),
}
