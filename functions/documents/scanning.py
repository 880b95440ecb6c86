"""Is the file infected? A port with two ways, chosen by ``CARESMITH_MALWARE_SCAN``.

``guardduty``   In the cloud: GuardDuty Malware Protection for S3 scans each object that
                arrives in quarantine and writes its verdict as a tag of that version
                (https://docs.aws.amazon.com/guardduty/latest/ug/
                monitoring-malware-protection-s3-scans-gdu.html). Until the tag is there,
                the file waits.
``signatures``  Everywhere else: finds the EICAR test file (https://www.eicar.org), plain or
                within another file, so that every path of an infected file can be walked.
                It protects from nothing: a deployment of its own uses GuardDuty.

Another scanner (ClamAV behind ``clamd``, say) is one more function of the same shape.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from caresmith.log import logger
from functions.documents import store


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"
    WAITING = "waiting"
    """Not scanned yet."""
    UNREADABLE = "unreadable"
    """The scanner could not look into it: encrypted, or of a kind that it does not know."""


# GuardDutyMalwareScanStatus, and its values.
_TAG: Final = "GuardDutyMalwareScanStatus"
_TAGGED: Final[Mapping[str, Verdict]] = {
    "NO_THREATS_FOUND": Verdict.CLEAN,
    "THREATS_FOUND": Verdict.INFECTED,
    "UNSUPPORTED": Verdict.UNREADABLE,
    "ACCESS_DENIED": Verdict.WAITING,
    "FAILED": Verdict.WAITING,
}
# Split, so that no scanner takes this very file for infected.
_EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"


def verdict(kept: store.Kept) -> Verdict:
    """What the deployment's scanner says of that version of an object."""
    # Where nothing is said, no file is taken for clean.
    return _SCANNERS[os.environ.get("CARESMITH_MALWARE_SCAN", "guardduty")](kept)


def _by_signature(kept: store.Kept) -> Verdict:
    return Verdict.INFECTED if _EICAR in kept.body else Verdict.CLEAN


def _by_guardduty(kept: store.Kept) -> Verdict:
    said = store.tags(kept).get(_TAG)
    if said in ("ACCESS_DENIED", "FAILED"):
        # Nobody's file, but the operator's alarm.
        logger().error("malware scan did not run", extra={"scan_status": said})
    return _TAGGED.get(said or "", Verdict.WAITING)


_SCANNERS: Final[Mapping[str, Callable[[store.Kept], Verdict]]] = {
    "signatures": _by_signature,
    "guardduty": _by_guardduty,
}
