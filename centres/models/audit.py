"""The audit trail: what was done, by whom, when, for which centre and series, and what changed.

Text, without foreign keys: it outlives everything that it speaks of. Nothing in this application
updates or deletes a row of it. No password and no grade is ever written here.
"""

import re

from django.db import models
from django.db.models import F
from django.db.models.functions import Upper

from centres.models.membership import Role
from core.in_words import stored_in_words
from core.only_grows import OnlyGrows

WORDS = {
    "status_edited": "Edited status",
    "groups_saved": "Saved groups",
    "subcentres_saved": "Saved Subcentre Management",
    "credentials_requested": "Asked for credentials",
    "credentials_created": "Created credentials",
    "credentials_revoked": "Revoked credentials",
    "letters_failed": "Letters could not be made",
    "letters_downloaded": "Downloaded letters",
    "letter_downloaded": "Downloaded single letters",
    "not_seen_downloaded": "Downloaded a call list",
    "letters_destroyed": "Deleted a letter file",
    "exchange_uploaded": "Uploaded a file to File Exchange",
    "exchange_downloaded": "Downloaded a file from File Exchange",
    "exchange_withdrawn": "Withdrew a file from File Exchange",
    "exchange_refused": "A file was refused by File Exchange",
    "exchange_destroyed": "Deleted a file from File Exchange",
    "results_downloaded": "Downloaded results",
    "changes_downloaded": "Downloaded what changed",
    "hold_placed": "Placed a hold",
    "hold_asked": "Asked to release a hold",
    "hold_let_go": "Released a hold",
    "keys_rotated": "Rotated keys",
    "site_paired": "Said that database and storage belong together",
    "series_ended": "Removed the candidates of a series, whose time had passed",
    "erasure_proposed": "Proposed to remove a person",
    "erasure_confirmed": "Removed a person",
    "erasure_refused": "Refused to remove a person",
    "person_exported": "Exported what is kept of a person",
    "restored_gone_on": "Said that a restored database goes on",
    "letters_unknown": "Letters are unknown since a restore, and must be created again if they were printed",
    "restored_stopped": "Said that the database was restored",
    "orphans_quarantined": "Moved encrypted files that no row knows to quarantine",
    "orphans_given_back": "Moved encrypted files back from quarantine",
    "orphans_removed": "Removed encrypted files from quarantine",
    "file_given": "Uploaded a file to load",
    "file_discarded": "Discarded a file",
    "loaded": "Loaded a file",
    "numbers_given": "Gave candidate numbers to other people",
    "person_invited": "Invited to the staff",
    "person_added": "Added to the staff",
    "rights_changed": "Changed role and rights",
    "person_suspended": "Suspended",
    "suspension_lifted": "Lifted a suspension",
    "person_removed": "Removed from the staff",
    "loaded_file_downloaded": "Downloaded a loaded file",
    "loaded_file_destroyed": "Deleted a loaded file",
    "release_proposed": "Proposed a release",
    "release_confirmed": "Confirmed a release",
    "release_refused": "Refused a release",
    "keyholder_made": "Made the keys of a keyholder",
    "keyholders_changed": "Changed the keyholders",
    "keyholders_given_up": "Gave up the keyholders and what is sealed",
    "passphrase_wrong": "Gave a wrong passphrase",  # nosec B105 # words for a page
    "passphrase_tried": "Tried a passphrase",  # nosec B105 # words for a page
    "sealed_series": "Sealed the results of a series",
    "sealed_file_given": "Gave a results file to a sealed series",
    "ceremony_begun": "Called the keyholders together",
    "ceremony_turn": "Gave the passphrase of a keyholder",
    "ceremony_stopped": "Stopped what keyholders were at",
    "sealed_opened": "Opened the results of a sealed series",
    "sealed_file_destroyed": "Deleted a sealed file",
    "result_corrected": "Corrected a result",
    "correction_proposed": "Proposed a correction",
    "correction_confirmed": "Confirmed a correction",
    "correction_refused": "Refused a correction",
    "access_proposed": "Proposed to open an account",
    "access_confirmed": "Confirmed to open an account",
    "access_refused": "Refused to open an account",
    "operator_made": "Made a board operator",
    "account_shut_out": "Shut out an account",
    "account_reopened": "Let an account in again",
    "trail_downloaded": "Downloaded the audit trail",
    "invited": "Made a set-password link",
    "password_set": "Set a password",  # nosec B105 # words for a page
    "second_factor_set_up": "Set up a second factor",
    "second_factor_removed": "Removed a second factor",
    "passkey_added": "Added a passkey",
    "passkey_removed": "Removed a passkey",
    "recovery_codes_made": "Made recovery codes",
    "recovery_started": "Started the recovery of lost factors",
    "recovery_finished": "Finished the recovery of lost factors",
    "recovery_stopped": "Stopped the recovery of lost factors",
    "signed_out": "Signed out other browsers",
    "board_added": "Added (board)",
    "board_changed": "Changed (board)",
    "board_deleted": "Deleted (board)",
}
UUID = re.compile(r"\s*\b(Letter file )?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


class Recorded(models.Model):
    """Who did something, for which centre, and what it changed."""

    by = models.CharField(max_length=150, help_text="Username, or the name of a command.")
    centre = models.CharField(max_length=5, blank=True, db_index=True)
    old = models.JSONField(default=dict, blank=True)
    new = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    @property
    def changes(self) -> list[tuple[str, str, str]]:
        """(field, old, new) of every field that changed, in words."""
        return [
            (spaced(key), words_for(key, self.old.get(key)), words_for(key, self.new.get(key)))
            for key in {**self.old, **self.new}
        ]


class AuditEvent(Recorded):
    ONLY_GROWS = OnlyGrows()

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField(max_length=50)
    series = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=250, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject"], name="audit_subject"),
            # What the board searches the trail by, newest first.
            models.Index(Upper("by"), F("at").desc(), F("id").desc(), name="audit_by_newest"),
            models.Index(fields=["action", "-at", "-id"], name="audit_action_newest"),
            models.Index(fields=["series", "-at", "-id"], name="audit_series_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by}: {self.action}"

    @property
    def words(self) -> str:
        """What was done, as people read it."""
        return WORDS.get(self.action, self.action)

    @property
    def about(self) -> str:
        """The subject without the long number that nobody reads; the board's CSV keeps it."""
        return UUID.sub("", self.subject)


def spaced(key: str) -> str:
    """A field's name as words."""
    return key.replace("_", " ")


def words_for(key: str, value: object) -> str:
    """A value that was kept of this field, as people read it."""
    if key == "role" and value in Role.values:
        return str(Role(value).label)
    return stored_in_words(value)
