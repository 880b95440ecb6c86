"""The answer to a message: ACK with MSA, and an ERR for each finding (HL7 v2.5.1, 2.9 and 2.15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum

from functions.results.hl7.delimiters import Delimiters
from functions.results.hl7.findings import CONDITION_TEXTS, Finding, Severity
from functions.results.hl7.oru import Header
from functions.results.hl7.stamps import write_stamp

_PLAIN = Delimiters()
_MOST_ERRORS = 50


class Acknowledgment(StrEnum):
    """HL7 table 0008, original mode."""

    ACCEPT = "AA"
    ERROR = "AE"
    """It was kept, and a person has to look at it."""
    REJECT = "AR"
    """It was kept, and is nothing that is taken here."""


def write_ack(
    header: Header,
    answer: Acknowledgment,
    findings: Sequence[Finding] = (),
    *,
    now: dt.datetime,
    control_id: str,
) -> bytes:
    """The ACK for a message with that header, without MLLP framing."""
    e = _PLAIN.escape_text
    version = header.version if header.version.startswith("2.") else "2.5.1"
    trigger = header.trigger if header.trigger.isalnum() else ""
    lines = [
        "|".join(
            (
                "MSH",
                _PLAIN.encoding_characters,
                e(header.receiving_application),
                e(header.receiving_facility),
                e(header.sending_application),
                e(header.sending_facility),
                write_stamp(now),
                "",
                f"ACK^{trigger}^ACK" if trigger else "ACK",
                control_id,
                header.processing_id if header.processing_id in {"P", "D", "T"} else "P",
                version,
                "",
                "",
                "",
                "",
                "",
                "UNICODE UTF-8",
            )
        ),
        f"MSA|{answer}|{e(header.control_id)}",
    ]
    lines += [_err(finding) for finding in findings[:_MOST_ERRORS]]
    return ("\r".join(lines) + "\r").encode()


def _err(finding: Finding) -> str:
    """ERR-2 where, ERR-3 what (table 0357), ERR-4 how bad, ERR-7 for a programmer."""
    place = finding.place
    where = f"{place.segment}^{place.sequence}"
    if place.field:
        where += f"^{place.field}^1"
        if place.component:
            where += f"^{place.component}"
    code = f"{int(finding.condition)}^{CONDITION_TEXTS[finding.condition]}^HL70357"
    severity = finding.severity if finding.severity in Severity else Severity.ERROR
    text = _PLAIN.escape_text(f"{place}: {finding.text}")
    return f"ERR||{where}|{code}|{severity}|||{text}"
