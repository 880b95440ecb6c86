"""What a message costs, from public list prices: for estimates, never for bills.

Micro-dollars (one millionth of a US dollar), as of :data:`AS_OF`. Carriers'
fees differ by network; the one here is the middle of what US networks charge
for a registered ten-digit number.

* https://aws.amazon.com/end-user-messaging/pricing/ (SMS to the US)
* https://www.twilio.com/en-us/sms/pricing/us
* https://aws.amazon.com/ses/pricing/
"""

from __future__ import annotations

import os
from datetime import date
from typing import Final

AS_OF: Final = date(2026, 7, 5)
SMS_SEGMENT: Final = {"aws": 5_810, "twilio": 8_300}
"""By the carrier of CARESMITH_SMS_CARRIER."""
CARRIER_FEE: Final = 3_500
"""A network's own fee for one segment."""
EMAIL: Final = 100


def sms_cost(segments: int) -> int:
    """Micro-dollars for a text of so many segments by this deployment's carrier."""
    carrier = os.environ.get("CARESMITH_SMS_CARRIER", "aws")
    return segments * (SMS_SEGMENT[carrier] + CARRIER_FEE)
