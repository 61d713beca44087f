"""Which pictures there are: who looks at which page, what is pressed first, and what is ringed.

The cohort is that of the demo on 1 July 2026: March 2026 is released (`OPEN`), June 2026 is not yet
(`NEXT`). MC100 is a main centre, AC101 to AC105 are attached to it; OC200 is an ordinary centre, in
which nobody has a letter yet.
"""

from dataclasses import dataclass

OPEN, NEXT = "2026-03", "2026-06"
AT_MAIN = f"/candidate-results/{NEXT}/MC100/"
AT_ASSOCIATE = f"/candidate-results/{NEXT}/AC101/"
AT_ORDINARY = f"/candidate-results/{NEXT}/OC200/"
SEALED = "/board/sealed-results/"
OFFICER, ASSOCIATE, VIEWER, BOARD = "officer.main", "officer.ac101", "viewer.main", "board"
NO_KEYHOLDER = "board.5"
ORDINARY = "officer.oc200"
CANDIDATE = "candidate"  # logs in with the login of a letter; NOBODY has not
NOBODY = ""
WIDE = 1240  # for a table of many columns
PDF = "PDF"  # in place of a part: the address gives a PDF, whose first page is shown


@dataclass(frozen=True)
class Shot:
    """`by` opens `path` (the candidate is there by logging in) and presses `press`, a button, if there is
    one. `ring` is marked: a button, a link or a field by its name. `part` is a CSS selector of what is
    shown, in a window that ends `height` pixels below its top."""

    slug: str
    by: str
    path: str
    alt: str
    ring: str = ""
    press: str = ""
    part: str = "main"
    height: int = 640
    width: int = 1000


SHOTS = (
    Shot(
        "dashboard",
        OFFICER,
        "/",
        "Administer exams with its three parts, and below them how far the present series is; the link "
        "“Candidate results website” is ringed.",
        ring="Candidate results website",
    ),
    Shot(
        "account",
        OFFICER,
        "/account/",
        "Your account: the password, and the second factor below it; “Change password” is ringed.",
        ring="Change password",
    ),
    Shot(
        "series",
        OFFICER,
        "/candidate-results/",
        "Candidate Results website administration: a list of series, and the button “Go”, ringed.",
        ring="Go",
    ),
    Shot(
        "subcentres",
        OFFICER,
        AT_MAIN + "subcentres/",
        "Subcentre Management: a row for each Associate Centre with its delay, access and contact; "
        "“Use defaults” in the first row is ringed.",
        ring="Use defaults",
        height=800,
        width=WIDE,
    ),
    Shot(
        "associates",
        OFFICER,
        AT_MAIN + "attached-centres/?show=all",
        "Associate Centres at a glance: a table of centres with their access, agreement, contact and "
        "letters; “Create credentials at 1 centre” at the foot is ringed.",
        ring="Create credentials at 1 centre",
        height=760,
        width=WIDE,
    ),
    Shot(
        "associate",
        ASSOCIATE,
        AT_ASSOCIATE,
        "Candidates and letters of an Associate Centre: who has access, from when, the delay that its main "
        "centre has set, and the contact; “Edit status” is ringed.",
        ring="Edit status",
    ),
    Shot(
        "edit-status",
        OFFICER,
        AT_MAIN + "status/edit/",
        "Edit status: NO, ALL or Selected candidates, the contact, the delay, the agreement, and the "
        "button “Confirm”, ringed.",
        ring="Confirm",
        height=1100,
    ),
    Shot(
        "candidates",
        ORDINARY,
        AT_ORDINARY,
        "Candidates and letters: the candidates of a centre, with a box to tick before each; “Create "
        "credentials” at the foot is ringed.",
        ring="Create credentials",
    ),
    Shot(
        "create",
        ORDINARY,
        AT_ORDINARY,
        "“Create credentials for 12 candidates?”: how many letters and new logins there will be, how many "
        "are replaced, and whose; the button “Create credentials for 12” is ringed.",
        press="Create credentials",
        ring="Create credentials for 12",
        height=860,
    ),
    Shot(
        "download",
        OFFICER,
        AT_MAIN + "letters/LATEST/",
        "A letter file that is ready: order, language, cover sheet and large print, and the button "
        "“Download the letters (PDF)”, ringed.",
        ring="Download the letters (PDF)",
        height=860,
    ),
    Shot(
        "letter",
        OFFICER,
        AT_MAIN + "letters/preview/",
        "A letter, marked SAMPLE: the candidate, the login, when results can be seen, and the contact.",
        part=PDF,
    ),
    Shot(
        "outdated",
        ASSOCIATE,
        AT_ASSOCIATE + "?show=outdated",
        "The candidates whose letters are outdated, with the reasons above them; “Re-create 12 outdated” at "
        "the foot is ringed.",
        ring="Re-create 12 outdated",
    ),
    Shot(
        "results-day",
        OFFICER,
        f"/candidate-results/{OPEN}/MC100/results-day/",
        "Results day: how many candidates have seen results and how many have not, and the sign-ins of the "
        "last hour; “Call list” is ringed.",
        ring="Call list",
        height=800,
    ),
    Shot(
        "audit-trail",
        OFFICER,
        AT_MAIN + "audit/",
        "Audit trail: day by day, what was done, by whom, when, and for which series.",
        height=460,
    ),
    Shot(
        "entries-and-results",
        VIEWER,
        f"/entries-and-results/{OPEN}/MC100/",
        "The entries and results of a centre: qualifications to choose, counts, and the distribution of "
        "results as bars and as a table.",
        height=860,
    ),
    Shot(
        "candidate-login",
        NOBODY,
        "/results/",
        "The candidate’s login: username, password, and the button “Log in”, ringed.",
        ring="Log in",
        width=640,
    ),
    Shot(
        "candidate-results",
        CANDIDATE,
        "",
        "What a candidate sees: each syllabus with its grade, and below that results are provisional.",
        height=700,
        width=640,
    ),
    Shot(
        "one-candidate",
        VIEWER,
        f"/entries-and-results/{OPEN}/MC100/candidates/0002/",
        "The entries and results of one candidate, with the marks of components.",
        height=760,
    ),
    Shot(
        "download-results",
        OFFICER,
        f"/entries-and-results/{OPEN}/MC100/download/",
        "Download results: broadsheet, results listing, file for school systems or statements, and the candidates; the "
        "button “Download” is ringed.",
        ring="Download",
        height=1040,
    ),
    Shot(
        "people",
        OFFICER,
        "/people/MC100/",
        "The people of a centre: name, role, rights, second factor and last log-in of each; “Invite "
        "somebody” is ringed.",
        ring="Invite somebody",
    ),
    Shot(
        "upload-a-file",
        OFFICER,
        "/file-exchange/AC101/MC100/upload/",
        "Upload a file: series, what it is about, a note and the file; beside them the space that is "
        "left; “Upload” is ringed.",
        ring="Upload",
        height=760,
    ),
    Shot(
        "load",
        BOARD,
        "/board/loading/",
        "Load files: the files so far, and beside them the file, its kind, and why results change; “See what "
        "would change” is ringed.",
        ring="See what would change",
        height=720,
    ),
    Shot(
        "propose-release",
        BOARD,
        "/board/releases/propose/",
        "Propose a release: series, qualification, and day and time for candidates and for staff.",
        height=860,
    ),
    Shot(
        "calendar",
        BOARD,
        "/board/calendar/2026/",
        "The calendar of a year: when credentials open, staff see results and candidates see them, the next marked.",
        height=860,
    ),
    Shot(
        "make-keys",
        NO_KEYHOLDER,
        SEALED + "keyholders/keys/",
        "“Make your keys?”: what to see to before, and that with fewer than two passphrases left nobody can read the "
        "sealed files; “Make my keys and show the passphrase” is ringed.",
        ring="Make my keys and show the passphrase",
    ),
    Shot(
        "seal-a-series",
        BOARD,
        SEALED + "series/2027-03/seal/",
        "“Seal March 2027?”: what holds from now on, and the day and time from when two keyholders may open it; the "
        "button “Seal March 2027” is ringed.",
        ring="Seal March 2027",
        height=860,
    ),
    Shot(
        "keyholders",
        BOARD,
        SEALED + "keyholders/",
        "Keyholders: when each last tried the passphrase, and below them who has made keys and can be appointed; "
        "“Try my passphrase” is ringed.",
        ring="Try my passphrase",
    ),
    Shot(
        "change-keyholders",
        BOARD,
        SEALED + "keyholders/change/",
        "Appoint, retire or replace keyholders: who can be appointed, and who can be retired, each with a box to "
        "tick; “See what it means” is ringed.",
        ring="See what it means",
    ),
    Shot(
        "sealed-series",
        BOARD,
        SEALED + "series/2026-11/",
        "Sealed results of November 2026: the file that was given, its rows, how many entries have a result in it, and "
        "from when two keyholders may open it; “Open the results” is ringed.",
        ring="Open the results",
    ),
    Shot(
        "give-results",
        BOARD,
        SEALED + "series/2026-11/give/",
        "Give a results file of November 2026: the file, and whether it replaces the one before; “Check and seal” is "
        "ringed.",
        ring="Check and seal",
    ),
    Shot(
        "give-passphrase",
        BOARD,
        SEALED + "series/2026-11/open/",
        "“Open November 2026”: whose passphrases are given, how long is left, and the field for one’s own; “Give my "
        "passphrase” is ringed.",
        press="Begin to open November 2026",
        ring="Give my passphrase",
        height=720,
    ),
)
