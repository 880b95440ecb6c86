"""Code lists and fee schedules of a practice as they lie: charge entry writes them, claims read.

============================  =============================  ===========================
 access                        pk                             sk
============================  =============================  ===========================
 a code list (one query)       ``<practice>#codes#<list>``    ``head``,
                                                              ``part#<load>#<prefix>``
 all fee schedules (one query) ``<practice>#fees``            ``<schedule>``
 a schedule's rows             ``<practice>#fees#<schedule>`` ``part#<load>#<prefix>``
   of some codes               BatchGetItem of these parts
============================  =============================  ===========================

In the ``revenue`` table, in clear: they are nobody's data. Rows lie in parts, one for the
first two characters of a code, packed. A *load* writes new parts beside those that are
read, and the head then names it: what is read is always one whole load.
"""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute

from caresmith.ids import FeeScheduleId, PracticeId
from caresmith.money import Money
from caresmith.records.revenue.fee_rules import FeeRow
from caresmith.records.revenue.sheet import Code
from caresmith.tables import RevenueItem

HEAD: Final = "head"
PART: Final = "part#"
CodeSet = Literal["cpt", "hcpcs"]
CODE_SETS: Final[tuple[CodeSet, ...]] = ("cpt", "hcpcs")
"""In which a code has to stand to be one."""
SINGLE_DOSE: Final = "single-dose"
CodeListName = Literal["cpt", "hcpcs", "single-dose"]
CODE_LISTS: Final[tuple[CodeListName, ...]] = (*CODE_SETS, SINGLE_DOSE)
"""All lists of codes that a practice may load: those, and the drugs of single-dose containers, of
which Medicare wants to know what was left (CMS publishes with each quarter's prices which are)."""
_BATCH: Final = 100

Rows = list[list[Any]]
"""Rows of a part, as JSON lists that begin with their code."""


class CodeListItem(RevenueItem, discriminator="code-list"):
    code_set = UnicodeAttribute()
    load = UnicodeAttribute()
    size = NumberAttribute()
    loaded_at = UnicodeAttribute()
    loaded_by = UnicodeAttribute()
    version = VersionAttribute()


class FeeScheduleItem(RevenueItem, discriminator="fee-schedule"):
    schedule_id = UnicodeAttribute()
    facts = UnicodeAttribute()
    """:class:`caresmith.records.revenue.fee_rules.ScheduleFacts` as JSON."""
    load = UnicodeAttribute()
    size = NumberAttribute()
    changed_at = UnicodeAttribute()
    changed_by = UnicodeAttribute()
    version = NumberAttribute()


class PartItem(RevenueItem, discriminator="charge-rows"):
    rows = BinaryAttribute(legacy_encoding=False)


def codes_key(practice: PracticeId, code_set: str) -> str:
    return f"{practice}#codes#{code_set}"


def fees_key(practice: PracticeId) -> str:
    return f"{practice}#fees"


def fee_rows_key(practice: PracticeId, schedule: FeeScheduleId) -> str:
    return f"{practice}#fees#{schedule}"


def set_of(code: Code) -> CodeSet:
    """CPT codes begin with a digit, those of HCPCS Level II with a letter."""
    return "cpt" if code[:1].isdigit() else "hcpcs"


def prefix_of(code: Code) -> str:
    """Which part of its list a code lies in."""
    return code[:2]


def part_sort_key(load: str, prefix: str) -> str:
    return f"{PART}{load}#{prefix}"


def unpacked(item: PartItem) -> Rows:
    found: Rows = json.loads(zlib.decompress(item.rows))
    return found


def read_parts(places: Iterable[tuple[str, str, str]]) -> Mapping[str, Rows]:
    """The rows of these parts (pk, load, prefix), by pk: one BatchGetItem a hundred."""
    keys = list(dict.fromkeys((pk, part_sort_key(load, prefix)) for pk, load, prefix in places))
    found: dict[str, Rows] = {}
    for start in range(0, len(keys), _BATCH):
        for part in PartItem.batch_get(keys[start : start + _BATCH]):
            found.setdefault(part.pk, []).extend(unpacked(part))
    return found


def fee_row(stored: Sequence[Any]) -> FeeRow:
    code, modifiers, amount, facility = stored
    return FeeRow.model_construct(
        code=code,
        modifiers=tuple(modifiers),
        amount=Money(int(amount)),
        facility=None if facility is None else Money(int(facility)),
    )


def practice_words(practice: PracticeId, codes: Iterable[Code]) -> Mapping[Code, str]:
    """What the practice calls these codes, in the latest words of its lists.

    Codes of a list that is not loaded, or that stand in it without words, are not there.
    Two BatchGetItems, however many codes.
    """
    wanted = {str(code) for code in codes}
    if not wanted:
        return {}
    heads = CodeListItem.batch_get([(codes_key(practice, one), HEAD) for one in CODE_SETS])
    loads = {head.code_set: head for head in heads}
    places = [
        (head.pk, head.load, prefix_of(code))
        for code in sorted(wanted)
        if (head := loads.get(set_of(code))) is not None
    ]
    latest: dict[str, tuple[int, str]] = {}
    for rows in read_parts(places).values():
        for code, words, _, last in rows:
            if code in wanted and words:
                latest[code] = max(latest.get(code, (dt.date.min.toordinal(), "")), (last, words))
    return {code: words for code, (_, words) in latest.items()}
