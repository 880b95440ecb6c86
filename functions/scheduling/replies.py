"""The calendar follows what patients answer by text or by an e-mail's link.

Only where one visit or one offer is meant: which one it is has been found out
before. The change, the mark that this reply was acted on and the event that tells
what came of it are one transaction, so a reply that is delivered ten times
changes the calendar once, and of two replies about the same visit the later one
stands, in whichever order they arrive. A change that the staff made after the
reply was sent stands as well: the patient is told that it was not possible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from caresmith.errors import VersionConflict
from caresmith.events import ReplyReceived
from functions.scheduling import offer_replies, visit_replies
from functions.scheduling.errors import ReplySettled

_ATTEMPTS: Final = 6
_ACTIONS: Final[Mapping[str, Callable[[ReplyReceived], None]]] = {
    "confirm": visit_replies.confirm,
    "cancel": visit_replies.cancel,
    "reschedule": visit_replies.reschedule,
    "pick": visit_replies.pick,
    "accept": offer_replies.accept,
    "decline": offer_replies.decline,
}
"""What else is answered is a person's work."""


def on_reply(event: ReplyReceived) -> None:
    """Carry out what was asked, or tell why not."""
    act = _ACTIONS.get(event.intent)
    if act is None:
        return
    for _ in range(_ATTEMPTS):
        try:
            act(event)
        except ReplySettled:
            return
        except VersionConflict:
            # Somebody changed the visit in the same moment: look at what it is now.
            continue
        return
    raise VersionConflict
