"""Verifying as a request does it: bounded in segments, findings and time."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Final

from caresmith.errors import invalid
from caresmith.ids import PracticeId
from functions.audit import records
from functions.audit.completeness import verify_tail
from functions.audit.findings import Finding
from functions.audit.models import Verification, VerifyRequest
from functions.audit.verifying import verify_links

MAX_FINDINGS: Final = 200
# The function is given 15 seconds; one segment more may take a second.
SECONDS: Final = 9.0


def verify(practice: PracticeId, request: VerifyRequest, now: datetime) -> Verification:
    """Verify the segments asked for; where they reach the head, also that it is the end.

    Raises InvalidRequest where the chain does not reach that far.
    """
    head = records.head(practice)
    end = int(head.sequence) if head else 0
    tail = verify_tail(practice, head, now.date()) if request.last >= end else []
    if request.last > end and not tail:
        raise invalid("last", f"The chain ends at {end}.")
    findings: list[Finding] = []
    last, deadline = request.first - 1, time.monotonic() + SECONDS
    for number, found in verify_links(practice, request.first, min(request.last, end)):
        last = number
        findings += found
        if len(findings) >= MAX_FINDINGS or time.monotonic() > deadline:
            break
    done = last >= min(request.last, end)
    findings += tail if done else []
    return Verification(
        ok=not findings,
        first=request.first,
        last=last,
        findings=findings,
        next=None if done else last + 1,
    )
