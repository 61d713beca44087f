"""Files that belong to a row of the desk, and go with it."""

from centres import kept_files
from centres.models import KeptFile


def drop(kept: KeptFile | None) -> None:
    """Destroy a file for good, and its row with it. Nothing may point to it but with SET_NULL."""
    if kept is not None:
        kept_files.destroy(kept)
        KeptFile.objects.filter(pk=kept.pk).delete()  # it needs its name until all is committed
