"""Why a message did not arrive, as codes: carriers' many numbers in our few words.

=============  ======================================================  ===============
 reason         what it means                                           contact point
=============  ======================================================  ===============
 invalid        no such number or address                               is dead
 unreachable    a landline, or a network that takes no texts            is dead
 blocked        whoever has it, or their carrier, refuses us            is dead
 bounced        the mail server says for good that it can't deliver     is dead
 complaint      the recipient called our e-mail spam                    must not be used
 opted-out      STOP was answered, as the carrier knows                 must not be used
 content        a filter took the text for spam                         is good
 off            the telephone was off or out of range                   is good
 expired        it could not be delivered in time                       is good
 rejected       the carrier refused it for another reason               is good
 unknown        the carrier gave no reason that says anything           is good
=============  ======================================================  ===============
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Dead = Literal["invalid", "unreachable", "blocked", "bounced", "complaint"]

DEAD: Final[Mapping[str, Dead]] = {
    "invalid": "invalid",
    "unreachable": "unreachable",
    "blocked": "blocked",
    "bounced": "bounced",
    "complaint": "complaint",
}
"""After these nothing more is sent to the contact point until a person has looked at it."""

FILTERED: Final = frozenset({"blocked", "content"})
"""Somebody on the way refused the message, rather than failed to carry it."""

# https://www.twilio.com/docs/api/errors
_TWILIO: Final[Mapping[int, str]] = {
    21211: "invalid",  # Invalid 'To' Phone Number
    21214: "invalid",  # 'To' phone number cannot be reached
    21217: "invalid",  # Phone number does not appear to be valid
    21265: "invalid",  # 'To' number cannot be a short code
    21268: "invalid",  # premium numbers are not permitted
    21610: "opted-out",  # Attempt to send to unsubscribed recipient
    21612: "unreachable",  # 'To' phone number is not currently reachable
    21614: "unreachable",  # 'To' number is not a valid mobile number
    21617: "content",  # The concatenated message body exceeds the 1600 character limit
    30003: "off",  # Unreachable destination handset: switched off, no signal, roaming
    30004: "blocked",  # Message blocked
    30005: "invalid",  # Unknown destination handset: unknown, inactive, out of service
    30006: "unreachable",  # Landline or unreachable carrier
    30007: "content",  # Message filtered
    30008: "unknown",  # Unknown error
    30019: "content",  # Content size exceeds carrier limit
    30036: "expired",  # Validity Period Expired
}


def twilio_reason(code: int | None) -> str:
    """The reason behind an error code of Twilio's, of a call or of a status callback."""
    return _TWILIO.get(code or 0, "unknown")
