"""Which practices this deployment serves, so that a clock reaches each without a scan.

======================  ==============  ==============
 access                  pk              sk
======================  ==============  ==============
 all practices           ``practices``   ``<practice>``
======================  ==============  ==============

In the ``practice`` table. The one partition that is not a practice's own: it
holds ids and nothing else, and no request of a user reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from caresmith.ids import PracticeId
from caresmith.tables import PracticeItem

_ALL: Final = "practices"


class ListedPractice(PracticeItem, discriminator="listed-practice"):
    """Written when a practice is opened; the same again changes nothing."""


def listed(practice: PracticeId) -> ListedPractice:
    """The record by which a practice is found."""
    return ListedPractice(_ALL, practice)


def practices() -> Iterator[PracticeId]:
    """Every practice, in no order that means anything."""
    for record in ListedPractice.query(_ALL):
        yield PracticeId(str(record.sk))
