"""Who has proved that a link is theirs: a signed cookie, and no entry to anything else.

The cookie holds the link's digest, when it was opened and used last, and a proof under the
practice's own key. It is over after fifteen idle minutes (45 CFR 164.312(a)(2)(iii)), after
two hours in any case, and when the link is revoked. It is no session of the console.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass, replace
from typing import Final

from caresmith.blindindex import BlindIndex
from caresmith.clock import Instant
from caresmith.ids import PracticeId
from caresmith.records.revenue.paylink import (
    LinkState,
    PayLinkItem,
    find_link,
    pay_link_rules,
)
from caresmith.settings import Domain
from functions.paylink.errors import SessionOver

IDLE_SECONDS: Final = 15 * 60
LIFETIME_SECONDS: Final = 2 * 60 * 60
_COOKIE: Final = re.compile(
    r"([0-9a-f]{64})\.(\d{1,12})\.(\d{1,12})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22})"
)


@dataclass(frozen=True)
class Session:
    practice: PracticeId
    link: PayLinkItem
    begun: int
    seen: int
    """Epoch seconds."""
    nonce: str

    @property
    def cookie(self) -> str:
        told = f"{self.link.digest}.{self.begun}.{self.seen}.{self.nonce}"
        return f"{told}.{_proof(self.practice, 'pay-session', told)}"

    @property
    def form_token(self) -> str:
        """What each form of this session carries."""
        return _proof(self.practice, "pay-form", f"{self.link.digest}.{self.nonce}")

    def carries(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.form_token.encode())

    def used(self, now: Instant) -> Session:
        return replace(self, seen=int(now.timestamp()))


def begin(practice: PracticeId, link: PayLinkItem, now: Instant) -> Session:
    at = int(now.timestamp())
    return Session(practice, link, at, at, secrets.token_urlsafe(12))


def resume(cookie: str, now: Instant) -> Session:
    """The session of that cookie. Raises SessionOver for any that is not good now."""
    match = _COOKIE.fullmatch(cookie)
    found = find_link(match[1]) if match else None
    if match is None or found is None:
        raise SessionOver
    practice, link = found
    session = Session(practice, link, int(match[2]), int(match[3]), match[4])
    at = now.timestamp()
    good = (
        hmac.compare_digest(session.cookie.encode(), cookie.encode())
        and at < session.seen + IDLE_SECONDS
        and at < session.begun + LIFETIME_SECONDS
        and link.state == LinkState.OPEN
        and at < int(link.ends_at)
        and pay_link_rules(practice).active
    )
    if not good:
        raise SessionOver
    return session


def _proof(practice: PracticeId, kind: str, told: str) -> str:
    return BlindIndex(practice, Domain.REVENUE).token(kind, told)
