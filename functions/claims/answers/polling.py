"""Looking into each practice's mailbox: what is new is fetched, kept and told of.

======================  ========================  ==================
 access                  pk                        sk
======================  ========================  ==================
 where the next page     ``<practice>#mailbox``    ``cursor``
   begins
 names that were         ``<practice>#mailbox``    ``name#<name>``
   fetched
======================  ========================  ==================

Nothing is deleted on the other side: the cursor and the names are ours to keep. A
mailbox may hold files of other practices of this deployment; those are theirs to fetch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pynamodb.attributes import UnicodeAttribute

from caresmith import later
from caresmith.actor import current_actor
from caresmith.clock import SystemClock, to_text
from caresmith.exchange import ExchangeFailed, Listing
from caresmith.ids import PracticeId
from caresmith.log import logger
from caresmith.records.directory import practices
from caresmith.records.practice import NoSuchPractice, practice_setup
from caresmith.tables import RevenueItem
from functions.claims.answers import filing
from functions.claims.app import app
from functions.claims.errors import EmptyFile
from functions.claims.submission.outlets import Connection, NoOutlet, connection

_CURSOR: Final = "cursor"
_MOST_PAGES: Final = 20
"""Of a hundred files each; the rest is for the next time."""


class CursorItem(RevenueItem, discriminator="mailbox-cursor"):
    after = UnicodeAttribute()
    at = UnicodeAttribute()


class FetchedItem(RevenueItem, discriminator="mailbox-name"):
    at = UnicodeAttribute()


def mailbox_key(practice: PracticeId) -> str:
    return f"{practice}#mailbox"


def poll_all() -> dict[str, int]:
    """Job: let every practice's mailbox be looked into, each for itself."""
    count = 0
    for practice in practices():
        later.at(
            SystemClock().now(),
            name=f"poll-{practice}",
            target="claims",
            payload={"task": "poll", "practice_id": practice},
        )
        count += 1
    return {"asked": count}


def poll(asked: Mapping[str, Any]) -> dict[str, int]:
    """Task: fetch what is new. One that can't be reached now is looked into next time."""
    practice = PracticeId(asked["practice_id"])
    try:
        link = connection(practice, practice_setup(practice))
    except (NoOutlet, NoSuchPractice):
        return {"taken": 0}
    taken = 0
    try:
        for _ in range(_MOST_PAGES):
            after = _cursor(practice)
            listing = link.outlet.waiting(after)
            taken += _fetch(practice, link, listing)
            if listing.next is None or listing.next == after:
                break
            CursorItem(
                mailbox_key(practice), _CURSOR, after=listing.next, at=to_text(app.clock.now())
            ).save()
    except ExchangeFailed as error:
        logger().warning("mailbox not read", extra={"reason": error.reason})
    return {"taken": taken}


def _fetch(practice: PracticeId, link: Connection, listing: Listing) -> int:
    keys = [(mailbox_key(practice), f"name#{one.name}") for one in listing.files]
    known = {str(one.sk) for one in FetchedItem.batch_get(keys)} if keys else set()
    taken = 0
    for one in listing.files:
        name = f"name#{one.name}"
        if name in known:
            continue
        content = link.outlet.fetch(one.name)
        to = filing.addressed_to(content)
        # What names nobody is kept where it can be nobody else's.
        if to == link.address.sender.id or not (to or link.shared):
            try:
                filing.take(one.name, content, link.way, actor=current_actor(), now=app.clock.now())
                taken += 1
            except EmptyFile:
                logger().warning("empty file in the mailbox")
        FetchedItem(mailbox_key(practice), name, at=to_text(app.clock.now())).save()
    return taken


def _cursor(practice: PracticeId) -> str:
    found = CursorItem.query(
        mailbox_key(practice), CursorItem.sk == _CURSOR, consistent_read=True, limit=1
    )
    one = next(iter(found), None)
    return one.after if one else ""
