"""What the system is made of: every table, queue, function and trigger, as data.

The CDK app deploys this list and the local stack runs it, so neither can serve
a route, a trigger or a table that the other lacks. Nothing here imports CDK or
boto3: the local stack and the tests read it in milliseconds.

A *route* and the permission it needs are declared once, on its handler. The
manifest only says which base paths API Gateway forwards to which function.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from caresmith.settings import Domain


class Access(StrEnum):
    """What a function may do with a table or bucket."""

    READ = "read"
    WRITE = "write"
    """Read, put, update and delete."""
    APPEND = "append"
    """Put new items only: no update and no delete is granted."""


@dataclass(frozen=True)
class TableSpec:
    """One DynamoDB table: partition key ``pk`` and sort key ``sk``, both strings."""

    domain: Domain
    stream: bool = False
    """Whether a stream (new and old images) leaves the table."""
    ttl: str | None = None
    """The number attribute (epoch seconds) after which an item expires."""
    has_sort_key: bool = True


TABLES: Final[tuple[TableSpec, ...]] = (
    TableSpec(Domain.KEYSTORE),
    TableSpec(Domain.IDENTITY, ttl="expires_at"),
    TableSpec(Domain.PRACTICE, stream=True, ttl="expires_at"),
    TableSpec(Domain.PATIENTS, stream=True, ttl="expires_at"),
    TableSpec(Domain.SCHEDULE, stream=True, ttl="expires_at"),
    TableSpec(Domain.CLINICAL, stream=True, ttl="expires_at"),
    TableSpec(Domain.REVENUE, stream=True, ttl="expires_at"),
    TableSpec(Domain.MESSAGES, stream=True, ttl="expires_at"),
    TableSpec(Domain.AUDIT, stream=True),
    # Powertools' persistence layer owns the shape of this table.
    TableSpec(Domain.IDEMPOTENCY, ttl="expiration", has_sort_key=False),
)


@dataclass(frozen=True)
class StreamTrigger:
    """Deliver a table's stream to the function, in order per partition key."""

    domain: Domain
    entity: str | None = None
    """Only items whose ``entity`` attribute equals this; None for all."""
    batch_size: int = 25


@dataclass(frozen=True)
class EventTrigger:
    """Deliver domain events of these detail types from the bus, through a queue."""

    detail_types: tuple[str, ...]


@dataclass(frozen=True)
class ScheduleTrigger:
    """Invoke the function on a clock, with ``{"job": name}`` as its event."""

    name: str
    expression: str
    """EventBridge schedule expression: ``rate(1 minute)`` or ``cron(...)``, in UTC."""


@dataclass(frozen=True)
class BucketGrant:
    bucket: str
    access: Access


@dataclass(frozen=True)
class Function:
    """One Lambda function: ``functions/<name>/handler.py``, symbol ``handler``."""

    name: str
    purpose: str
    base_paths: tuple[str, ...] = ()
    """Paths that API Gateway forwards whole (``/patients`` and all below it)."""
    tables: tuple[tuple[Domain, Access], ...] = ()
    streams: tuple[StreamTrigger, ...] = ()
    events: tuple[EventTrigger, ...] = ()
    schedules: tuple[ScheduleTrigger, ...] = ()
    buckets: tuple[BucketGrant, ...] = ()
    publishes_events: bool = False
    starts_once: tuple[str, ...] = ()
    """Targets that it invokes later through one-time schedules: a function's name, or
    ``workflow:<name>``."""
    answers_workflows: tuple[str, ...] = ()
    """Workflows whose waiting tasks it completes."""
    carriers: tuple[str, ...] = ()
    """Ways out to people that it may use: ``sms``, ``email``."""
    hears_carriers: bool = False
    """Whether it takes what carriers tell through the :data:`TOPICS`."""
    secrets: tuple[str, ...] = ()
    """Secrets that it may read: names under the stage's prefix."""
    user_pools: tuple[str, ...] = ()
    """Cognito pools (``staff``, ``patients``) that the function administers or logs in to."""
    layers: tuple[str, ...] = ("common", "core")
    memory_mb: int = 512
    timeout_seconds: int = 15
    reserved_concurrency: int | None = None
    on_user_path: bool = True
    """Whether a person waits for it: then SnapStart is on."""
    role_in_api: str = "handler"
    """``authorizer`` for the one function that API Gateway asks who is calling."""

    @property
    def handler(self) -> str:
        return f"functions.{self.name}.handler.handler"


@dataclass(frozen=True)
class Bucket:
    name: str
    domain: Domain
    object_lock_days: int | None = None
    expiring: tuple[tuple[str, int], ...] = ()
    """Prefixes whose objects go, with all their versions, after so many days."""
    scanned: tuple[str, ...] = ()
    """Prefixes in which every new object is scanned for malware."""
    posted_to: bool = False
    """Whether pages post files to it: then it takes requests of the console's origin (CORS)."""


BUCKETS: Final[tuple[Bucket, ...]] = (
    # 45 CFR 164.316(b)(2)(i): keep documentation for six years.
    Bucket("audit", Domain.AUDIT, object_lock_days=6 * 366),
    # Messages of laboratories as they came, and the documents within them.
    Bucket("results", Domain.CLINICAL),
    Bucket(
        "documents",
        Domain.CLINICAL,
        expiring=(("incoming/", 1), ("views/", 1)),
        scanned=("incoming/", "faxes/"),
        posted_to=True,
    ),
    # Files to and from payers, as they went and came: kept for ever.
    Bucket("exchange", Domain.REVENUE, posted_to=True),
    # Statements and estimates as they were sent, and files of many to print.
    Bucket("statements", Domain.REVENUE),
)

POSTED_HEADERS: Final = ("content-type",)
"""What a page's request to a bucket with ``posted_to`` may say besides its fields."""
CORS_SECONDS: Final = 3600
"""How long a browser remembers that it may."""

PASSWORD_LENGTH: Final = 14
"""Of every password at least, with capital and small letters, a digit and a symbol."""

# Every function that handles a request checks who calls, writes the audit entry,
# unseals with the practice's key and answers repeats from the idempotency table.
_REQUEST: Final = (
    (Domain.AUDIT, Access.APPEND),
    (Domain.IDEMPOTENCY, Access.WRITE),
    (Domain.KEYSTORE, Access.READ),
)


@dataclass(frozen=True)
class Workflow:
    """A Step Functions state machine whose definition lies beside its owner's handler."""

    name: str
    owner: str
    """The function in whose folder ``<name>.asl.json`` lies."""
    invokes: tuple[str, ...]
    """The functions that its tasks call, by name."""

    @property
    def definition(self) -> str:
        """Where the definition lies, from the repository's root.

        ``${<function>}`` stands in it for the ARN of a function that it invokes.
        """
        return f"functions/{self.owner}/{self.name}.asl.json"


WORKFLOWS: Final[tuple[Workflow, ...]] = (
    Workflow("reminder", owner="reminders", invokes=("reminders", "messaging")),
    Workflow("submission", owner="claims", invokes=("claims",)),
)

SECRETS: Final[tuple[str, ...]] = ("twilio", "payer_exchange", "stripe")
"""What the operator fills in after the first deployment, as JSON."""

TOPICS: Final[tuple[str, ...]] = ("mail", "texts")
"""SNS topics in which carriers speak: what became of e-mails, and texts that came in."""

FUNCTIONS: Final[tuple[Function, ...]] = (
    Function(
        name="authorizer",
        purpose="Says who calls: verifies the token or session, never what they may do",
        tables=((Domain.IDENTITY, Access.WRITE), (Domain.PRACTICE, Access.READ)),
        role_in_api="authorizer",
        timeout_seconds=5,
    ),
    Function(
        name="patients",
        purpose="Demographics, search, duplicates, merge, timeline of the chart",
        base_paths=("/patients", "/console/patients"),
        tables=(
            *_REQUEST,
            (Domain.PATIENTS, Access.WRITE),
            (Domain.PRACTICE, Access.READ),
            # The number or address that a reply or a bounce was about.
            (Domain.MESSAGES, Access.READ),
            # The payer that a policy is of.
            (Domain.REVENUE, Access.READ),
        ),
        events=(
            EventTrigger(
                (
                    "AppointmentBooked",
                    "AppointmentMoved",
                    "AppointmentCancelled",
                    "AppointmentLeft",
                    "AppointmentStatusChanged",
                    "ConsentReplied",
                    "ContactPointFailed",
                )
            ),
        ),
    ),
    Function(
        name="scheduling",
        purpose="Calendars, open slots, holds, booking, waitlist, iCalendar feeds",
        base_paths=(
            "/appointments",
            "/slots",
            "/holds",
            "/calendar",
            "/waitlist",
            "/console/scheduling",
        ),
        tables=(
            *_REQUEST,
            (Domain.SCHEDULE, Access.WRITE),
            (Domain.PRACTICE, Access.READ),
            (Domain.PATIENTS, Access.READ),
            # How replies are acted on and freed times offered: the practice's settings.
            (Domain.MESSAGES, Access.READ),
        ),
        events=(
            EventTrigger(
                (
                    "AppointmentBooked",
                    "AppointmentMoved",
                    "AppointmentCancelled",
                    "AppointmentStatusChanged",
                    "WaitlistOfferClosed",
                    "ReplyReceived",
                    "NoShowsDue",
                )
            ),
        ),
        starts_once=("scheduling",),
        memory_mb=1024,
    ),
    Function(
        name="reminders",
        purpose="Plans reminders, runs their workflow, keeps cadence, wording and recalls",
        base_paths=("/reminders", "/console/reminders"),
        tables=(
            *_REQUEST,
            (Domain.MESSAGES, Access.WRITE),
            (Domain.SCHEDULE, Access.READ),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        events=(
            EventTrigger(
                (
                    "AppointmentBooked",
                    "AppointmentMoved",
                    "AppointmentCancelled",
                    "AppointmentLeft",
                    "AppointmentStatusChanged",
                    "MessageOutcome",
                    "ReplyActedOn",
                    "ReminderRepairDue",
                    "AgendaDue",
                    "RecallsDue",
                )
            ),
        ),
        # Itself: the nightly repair goes on in slices.
        starts_once=("workflow:reminder", "reminders"),
        answers_workflows=("reminder",),
        memory_mb=1024,
        timeout_seconds=30,
    ),
    Function(
        name="messaging",
        purpose="Sends texts and e-mails, answers replies, shows conversations and the inbox",
        base_paths=("/messages", "/console/messages"),
        tables=(
            *_REQUEST,
            (Domain.MESSAGES, Access.WRITE),
            # Sending is conditional on the visit's being unchanged.
            (Domain.SCHEDULE, Access.READ),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        events=(
            EventTrigger(
                (
                    "MessageQueued",
                    "ReplyReceived",
                    "ReplyActedOn",
                    "WaitlistOffered",
                    "WaitlistOfferClosed",
                    "StaffTaskRaised",
                    "ResultArrived",
                )
            ),
        ),
        starts_once=("messaging",),
        carriers=("sms", "email"),
        secrets=("twilio",),
        layers=("common", "core", "twilio"),
    ),
    Function(
        name="encounters",
        purpose="Visits and their notes, problems, allergies, vitals, orders: the chart",
        base_paths=("/charts", "/encounters", "/notes", "/console/charts", "/console/encounters"),
        tables=(
            *_REQUEST,
            (Domain.CLINICAL, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.SCHEDULE, Access.READ),
            (Domain.PRACTICE, Access.READ),
            # Names of the staff: who wrote what, and who may be given a task.
            (Domain.IDENTITY, Access.READ),
        ),
        events=(EventTrigger(("AppointmentStatusChanged", "PatientsMerged", "PatientsUnmerged")),),
        memory_mb=1024,
    ),
    Function(
        name="medications",
        purpose="Prescribing, safety checks, reconciliation, refills, prescriptions to pharmacies",
        base_paths=("/medications", "/console/medications"),
        tables=(
            *_REQUEST,
            (Domain.CLINICAL, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        events=(EventTrigger(("PrescriptionQueued",)),),
        # Itself: a pharmacy that does not answer is asked again later.
        starts_once=("medications",),
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        name="documents",
        purpose="Scans, PDFs, faxes and clinical documents (C-CDA): in, out, in the chart",
        base_paths=("/documents", "/console/documents"),
        tables=(
            *_REQUEST,
            (Domain.CLINICAL, Access.WRITE),
            # The key of the practice's fax service.
            (Domain.IDENTITY, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        buckets=(BucketGrant("documents", Access.WRITE),),
        layers=("common", "core", "documents"),
        # A file of 25 MB is looked through in memory.
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        name="results",
        purpose="Takes laboratory and imaging results, matches and files them, review, trends",
        base_paths=("/results", "/console/results"),
        tables=(
            *_REQUEST,
            (Domain.CLINICAL, Access.WRITE),
            # The keys of laboratories' systems.
            (Domain.IDENTITY, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        buckets=(BucketGrant("results", Access.WRITE),),
        # Itself: a file of messages is worked through in slices.
        starts_once=("results",),
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        name="coverage",
        purpose="Payers, what they cover and have agreed to: asked, kept, shown, seen to",
        base_paths=("/coverage", "/console/coverage"),
        tables=(
            *_REQUEST,
            (Domain.REVENUE, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.SCHEDULE, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        events=(
            EventTrigger(
                (
                    "EligibilityDue",
                    "AppointmentStatusChanged",
                    # What is left of an authorization.
                    "ChargesReleased",
                    "ChargesChanged",
                    "ChargesVoided",
                    "ClaimMoved",
                )
            ),
        ),
        # Itself: payers are asked one at a time, and again later where they don't answer.
        starts_once=("coverage",),
        secrets=("payer_exchange",),
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        name="charges",
        purpose="Charges from visits and by hand, their release, code lists, fees, favourites",
        base_paths=("/charges", "/console/charges"),
        tables=(
            *_REQUEST,
            (Domain.REVENUE, Access.WRITE),
            # What was coded at a visit.
            (Domain.CLINICAL, Access.READ),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
            # Names of the staff: who released and changed what.
            (Domain.IDENTITY, Access.READ),
        ),
        events=(EventTrigger(("EncounterClosed", "EncounterRetracted")),),
        layers=("common", "core", "codes"),
        # A code list of 20,000 lines is read in memory.
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        name="payments",
        purpose="Remittances posted to the last cent, denials worked, deposits matched",
        base_paths=("/payments", "/console/payments"),
        tables=(
            *_REQUEST,
            (Domain.REVENUE, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
            # Names of the staff: whom a denial may be given to.
            (Domain.IDENTITY, Access.READ),
        ),
        events=(EventTrigger(("ExchangeFileArrived", "RemittanceFiled", "ChargesChanged")),),
        buckets=(BucketGrant("exchange", Access.WRITE),),
        layers=("common", "core", "pdf"),
        # Itself: a file is read, filed and posted in slices.
        starts_once=("payments",),
        memory_mb=1024,
        # A file of 300 MB is read as a whole before anything of it is posted.
        timeout_seconds=600,
    ),
    Function(
        name="claims",
        purpose="Claims: made from charges, scrubbed, sent, acknowledged, corrected; paper forms",
        base_paths=("/claims", "/console/claims"),
        tables=(
            *_REQUEST,
            (Domain.REVENUE, Access.WRITE),
            # Whether a document that is to go beside a claim is one of the patient's.
            (Domain.CLINICAL, Access.READ),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
            # Names of the staff: who held, overrode, approved.
            (Domain.IDENTITY, Access.READ),
        ),
        buckets=(BucketGrant("exchange", Access.WRITE),),
        events=(
            EventTrigger(
                (
                    "ChargesReleased",
                    "ChargesChanged",
                    "ChargesVoided",
                    "TurnPassed",
                    "ClaimMoved",
                    # What payers agree to, for which claims wait.
                    "AuthorizationChanged",
                    "ClaimsDue",
                    "ExchangeFileArrived",
                )
            ),
        ),
        schedules=(ScheduleTrigger("poll-exchange", "rate(10 minutes)"),),
        # Itself: each practice's mailbox is looked into, and long answers are read in slices.
        starts_once=("workflow:submission", "claims"),
        answers_workflows=("submission",),
        secrets=("payer_exchange",),
        layers=("common", "core", "codes", "pdf", "sftp"),
        # A file of 5,000 claims is written in memory.
        memory_mb=1769,
        timeout_seconds=60,
    ),
    Function(
        name="accounts",
        purpose="What patients owe and pay: accounts, statements, plans, aging, the day's close",
        base_paths=("/accounts", "/console/accounts"),
        tables=(
            *_REQUEST,
            (Domain.REVENUE, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            # The visits for which estimates are owed.
            (Domain.SCHEDULE, Access.READ),
            (Domain.PRACTICE, Access.READ),
            # Names of the staff: who took what.
            (Domain.IDENTITY, Access.READ),
            # Word to a patient that a statement is there.
            (Domain.MESSAGES, Access.WRITE),
        ),
        events=(
            EventTrigger(
                (
                    "ChargesReleased",
                    "ChargesChanged",
                    "ChargesVoided",
                    "TurnPassed",
                    "PatientRegistered",
                    "PatientChanged",
                    "PatientsMerged",
                    "AppointmentBooked",
                    "AppointmentMoved",
                    "AppointmentCancelled",
                    "AppointmentLeft",
                    "AppointmentStatusChanged",
                    "CoverageVerified",
                    "StatementsDue",
                    "LedgerCheckDue",
                )
            ),
        ),
        buckets=(BucketGrant("statements", Access.WRITE),),
        # Itself: statements are made, and visits without estimates looked for, in slices.
        starts_once=("accounts",),
        secrets=("stripe",),
        layers=("common", "core", "pdf", "stripe"),
        memory_mb=1024,
        timeout_seconds=29,
    ),
    Function(
        name="paylink",
        purpose="What is behind a pay link: a statement is seen and paid by card, without log-in",
        base_paths=("/pay",),
        tables=(
            (Domain.AUDIT, Access.APPEND),
            (Domain.KEYSTORE, Access.READ),
            # Links count their tries and name their card pages.
            (Domain.REVENUE, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        buckets=(BucketGrant("statements", Access.READ),),
        secrets=("stripe",),
        layers=("common", "core", "stripe"),
        # Anybody may come here: a crowd before this door does not keep others from theirs.
        reserved_concurrency=20,
    ),
    Function(
        name="codes",
        purpose="Public code sets by words and by code: ICD-10-CM, RxNorm, LOINC",
        base_paths=("/codes", "/console/codes"),
        tables=_REQUEST,
        layers=("common", "core", "codes"),
    ),
    Function(
        name="webhooks",
        purpose="Takes what carriers deliver: replies by text, receipts, bounces",
        base_paths=("/webhooks",),
        tables=(
            *_REQUEST,
            (Domain.MESSAGES, Access.WRITE),
            (Domain.PATIENTS, Access.READ),
            (Domain.SCHEDULE, Access.READ),
            (Domain.PRACTICE, Access.READ),
        ),
        hears_carriers=True,
        secrets=("twilio",),
        layers=("common", "core", "chalice", "twilio"),
    ),
    Function(
        name="jobs",
        purpose="Tells each practice, by its own clock, what is due every day",
        tables=(
            (Domain.AUDIT, Access.APPEND),
            (Domain.PRACTICE, Access.WRITE),
            (Domain.MESSAGES, Access.READ),
        ),
        schedules=(ScheduleTrigger("tell-what-is-due", "rate(15 minutes)"),),
        layers=("common", "core", "chalice"),
        on_user_path=False,
        timeout_seconds=60,
    ),
    Function(
        name="admin",
        purpose="Practice set-up: locations, rooms, providers, appointment types, hours, users",
        base_paths=("/admin", "/console/admin"),
        tables=(
            (Domain.AUDIT, Access.APPEND),
            (Domain.IDEMPOTENCY, Access.WRITE),
            (Domain.KEYSTORE, Access.WRITE),
            (Domain.PRACTICE, Access.WRITE),
            (Domain.IDENTITY, Access.WRITE),
        ),
        user_pools=("staff",),
    ),
    Function(
        name="console",
        purpose="The staff console's shell: log-in, session, navigation, home, static files",
        base_paths=("/console",),
        tables=(
            *_REQUEST,
            (Domain.IDENTITY, Access.WRITE),
            (Domain.PRACTICE, Access.READ),
        ),
        user_pools=("staff",),
        layers=("common", "core", "web"),
    ),
    Function(
        name="audit",
        purpose="Seals the audit trail into hash-chained segments and shows it to auditors",
        base_paths=("/audit", "/console/audit"),
        tables=(*_REQUEST, (Domain.AUDIT, Access.READ)),
        streams=(StreamTrigger(Domain.AUDIT, entity="entry", batch_size=100),),
        buckets=(BucketGrant("audit", Access.APPEND),),
        # One writer at a time keeps each practice's chain in one line.
        reserved_concurrency=5,
    ),
    Function(
        name="relay",
        purpose="Carries committed domain events from the tables' streams to the bus",
        streams=tuple(
            StreamTrigger(domain, entity="event")
            for domain in (
                Domain.PRACTICE,
                Domain.PATIENTS,
                Domain.SCHEDULE,
                Domain.CLINICAL,
                Domain.REVENUE,
                Domain.MESSAGES,
            )
        ),
        publishes_events=True,
        on_user_path=False,
        timeout_seconds=30,
    ),
)


def function_named(name: str) -> Function:
    """The function of that name. Raises KeyError if the manifest has none."""
    for function in FUNCTIONS:
        if function.name == name:
            return function
    raise KeyError(name)


def function_for_path(path: str) -> Function | None:
    """The function that serves a request path: the longest base path that fits.

    ``/console/patients/x`` belongs to *patients* although *console* owns
    ``/console``; API Gateway resolves its resources in the same way.
    """
    best: tuple[int, Function] | None = None
    for function in FUNCTIONS:
        for base in function.base_paths:
            fits = path == base or path.startswith(base + "/")
            if fits and (best is None or len(base) > best[0]):
                best = (len(base), function)
    return best[1] if best else None
