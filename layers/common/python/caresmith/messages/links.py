"""Links in e-mails: to answer by, and to end all e-mails (List-Unsubscribe, RFC 8058).

A link to answer by holds a secret that is stored nowhere; what it answers lies
under its digest (:class:`~caresmith.messages.records.AnswerLinkRecord`). The link
that ends all e-mails names practice and thread and proves itself by a token under
the practice's key, so nothing has to be stored for it and every e-mail to one
address carries the same link. A thread is a blind index token: the link tells
nobody's address.
"""

from __future__ import annotations

import hmac
import os
import re
from typing import Final

from caresmith.blindindex import BlindIndex
from caresmith.errors import Unavailable
from caresmith.ids import PracticeId
from caresmith.settings import Domain

_SECRET: Final = re.compile(r"(prc_[0-9A-Z]{26})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})")


def public_url() -> str:
    """Where webhooks and links are reached, without a slash at its end; empty where unknown."""
    return os.environ.get("CARESMITH_PUBLIC_URL", "").rstrip("/")


def answer_url(secret: str) -> str:
    """The link that answers a question; empty where no public address is known."""
    base = public_url()
    return f"{base}/webhooks/answers/{secret}" if base else ""


def unsubscribe_secret(practice: PracticeId, thread: str) -> str:
    """The last part of ``/webhooks/unsubscribe/<secret>`` for that thread."""
    return f"{practice}.{thread}.{_proof(practice, thread)}"


def read_unsubscribe(secret: str) -> tuple[PracticeId, str] | None:
    """Practice and thread of an authentic link; None for any other text."""
    match = _SECRET.fullmatch(secret)
    if match is None:
        return None
    try:
        practice = PracticeId(match.group(1))
        proof = _proof(practice, match.group(2))
    except (ValueError, Unavailable):
        return None
    if not hmac.compare_digest(proof, match.group(3)):
        return None
    return practice, match.group(2)


def _proof(practice: PracticeId, thread: str) -> str:
    return BlindIndex(practice, Domain.MESSAGES).token("unsubscribe", thread)
