"""Control numbers of interchanges: one practice never uses one twice.

======================  ======================  ===============
 access                  pk                      sk
======================  ======================  ===============
 the last number         ``<practice>#counter``  ``interchange``
======================  ======================  ===============
"""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute

from caresmith.ids import PracticeId
from caresmith.records.revenue.layout import counter_key
from caresmith.tables import RevenueItem
from caresmith.x12.writer import HIGHEST_NUMBER, ControlNumbers


class NumberItem(RevenueItem, discriminator="interchange-number"):
    value = NumberAttribute()


def next_numbers(practice: PracticeId) -> ControlNumbers:
    """ISA13 and GS06 for one file. One write; after the highest of nine digits comes 1 again."""
    counter, value = NumberItem(counter_key(practice), "interchange"), NumberItem.value
    counter.update([value.set((value | 0) + 1)])
    number = (int(counter.value) - 1) % HIGHEST_NUMBER + 1
    return ControlNumbers(number, number)
