"""What is remembered of a practice's mailbox at the clearinghouse.

======================  ========================  ==================
 access                  pk                        sk
======================  ========================  ==================
 where the next look     ``<practice>#mailbox``    ``cursor``
   begins
 names that were         ``<practice>#mailbox``    ``name#<name>``
   fetched
 why it can't be read    ``<practice>#mailbox``    ``trouble``
======================  ========================  ==================
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import UnicodeAttribute

from caresmith.clock import Instant, to_text
from caresmith.ids import PracticeId
from caresmith.tables import RevenueItem

_CURSOR: Final = "cursor"
_TROUBLE: Final = "trouble"


class CursorItem(RevenueItem, discriminator="mailbox-cursor"):
    after = UnicodeAttribute()
    at = UnicodeAttribute()


class FetchedItem(RevenueItem, discriminator="mailbox-name"):
    at = UnicodeAttribute()


class TroubleItem(RevenueItem, discriminator="mailbox-trouble"):
    reason = UnicodeAttribute()
    """Code of :class:`caresmith.exchange.ExchangeFailed`."""
    since = UnicodeAttribute()


def mailbox_key(practice: PracticeId) -> str:
    return f"{practice}#mailbox"


def cursor(practice: PracticeId) -> str:
    """Where the next look begins: what was kept last."""
    found = CursorItem.query(
        mailbox_key(practice), CursorItem.sk == _CURSOR, consistent_read=True, limit=1
    )
    one = next(iter(found), None)
    return one.after if one else ""


def keep_cursor(practice: PracticeId, after: str, now: Instant) -> None:
    CursorItem(mailbox_key(practice), _CURSOR, after=after, at=to_text(now)).save()


def fetched(practice: PracticeId, names: list[str]) -> set[str]:
    """Which of these, at most a hundred, were fetched before."""
    keys = [(mailbox_key(practice), f"name#{name}") for name in names]
    found = FetchedItem.batch_get(keys) if keys else []
    return {str(one.sk).removeprefix("name#") for one in found}


def remember(practice: PracticeId, name: str, now: Instant) -> None:
    FetchedItem(mailbox_key(practice), f"name#{name}", at=to_text(now)).save()


def trouble(practice: PracticeId) -> TroubleItem | None:
    """Why nothing can be fetched now, and since when."""
    found = TroubleItem.query(mailbox_key(practice), TroubleItem.sk == _TROUBLE, limit=1)
    return next(iter(found), None)


def note_trouble(practice: PracticeId, reason: str | None, now: Instant) -> None:
    """Remember what keeps the mailbox from being read; None is nothing."""
    known = trouble(practice)
    if known is not None and known.reason == reason:
        return
    if reason is not None:
        TroubleItem(mailbox_key(practice), _TROUBLE, reason=reason, since=to_text(now)).save()
    elif known is not None:
        known.delete()
