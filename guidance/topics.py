"""The topics of guidance: for whom each is, and which pages of Direct it explains.

The text of a topic is `templates/guidance/topics/<slug>.html`. A page of Direct belongs to the topic that
names its address, or that of its part of Direct (`people:*`); what names it most closely wins.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.conf import settings
from django.template.loader import render_to_string

from guidance import audiences
from guidance.audiences import ASSOCIATE, BOARD, EVERYBODY, MAIN, OFFICERS, VIEWERS, Audience


@dataclass(frozen=True)
class Topic:
    """`keywords` are words that people search for and the text does not hold; `explains` are names of
    addresses, with `*` for any; `related` are slugs of other topics."""

    slug: str
    title: str
    audience: Audience
    summary: str
    keywords: str = ""
    explains: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @property
    def template(self) -> str:
        return f"guidance/topics/{self.slug}.html"

    @property
    def related_topics(self) -> list["Topic"]:
        return [BY_SLUG[slug] for slug in self.related]


TOPICS = (
    Topic(
        "what-is-where",
        "What is where in Direct",
        EVERYBODY,
        "The three parts of Administer exams, and who finds what in them.",
        keywords="dashboard tiles menu start home permission",
        explains=("dashboard", "to_do", "privacy:*"),
        related=("logging-in", "own-candidates", "entries-and-results"),
    ),
    Topic(
        "logging-in",
        "Logging in, and your own account",
        EVERYBODY,
        "Your password, your second factor, and what to do when you cannot get in.",
        keywords="MFA TOTP two factors passkey authenticator app recovery codes locked out reset forgotten session",
        explains=("account_*", "mfa_*", "own_sessions", "recover", "stop_recovery"),
        related=("people", "what-is-where"),
    ),
    Topic(
        "main-centre",
        "Setting up as a main centre",
        MAIN,
        "Give Associate Centres access, delay their results, and decide who answers candidates.",
        keywords="subcentre subcentres default single point of contact revoke attached Cambridge Associate",
        explains=("centres:subcentres",),
        related=("letters-of-associates", "own-candidates", "outdated-letters"),
    ),
    Topic(
        "letters-of-associates",
        "Acting for Associate Centres, and letters for many at once",
        MAIN,
        "See which centre still needs something, and create credentials for many in one go.",
        keywords="subcentre batch zip overview glance on behalf PDF files",
        explains=(
            "credentials:associates",
            "credentials:batch_create",
            "credentials:batch*",
            "centres:change_subcentre",
            "centres:edit_status_of_many",
            "credentials:letter_file_share",
        ),
        related=("main-centre", "making-letters", "outdated-letters"),
    ),
    Topic(
        "associate-centre",
        "Setting up as an Associate Centre",
        ASSOCIATE,
        "What your main centre decides, and what is left for you to do.",
        keywords="subcentre no access attached",
        related=("own-candidates", "making-letters", "results-day"),
    ),
    Topic(
        "own-candidates",
        "Giving your candidates access",
        OFFICERS,
        "Choose who has access, agree to support them, and name a contact.",
        keywords="status agreement contact delay series sign up NO candidates ALL Selected withdrawn",
        explains=("centres:choose_series", "centres:edit_status", "credentials:*"),
        related=("making-letters", "telling-candidates", "main-centre"),
    ),
    Topic(
        "overview",
        "Seeing how far a series is, and what is next",
        OFFICERS,
        "Six steps from access to release: what is done, what is left, and the one thing to do next.",
        keywords="readiness steps progress next badge amber to do what is left counts",
        explains=("overview:*",),
        related=("own-candidates", "making-letters", "letters-of-associates"),
    ),
    Topic(
        "making-letters",
        "Making, printing and handing out letters",
        OFFICERS,
        "Create credentials, download the letters as a PDF, and give each to its candidate.",
        keywords="login username password generate credentials print groups forms rooms cover sheet QR code "
        "language large print order",
        explains=(
            "credentials:create",
            "credentials:find",
            "credentials:preview",
            "credentials:letter_file",
            "credentials:letter_files",
            "credentials:letter_file_download",
            "centres:groups",
            "centres:put_in_group",
        ),
        related=("outdated-letters", "telling-candidates", "when-something-goes-wrong"),
    ),
    Topic(
        "outdated-letters",
        "Re-creating letters that are outdated",
        OFFICERS,
        "After a delay, a contact or a release has changed, make new letters for those concerned.",
        keywords="re-create recreate changed delay contact release replace old login",
        related=("making-letters", "main-centre", "when-something-goes-wrong"),
    ),
    Topic(
        "results-day",
        "Results day",
        OFFICERS,
        "When candidates can see what, who has looked, and whom to call.",
        keywords="release not seen telephone call list CSV sign-ins August January",
        explains=("results_day:show", "results_day:call_list", "results_day:call_list_csv"),
        related=("telling-candidates", "when-something-goes-wrong", "entries-and-results"),
    ),
    Topic(
        "telling-candidates",
        "What to tell candidates",
        OFFICERS,
        "What they need to know before results day, and a page to hand to them.",
        keywords="provisional screenshots universities handout explain grades X Q Y parents",
        related=("results-day", "making-letters", "when-something-goes-wrong"),
    ),
    Topic(
        "when-something-goes-wrong",
        "When something goes wrong",
        OFFICERS,
        "A letter is lost, the wrong person has one, or a candidate cannot log in.",
        keywords="lost stolen wrong person breach cannot log in does not work help problem replace audit trail "
        "who changed it failed letters",
        explains=("centres:audit",),
        related=("outdated-letters", "making-letters", "logging-in"),
    ),
    Topic(
        "entries-and-results",
        "Viewing entries and results",
        VIEWERS,
        "By qualification or by candidate, for your own centre or for an Associate Centre.",
        keywords="grades outcomes PUM component marks distribution corrections UCI search changed history",
        explains=("results:*",),
        related=("taking-results-away", "what-has-changed", "results-in-confidence"),
    ),
    Topic(
        "results-in-confidence",
        "Results in confidence",
        VIEWERS,
        "What you may see before candidates do, and must not pass on.",
        keywords="restricted release embargo early staff instant JCQ",
        related=("entries-and-results", "taking-results-away", "people"),
    ),
    Topic(
        "taking-results-away",
        "Downloading results: broadsheets, listings, statements",
        VIEWERS,
        "Entries and results as a spreadsheet or on paper, and what to watch for.",
        keywords="broadsheet CSV xlsx Excel PDF download export print statement of provisional results listing",
        explains=("results:download*", "results:export*"),
        related=("entries-and-results", "results-in-confidence", "file-exchange"),
    ),
    Topic(
        "what-has-changed",
        "Seeing which results have changed",
        VIEWERS,
        "Corrections and late results since the release, or since you last looked, with what each result was and why.",
        keywords="correction corrected enquiry review of marking remark pending update history old new grade",
        explains=("results:changes*",),
        related=("entries-and-results", "taking-results-away", "telling-candidates"),
    ),
    Topic(
        "file-exchange",
        "Uploading and downloading files in File Exchange",
        VIEWERS,
        "Between the board and a centre, and between a main centre and its Associate Centres.",
        keywords="upload download send receive versions refused virus scanner limit space folder unread withdraw",
        explains=("exchange:*",),
        related=("making-letters", "taking-results-away", "people"),
    ),
    Topic(
        "people",
        "People: accounts, rights and a lost second factor",
        OFFICERS,
        "Invite colleagues, change what they may do, and help those who cannot get in.",
        keywords="staff invite invitation suspend remove role viewer exams officer rights reset password recovery "
        "lost phone both factors",
        explains=("people:*",),
        related=("logging-in", "results-in-confidence", "when-something-goes-wrong"),
    ),
    Topic(
        "loading-files",
        "Loading centres, entries and results",
        BOARD,
        "What is loaded in which order, and what a file that is refused says.",
        keywords="CSV xlsx workbook import upload centres syllabuses series staff dry run bad rows corrections",
        explains=("loading:*",),
        related=("releases-and-holds", "state-of-the-service"),
    ),
    Topic(
        "sealed-results",
        "Sealed results, and keyholders",
        BOARD,
        "A series whose grades nobody can read until two keyholders open it: sealing, passphrases, opening.",
        keywords="ceremony confidential decrypt encrypted forgotten key lost password print rehearsal words",
        explains=("sealed:*",),
        related=("loading-files", "releases-and-holds", "accounts"),
    ),
    Topic(
        "releases-and-holds",
        "Releases, holds and corrections",
        BOARD,
        "When results are released, what can be held back, who releases it, and how a result is corrected.",
        keywords="release date calendar instant embargo hold withhold release second person outdated staff "
        "correction correct grade",
        explains=(
            "board:calendar*",
            "board:release*",
            "board:hold*",
            "board:correct*",
            "admin:*_release_*",
            "admin:*_hold_*",
            "admin:*_series_*",
            "admin:results_result_*",
        ),
        related=("loading-files", "state-of-the-service", "results-in-confidence"),
    ),
    Topic(
        "accounts",
        "Accounts: letting people in, and shutting them out",
        BOARD,
        "Links, lost factors and new board operators take two people; to shut somebody out takes one.",
        keywords="set password link recovery second factor operator superuser second person locked out suspend "
        "erase erasure GDPR data protection",
        explains=("board:account*", "erasures:*", "admin:accounts_user_*"),
        related=("people", "logging-in", "releases-and-holds"),
    ),
    Topic(
        "state-of-the-service",
        "Board, and the state of the service",
        BOARD,
        "What the board’s pages hold, the audit trail, and what to check before a release.",
        keywords="admin operator worker queue storage backup audit trail health monitoring",
        explains=("board:*", "admin:*"),
        related=("loading-files", "releases-and-holds"),
    ),
)
BY_SLUG = {topic.slug: topic for topic in TOPICS}


def topic_for(address: str) -> Topic | None:
    """The topic that explains the page of this address name, `credentials:centre`."""
    naming = [
        (len(pattern.replace("*", "")), "*" not in pattern, topic)
        for topic in TOPICS
        for pattern in topic.explains
        if fnmatchcase(address, pattern)
    ]
    return max(naming, key=lambda named: (named[1], named[0]))[2] if naming else None


def text_of(topic: Topic, *, printed: bool = False) -> str:
    """HTML. `printed`: topics are on other pages of the same document, pictures inside it."""
    service = {"BOARD_NAME": settings.BOARD_NAME, "SUPPORT_EMAIL": settings.SUPPORT_EMAIL}
    return render_to_string(topic.template, {"topic": topic, "printed": printed, **service})


def by_audience() -> list[tuple[Audience, list[Topic]]]:
    """The contents, in the order in which they are read."""
    return [(one, [topic for topic in TOPICS if topic.audience == one]) for one in audiences.ALL]
