"""Modifiers by themselves and with each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.edits import modifier_table as table
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, fix, hit, line_edit

_FORM: Final = re.compile(r"[0-9A-Z]{2}")
_AT: Final = "procedure.modifiers"
_MOST: Final = 4
# Two that contradict each other, with why.
_CONTRADICT: Final = (
    ("26", "TC", "together they are the whole service, which has neither"),
    ("54", "55", "surgery and aftercare by the same provider have neither"),
    ("52", "53", "reduced by plan, or broken off"),
    ("62", "66", "two surgeons, or a team"),
    ("76", "77", "repeated by the same provider, or by another"),
    ("58", "78", "a planned stage, or an unplanned return"),
    ("58", "79", "a planned stage, or something unrelated"),
    ("78", "79", "related, or unrelated"),
    ("AA", "QZ", "by the physician himself, or by a CRNA alone"),
    ("QK", "QY", "two to four at a time, or one"),
    ("QX", "QZ", "a CRNA with direction, or without"),
    ("JW", "JZ", "some was left, or nothing"),
    ("GN", "GO", "one discipline on each line"),
    ("GN", "GP", "one discipline on each line"),
    ("GO", "GP", "one discipline on each line"),
    ("NU", "RR", "bought new, or rented"),
    ("NU", "UE", "new, or used"),
    ("Q7", "Q8", "one class of findings"),
    ("Q7", "Q9", "one class of findings"),
    ("Q8", "Q9", "one class of findings"),
)


@line_edit(
    "MOD-FORM",
    ERROR,
    "A modifier that is none",
    guards="2400 SV101-3 to SV101-6",
    source="TR3 X222A1 2400 SV101-3: two characters",
    message="{modifier} is not written as a modifier: two capital letters or digits.",
)
def modifier_form(case: Case, line: Line) -> Iterator[Hit]:
    written = line.draft.procedure.modifiers
    for at, one in enumerate(written):
        if _FORM.fullmatch(one):
            continue
        plain = line.modifiers[at]
        mended = None
        if not plain:
            kept = [each for each in written if each.strip()]
            mended = fix("Leave the empty ones out", (f"{line.path}.{_AT}", kept))
        elif plain in table.KNOWN and line.modifiers.count(plain) == 1:
            mended = fix(f"Write {plain}", (f"{line.path}.{_AT}.{at}", plain))
        yield hit(f"{_AT}.{at}", fix=mended, modifier=one)


@line_edit(
    "MOD-UNKNOWN",
    ERROR,
    "A modifier that no list has",
    guards="2400 SV101-3 to SV101-6",
    source="HCPCS level II modifiers (CMS); CPT appendix A by its numbers",
    message="{modifier} is no modifier of professional claims.",
)
def modifier_unknown(case: Case, line: Line) -> Iterator[Hit]:
    for at, one in enumerate(line.modifiers):
        if _FORM.fullmatch(one) and one not in table.KNOWN:
            yield hit(f"{_AT}.{at}", modifier=one)


@line_edit(
    "MOD-TWICE",
    ERROR,
    "A modifier that stands twice",
    guards="2400 SV101-3 to SV101-6",
    source="CMS-1500 manual (NUCC) item 24D: each modifier once",
    message="{modifier} stands twice on line {line}.",
)
def modifier_twice(case: Case, line: Line) -> Iterator[Hit]:
    for at, one in enumerate(line.modifiers):
        if one in line.modifiers[:at]:
            once = list(dict.fromkeys(line.modifiers))
            yield hit(
                f"{_AT}.{at}", fix=fix("Keep one", (f"{line.path}.{_AT}", once)), modifier=one
            )
            return


@line_edit(
    "MOD-MANY",
    ERROR,
    "More than four modifiers",
    guards="2400 SV101-3 to SV101-6",
    source="TR3 X222A1 2400 SV101-3 to SV101-6: four at most",
    message="Line {line} has {count} modifiers, and four can be sent: those that change the "
    "price first.",
)
def modifiers_many(case: Case, line: Line) -> Iterator[Hit]:
    count = len(dict.fromkeys(line.modifiers))
    if count > _MOST:
        yield hit(_AT, count=count)


@line_edit(
    "MOD-ORDER",
    WARNING,
    "A modifier that changes the price stands behind one that does not",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 23; payers read pricing modifiers first",
    message="On line {line} {pricing} stands behind {informing}: what changes the price comes "
    "first.",
)
def modifier_order(case: Case, line: Line) -> Iterator[Hit]:
    every = line.modifiers
    for at, one in enumerate(every):
        behind = next((x for x in every[:at] if x in table.INFORMING), None)
        if one in table.PRICING and behind:
            ordered = sorted(every, key=_rank)
            yield hit(
                _AT,
                fix=fix("Put it first", (f"{line.path}.{_AT}", ordered)),
                pricing=one,
                informing=behind,
            )
            return


def _rank(modifier: str) -> int:
    if modifier in table.PRICING:
        return 0
    return 2 if modifier in table.INFORMING else 1


@line_edit(
    "MOD-CONTRADICT",
    ERROR,
    "Two modifiers that contradict each other",
    guards="2400 SV101-3 to SV101-6",
    source="CPT appendix A and HCPCS level II by their meaning; Medicare Claims Processing "
    "Manual ch. 12 §30, §40, §50",
    message="{one} and {other} don't go together on line {line}: {why}.",
)
def modifiers_contradict(case: Case, line: Line) -> Iterator[Hit]:
    there = set(line.modifiers)
    for one, other, why in _CONTRADICT if len(there) > 1 else ():
        if one in there and other in there:
            yield hit(_AT, one=one, other=other, why=why)


@line_edit(
    "MOD-ASSISTANTS",
    ERROR,
    "More than one modifier of an assistant",
    guards="2400 SV101-3 to SV101-6",
    source="Medicare Claims Processing Manual ch. 12 §20.4.3",
    message="Line {line} has more than one of 80, 81, 82; AS stands alone or with one of them.",
    modifiers=table.ASSISTANTS,
)
def assistants(case: Case, line: Line) -> Iterator[Hit]:
    if len({"80", "81", "82"} & set(line.modifiers)) > 1:
        yield hit(_AT)


@line_edit(
    "MOD-SIDES",
    ERROR,
    "Left and right on one line",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.7: 50 on one line, or LT and RT on two",
    message="Line {line} is left and right at once: send 50, or a line for each side.",
    modifiers=table.SIDES,
)
def both_sides(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("LT") and line.has("RT"):
        yield hit(_AT)


@line_edit(
    "MOD-50-SIDE",
    ERROR,
    "Both sides, and one of them",
    guards="2400 SV101-3",
    source="Medicare Claims Processing Manual ch. 12 §40.7: 50 without LT or RT",
    message="Line {line} has 50 (both sides) beside LT or RT.",
    modifiers=frozenset({"50"}),
)
def bilateral_and_side(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("LT", "RT"):
        yield hit(_AT)


@line_edit(
    "MOD-50-UNITS",
    ERROR,
    "Both sides with more than one unit",
    guards="2400 SV104",
    source="Medicare Claims Processing Manual ch. 12 §40.7: one unit with 50",
    message="Line {line} is of both sides (50) and has {units} units: it is one unit.",
    modifiers=frozenset({"50"}),
)
def bilateral_units(case: Case, line: Line) -> Iterator[Hit]:
    if line.units > 1:
        yield hit("quantity", units=line.units)


@line_edit(
    "MOD-PLACE-FINER",
    WARNING,
    "A side beside a finger, toe or eyelid",
    guards="2400 SV101-3",
    source="HCPCS level II: FA-F9, TA-T9, E1-E4 name their side",
    message="Line {line} names a finger, toe or eyelid, which says the side already.",
    modifiers=table.FINGERS | table.TOES | table.EYELIDS,
)
def side_of_a_finger(case: Case, line: Line) -> Iterator[Hit]:
    if line.has("LT", "RT"):
        kept = [one for one in line.modifiers if one not in table.SIDES]
        yield hit(_AT, fix=fix("Leave the side out", (f"{line.path}.{_AT}", kept)))


@line_edit(
    "MOD-DISTINCT-TWO",
    ERROR,
    "59 beside a modifier that says it better",
    guards="2400 SV101-3 to SV101-6",
    source="CMS, Proper Use of Modifiers 59 and X{EPSU} (MLN1783722): not both",
    message="Line {line} has 59 beside {other}: the more specific one stands alone.",
    modifiers=frozenset({"59"}),
)
def distinct_twice(case: Case, line: Line) -> Iterator[Hit]:
    other = next((one for one in line.modifiers if one in table.DISTINCT - {"59"}), None)
    if other:
        kept = [one for one in line.modifiers if one != "59"]
        yield hit(_AT, fix=fix("Leave 59 out", (f"{line.path}.{_AT}", kept)), other=other)


@line_edit(
    "MOD-LIABILITY",
    ERROR,
    "Two modifiers on who is liable that contradict each other",
    guards="2400 SV101-3 to SV101-6",
    source="Medicare Claims Processing Manual ch. 30 §50; MLN on GA, GX, GY, GZ",
    message="{one} and {other} don't go together on line {line}: GA and GX have a notice, GZ has "
    "none, GY is never covered.",
    modifiers=table.LIABILITY,
)
def liability(case: Case, line: Line) -> Iterator[Hit]:
    for one, other in (("GA", "GZ"), ("GA", "GY"), ("GX", "GZ"), ("GX", "GA"), ("GY", "GZ")):
        if line.has(one) and line.has(other):
            yield hit(_AT, one=one, other=other)
            return


@line_edit(
    "MOD-LIABILITY-PAYER",
    WARNING,
    "A modifier of Medicare's notices, for another payer",
    guards="2400 SV101-3 to SV101-6",
    source="Medicare Claims Processing Manual ch. 30 §50: the Advance Beneficiary Notice",
    message="{modifier} tells of Medicare's Advance Beneficiary Notice, and the payer is another.",
    modifiers=frozenset({"GA", "GX", "GZ"}),
)
def notice_of_medicare(case: Case, line: Line) -> Iterator[Hit]:
    if case.filing and not case.is_medicare:
        modifier = next(one for one in line.modifiers if one in {"GA", "GX", "GZ"})
        yield hit(_AT, modifier=modifier)
