"""What pages say of claims."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_lines import LineDraft
from caresmith.claims.drafted_parties import AddressDraft
from caresmith.codes.icd10cm import dotted
from caresmith.records.revenue.claim import ClaimState, Went
from functions.claims.scrubbing.findings import Severity

S = ClaimState

STATES: Final[Mapping[ClaimState, str]] = {
    S.HELD: "Held",
    S.CLEAN: "Clean",
    S.APPROVED: "Approved",
    S.BATCHED: "Being sent",
    S.SENT: "Sent",
    S.RECEIVED: "Received",
    S.ACCEPTED: "Accepted",
    S.PENDED: "Pended",
    S.REJECTED: "Rejected",
    S.PAID: "Paid",
    S.PARTLY_PAID: "Partly paid",
    S.DENIED: "Denied",
    S.REVERSED: "Taken back by the payer",
    S.REPLACED: "Replaced",
    S.VOIDED: "Voided",
    S.CLOSED: "Closed",
}
MEANINGS: Final[Mapping[ClaimState, str]] = {
    S.HELD: "Something speaks against it, or somebody keeps it back.",
    S.CLEAN: "Nothing speaks against it: approve it, and it goes out.",
    S.APPROVED: "It goes out with the next file.",
    S.BATCHED: "Its file is on the way.",
    S.SENT: "Delivered; whether the file could be read is not known yet (999).",
    S.RECEIVED: "The file could be read; the payer has not yet taken the claim (277CA).",
    S.ACCEPTED: "The payer has it: money or a denial is due.",
    S.PENDED: "The payer wants something first, or was asked to reopen what it decided.",
    S.REJECTED: "Never adjudicated: correct it and send it again.",
    S.PAID: "The payer has paid.",
    S.PARTLY_PAID: "A line was denied or paid short.",
    S.DENIED: "Nothing was paid.",
    S.REVERSED: "The payer took its decision back; another is due.",
    S.REPLACED: "A corrected claim stands for it.",
    S.VOIDED: "Taken back.",
    S.CLOSED: "Nothing more is to be done.",
}
COLOURS: Final[Mapping[ClaimState, str]] = {
    S.HELD: "bg-caution",
    S.REJECTED: "bg-danger",
    S.DENIED: "bg-danger",
    S.PENDED: "bg-caution",
    S.ACCEPTED: "bg-green",
    S.PAID: "bg-green",
}
KINDS: Final[Mapping[str, str]] = {
    "made": "Made from the charges",
    "redrafted": "Drafted anew",
    "fixed": "A finding was mended",
    "edited": "Facts were set",
    "overridden": "A warning was overridden",
    "put-on-hold": "Put on hold",
    "let-go": "Let go",
    "approved": "Approved",
    "withdrawn": "Taken out of the next file",
    "scrubbed": "Held against today's rules",
    "held-back": "Held back before sending",
    "batched": "Put into a file",
    "sent": "Sent",
    "given-back": "The file could not be delivered",
    "received": "Its file could be read",
    "accepted": "Accepted by the payer",
    "rejected": "Rejected",
    "pended": "Pended by the payer",
    "answer": "An answer came",
    "stale-answer": "An answer to an earlier file came",
    "asked": "The payer was asked",
    "resubmitted": "To be sent again",
    "behind": "The charges changed; a correction follows",
    "to-reopen": "The charges say something else; the payer is to be asked to reopen it",
    "reopening-dropped": "Nothing has to be reopened",
    "correction-made": "A corrected claim was made",
    "reopening-asked": "The payer was asked to reopen it",
    "confirmed": "The payer said that it has it",
    "made-anew": "A new original claim was made",
    "void-made": "A void was made",
    "correction-dropped": "The correction was dropped",
    "replaced": "Replaced",
    "voided": "Voided",
    "handed-over": "Handed over without the wire",
    "crossed-over": "Forwarded by the payer before",
    "not-awaited": "Not waited for any more",
    "adjudicated": "Answered by the payer",
    "unposted": "An answer was taken out of the books",
    "turn": "Whose turn it is has changed",
}
WENT: Final[Mapping[Went, str]] = {
    Went.PAPER: "by post",
    Went.PORTAL: "into the payer's portal",
    Went.CROSSOVER: "from the payer before",
}
REOPENED: Final = {
    "telephone": "By telephone",
    "portal": "In the payer's portal",
    "letter": "By letter",
    "none": "Nothing has to be asked",
}
SEVERITIES: Final[Mapping[Severity, tuple[str, str]]] = {
    Severity.ERROR: ("Error", "bg-danger"),
    Severity.WARNING: ("Warning", "bg-caution"),
    Severity.INFO: ("Note", "bg-secondary"),
}
FREQUENCIES: Final[Mapping[str, str]] = {
    "1": "Original",
    "7": "Corrected claim (7)",
    "8": "Void (8)",
}
FILE_STATES: Final[Mapping[str, str]] = {
    "gathering": "Being put together",
    "built": "Written, not delivered",
    "delivered": "Delivered",
    "sent": "Delivered, no answer yet",
    "answered": "Acknowledged",
    "overdue": "No acknowledgement in time",
    "returned": "Could not be delivered",
    "empty": "Nothing to send",
    "received": "Waits to be read",
    "taken": "Read",
    "expected": "Announced",
    "refused": "Refused",
    "garbled": "Can't be read",
}
FILE_KINDS: Final[Mapping[str, str]] = {
    "837P": "Claims (837P)",
    "276": "Questions (276)",
    "TA1": "Envelope (TA1)",
    "999": "Acknowledgement (999)",
    "277CA": "Claims taken or not (277CA)",
    "277": "Answers (277)",
    "835": "Remittance (835)",
    "271": "Eligibility (271)",
    "other": "Something else",
}
REMARKS: Final[Mapping[str, str]] = {
    "unreachable": "The clearinghouse could not be reached.",
    "timed-out": "The clearinghouse did not answer in time.",
    "refused": "The clearinghouse will not have it.",
    "key-refused": "The clearinghouse does not accept our key or password.",
    "host-key": (
        "The clearinghouse's server shows another key than the one that is known here: it may be "
        "somebody else's server. Nothing was given to it. Have whoever looks after this system "
        "ask the clearinghouse whether its key has changed."
    ),
    "no-folder": "The folder at the clearinghouse is not there.",
    "misconfigured": (
        "The address or the keys of the clearinghouse are not filled in rightly. Tell whoever "
        "looks after this system."
    ),
    "garbled": "The clearinghouse answered with something unexpected.",
    "name-taken": "The clearinghouse has another file of that name.",
    "not-configured": "No way to a clearinghouse is set up.",
    "set-up: billing": "The practice's billing set-up is not filled in.",
    "set-up: submitter-id": "The practice has no id at the clearinghouse.",
}
TURNS: Final = {1: "Primary", 2: "Secondary", 3: "Tertiary"}


def word(options: Iterable[tuple[str, str]], code: str) -> str:
    """The words for a code; the code itself where there are none."""
    return next((text for known, text in options if known == code), code)


def state(value: str) -> str:
    return STATES[ClaimState(value)]


def remark(text: str) -> str:
    return REMARKS.get(text, text)


def age(day: dt.date, today: dt.date) -> str:
    days = (today - day).days
    return "today" if days == 0 else f"{days} day{'s' if days != 1 else ''}"


def size(count: int) -> str:
    return f"{count:,} B" if count < 1024 else f"{count / 1024:,.0f} kB"  # noqa: PLR2004


def person(last: str, first: str, middle: str = "", suffix: str = "") -> str:
    return " ".join(part for part in (first, middle, last, suffix) if part)


def address(one: AddressDraft | None) -> list[str]:
    if one is None:
        return []
    code = one.postal_code
    zip_code = f"{code[:5]}-{code[5:]}" if len(code) == 9 and not one.country else code  # noqa: PLR2004
    place = " ".join(part for part in (one.city, one.state, zip_code, one.country) if part)
    return [part for part in (one.line1, one.line2, place) if part]


def diagnoses(draft: ClaimDraft) -> list[tuple[str, str]]:
    """Letter and code, as the paper form and pointers name them."""
    return [("ABCDEFGHIJKL"[n], dotted(code)) for n, code in enumerate(draft.diagnoses[:12])]


def pointers(every: tuple[int, ...]) -> str:
    return "".join("ABCDEFGHIJKL"[one - 1] for one in every if 1 <= one <= 12)  # noqa: PLR2004


def service(line: LineDraft) -> str:
    """A line as it is named in a list."""
    return " ".join(("Line", line.charge_id, line.procedure.code, *line.procedure.modifiers))


def attached(draft: ClaimDraft) -> int:
    """How many documents go beside the claim and its services."""
    return len(draft.attachments) + sum(len(one.attachments) for one in draft.lines)
