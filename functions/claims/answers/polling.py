"""Looking into each practice's mailbox: what is new is fetched, kept and told of.

Nothing is deleted on the other side: the cursor and the names are ours to keep. A
mailbox may hold files of other practices of this deployment; those are theirs to fetch.
A file that can't be fetched whole keeps no other from being read, and is fetched again
at the next look.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from caresmith import later
from caresmith.actor import current_actor
from caresmith.clock import SystemClock
from caresmith.exchange import ExchangeFailed, Garbled, Waiting
from caresmith.ids import PracticeId
from caresmith.log import logger
from caresmith.records.directory import practices
from caresmith.records.practice import NoSuchPractice, practice_setup
from functions.claims.answers import filing, mailbox
from functions.claims.app import app
from functions.claims.errors import EmptyFile
from functions.claims.submission.outlets import Connection, NoOutlet, connection

_MOST: Final = 2000
"""Files of one look; the rest is for the next."""


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
    practice, look = PracticeId(asked["practice_id"]), _Look()
    try:
        link = connection(practice, practice_setup(practice))
        with closing(link.outlet):
            _look(practice, link, look)
    except (NoOutlet, NoSuchPractice):
        return {"taken": 0}
    except ExchangeFailed as error:
        look.trouble = error.reason
    if look.trouble:
        logger().warning("mailbox not read", extra={"reason": look.trouble})
    mailbox.note_trouble(practice, look.trouble, app.clock.now())
    return {"taken": look.taken}


@dataclass
class _Look:
    """What came of looking into a mailbox."""

    taken: int = 0
    new: int = 0
    trouble: str | None = None


def _look(practice: PracticeId, link: Connection, look: _Look) -> None:
    kept = after = mailbox.cursor(practice)
    while look.new < _MOST:
        listing = link.outlet.waiting(after)
        known = mailbox.fetched(practice, [one.name for one in listing.files])
        for one in listing.files:
            if one.name not in known:
                _fetch(practice, link, one, look)
        resume = listing.resume or listing.next or kept
        # What could not be fetched is not left behind.
        if resume != kept and look.trouble is None:
            mailbox.keep_cursor(practice, resume, app.clock.now())
            kept = resume
        if listing.next is None or listing.next == after:
            break
        after = listing.next


def _fetch(practice: PracticeId, link: Connection, one: Waiting, look: _Look) -> None:
    look.new += 1
    try:
        content = _whole(one, link.outlet.fetch(one.name))
    except Garbled as error:
        look.trouble = error.reason
        return
    to = filing.addressed_to(content)
    # What names nobody is kept where it can be nobody else's.
    if to == link.address.sender.id or not (to or link.shared):
        try:
            filing.take(one.name, content, link.way, actor=current_actor(), now=app.clock.now())
            look.taken += 1
        except EmptyFile:
            logger().warning("empty file in the mailbox")
    mailbox.remember(practice, one.name, app.clock.now())


def _whole(one: Waiting, content: bytes) -> bytes:
    """As it was listed: else it is being written, or has not come through. Raises Garbled."""
    if len(content) != one.size:
        raise Garbled("another size")
    if one.sha256 is not None and sha256(content).hexdigest() != one.sha256:
        raise Garbled("other bytes")
    return content
