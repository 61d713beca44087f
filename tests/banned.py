"""Names that the code no longer bears: each idea has one word, the field's or Django's.

What is banned is a name, not the word: prose may say that a file was kept, or that a part was taken. A new
name that somebody would not search for belongs here, beside the one that took its place. Phrases that people
read: `tests.test_words`.
"""

import ast
import re
from collections.abc import Iterator

from tests.layout import Module, definitions, docstrings


def table(text: str) -> dict[str, str]:
    """`old -> new`, and `old old -> new`, a line each."""
    pairs = (line.split(" -> ") for line in text.strip().splitlines())
    return {old: new.strip() for olds, new in pairs for old in olds.split()}


# Nowhere in a name, whole or as a part of one: KeptFile, kept_files_of, KEPT_FILE.
PARTS = table("""
desk -> acting, or board
straight_in -> upload_handler
strays unclaimed -> orphans
kept_file kept_files kept_upload kept_dir -> encrypted_file, encrypted_files, encrypted_upload, encrypted_files_dir
upkeep -> periodic_tasks
worker_sign give_sign forget_signs -> heartbeat
confirm_first password_again sent_on -> require_recent_password, reauthenticate_for_download, reauthentication
acts_seen -> notifications_seen
opened_by_another perhaps_one_with -> recently_controlled_by_another, possibly_same_person
known_browsers -> lockout
people_acts people_list -> people.acts, people.listing
meanwhile -> edit_conflict, or since
obstacle obstacles -> blocker, eligibility
mended_at -> fixed_at
standing_of -> needs_of
vault -> storage
handing_over handed_over -> share, shared_export
telephoning -> call_list
pulse -> sign_ins
typeface -> font_subset
taking_away take_away -> exports, download
overtaken -> out_of_date
knows_until -> holds_known_until
unseen -> changes
browsing -> staff_site
side_by_side -> associates
taken_back take_back -> withdrawn, withdraw
component_heads -> component_columns
kinds_of_files -> registry
sought -> audit_search
made_up -> demo.cohort
surroundings -> environment
key_kinds -> key_rotation
entries_and_results -> results
file_exchange -> exchange
candidate_results -> centres, or credentials
""")
# Not the name of a file or a folder.
FILES = table("""
attached -> associates
attaching -> subcentre_links
beat -> worker
blank -> page_template
canvas -> reportlab_letter
choosing -> selection, or choose_series
claims -> contradictions
confirming -> reauthentication
contents -> file_types
downloading -> downloads
explained -> explanations
finding -> listing
frame -> context, or views
holder -> live_logins
loads -> workflow
looking making -> tasks, or build
news -> banner, or notifications
on_disk -> disk
paper -> pdf
prepared -> prepared_queries
putting -> versions, or upload
recording whose -> selection
references -> lookups
said -> actual_text
scanning -> virus_scan
scope -> filters
second_person -> four_eyes
seen -> listing
sheets stamp -> stamped_pages, shaping
space -> quota
states -> version_state
storing -> upsert
taking -> downloads
telling -> notifications
times clock -> dates
trail -> audit_search
unpacking -> xlsx_guard
waiting -> dashboard
work -> jobs
""")
# Not the name of a class, a function, a constant or a field.
NAMES = table("""
Attached -> CentreNeeds
CannotDo TakenOver -> JobError, JobTakenOver
Desk -> ActingFor
Look -> Inspection
Manager -> StaffManager
Sought -> AuditSearch
Taking -> Download
Waiting WAITING -> ToDo, QUEUED
Whose -> Selection
Work -> Job
beat -> heartbeat
does -> JOBS in the settings
further -> report_progress
put put_into put_into_exchange -> upload, share_file, or letter_file_share
put_at put_by -> uploaded_at, uploaded_by
said -> board_time, or actual_text
settle -> fsync
take -> download
tell -> notify
EXCHANGE_UPLOAD_LIFE EXCHANGE_UPLOAD_LEFT -> EXCHANGE_UPLOAD_EXPIRES_AFTER, EXCHANGE_UPLOAD_FINISH_AFTER
""")
TEMPLATES = set(
    "administration ask_shut_out attached _attached_row ask_create_many _news _pulse not_seen ask_put put "
    "ask_take_back take_away _take_away waiting _waiting paper".split()
)
ADDRESSES = set("take put news not_seen not_seen_csv create_many take_file export_put mine".split())
ACTIONS = set("exchange_put exchange_taken exchange_taken_back results_taken changes_taken".split())
CLASSES = set("news news-bad take-away data-put".split())
# The page that the proxy shows to those who wait, when more come than can be served.
SHOWN_BY_THE_PROXY = re.compile(r"\bcandidate_site/waiting\.|\btest_waiting\.py$")

PART = re.compile(rf"(?:^|_)({'|'.join(sorted(PARTS, key=len, reverse=True))})(?=_|$)")


def snake(name: str) -> str:
    """`KeptFile` and `KEPT_FILE` as `kept_file`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def banned_part(name: str) -> str:
    found = PART.search(snake(name))
    return found[1] if found else ""


def banned_paths(path: str) -> Iterator[str]:
    """What of a file's name, or of its folders', is banned."""
    if SHOWN_BY_THE_PROXY.search(path):
        return
    for name in re.sub(r"\.\w+$", "", path).split("/"):
        bare = name.removeprefix("test_").removeprefix("page_")
        banned = bare in TEMPLATES if path.startswith("templates/") else bare in FILES
        if banned or banned_part(bare):
            yield f"{path}: is named {name} (now: {PARTS.get(banned_part(bare)) or FILES.get(bare, 'another')})"


def banned_names(module: Module) -> Iterator[str]:
    for line, name, is_known in definitions(module.tree):
        new = PARTS.get(banned_part(name)) or (is_known and NAMES.get(name))
        if new:
            yield f"{module.path}:{line}: {name} (now: {new})"
    prose = {id(node) for node in docstrings(module.tree)}
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str(said)) if id(node) not in prose:
                space, _, name = said.partition(":")
                is_address = re.fullmatch(r"\w+:\w+", said)
                if said in ACTIONS or (is_address and (banned_part(space) or name in ADDRESSES)):
                    yield f"{module.path}:{node.lineno}: {said!r}"
            case ast.Call(func=ast.Name(id="path"), keywords=keywords):
                for keyword in keywords:
                    if isinstance(keyword.value, ast.Constant) and keyword.value.value in ADDRESSES:
                        yield f"{module.path}:{node.lineno}: an address named {keyword.value.value}"


def banned_in_template(path: str, text: str) -> Iterator[str]:
    for line, written in enumerate(text.splitlines(), start=1):
        for tag in re.findall(r"\{[{%](.*?)[%}]\}", written):
            for name in re.findall(r"[A-Za-z_]\w*", re.sub(r"([\"']).*?\1", "", tag)):
                if banned_part(name):
                    yield f"{path}:{line}: {name} (now: {PARTS[banned_part(name)]})"
            for space, name in re.findall(r"[\"'](\w+):(\w+)[\"']", tag):
                if banned_part(space) or name in ADDRESSES:
                    yield f"{path}:{line}: {space}:{name}"
        classes = " ".join(re.findall(r'class="([^"]*)"', written)).split()
        for name in (*classes, *re.findall(r"\bdata-[a-z-]+", written)):
            if name in CLASSES:
                yield f"{path}:{line}: {name}"
