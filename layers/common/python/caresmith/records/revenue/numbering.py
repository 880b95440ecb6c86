"""Numbers that a practice never uses twice: of interchanges, transaction sets, claims.

======================  ======================  =========================
 access                  pk                      sk
======================  ======================  =========================
 the last number         ``<practice>#counter``  ``interchange``, ``set``,
                                                 ``claim``
======================  ======================  =========================
"""

from __future__ import annotations

from typing import Final

from pynamodb.attributes import NumberAttribute

from caresmith.ids import PracticeId
from caresmith.records.revenue.layout import counter_key
from caresmith.tables import RevenueItem
from caresmith.x12.writer import HIGHEST_NUMBER, ControlNumbers

CLAIM_PREFIX: Final = "CS"
_CLAIM_DIGITS: Final = 8


class NumberItem(RevenueItem, discriminator="interchange-number"):
    value = NumberAttribute()


def next_numbers(practice: PracticeId, sets: int = 0) -> ControlNumbers:
    """ISA13 and GS06 for one file. One write; after the highest of nine digits comes 1 again.

    With ``sets``, so many ST02 are taken as well, by one more write; else they begin at 1.
    """
    number = _around(reserve(practice, "interchange"))
    first_set = _around(reserve(practice, "set", sets)) if sets else 1
    if first_set + sets > HIGHEST_NUMBER:
        first_set = _around(reserve(practice, "set", sets))
    return ControlNumbers(number, number, first_set)


def next_claim_number(practice: PracticeId) -> str:
    """CLM01 of a new claim, like ``CS000000174``. One write.

    The last digit checks the others (ISO 7064 MOD 11,10), so that a number that was
    typed wrong is seen to be none. Of the 20 characters that a payer gives back it
    takes eleven.
    """
    digits = f"{reserve(practice, 'claim'):08d}"
    return f"{CLAIM_PREFIX}{digits}{check_digit(digits)}"


def is_claim_number(text: str) -> bool:
    """Whether a practice's claim can be called so."""
    digits = text.removeprefix(CLAIM_PREFIX)
    return (
        text.startswith(CLAIM_PREFIX)
        and digits.isascii()
        and digits.isdecimal()
        and len(digits) > _CLAIM_DIGITS
        and check_digit(digits[:-1]) == digits[-1]
    )


def check_digit(digits: str) -> str:
    """ISO/IEC 7064, MOD 11,10: finds any wrong digit and any two that changed places."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def reserve(practice: PracticeId, name: str, count: int = 1) -> int:
    """The first of ``count`` numbers that nobody else gets. They may stay unused."""
    counter, value = NumberItem(counter_key(practice), name), NumberItem.value
    counter.update([value.set((value | 0) + count)])
    return int(counter.value) - count + 1


def _around(number: int) -> int:
    return (number - 1) % HIGHEST_NUMBER + 1
