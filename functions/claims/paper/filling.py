"""What stands in the boxes, by the rules of the NUCC 1500 reference manual (version 02/12).

A page has six services; on each page but the last, item 28 says that it goes on. How
texts are written stands in ``texts``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from caresmith.claims.draft import ClaimDraft
from caresmith.claims.drafted_lines import LineDraft
from functions.claims.paper.boxes import (
    BOXES,
    DIAGNOSES,
    LINES_ON_A_PAGE,
    Box,
    service_box,
)
from functions.claims.paper.claim_boxes import TAXONOMY, claim_boxes
from functions.claims.paper.insured_boxes import insured_boxes
from functions.claims.paper.texts import (
    amount_of,
    plain,
    short_day,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A text in a box."""

    name: str
    box: Box
    text: str


def pages(draft: ClaimDraft, signed_on: date) -> list[list[Written]]:
    """The texts of each page; ``signed_on`` is item 31's date."""
    services = draft.lines or (LineDraft(),)
    parts = [
        services[start : start + LINES_ON_A_PAGE]
        for start in range(0, len(services), LINES_ON_A_PAGE)
    ]
    found = []
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        every = [*insured_boxes(draft), *claim_boxes(draft, signed_on, last=last)]
        written = [_written(name, BOXES[name], text) for name, text in every if text]
        for place, code in enumerate(draft.diagnoses[: len(DIAGNOSES)]):
            name = f"21.{'ABCDEFGHIJKL'[place]}"
            written.append(_written(name, DIAGNOSES[place], code.replace(".", "")))
        for place, line in enumerate(part):
            for name, text in _service(draft, line):
                if text:
                    box = service_box(name, place)
                    written.append(_written(f"{name}@{place + 1}", box, text))
        found.append(written)
    return found


def _written(name: str, box: Box, text: str) -> Written:
    return Written(name, box, text[: box.width])


def _service(draft: ClaimDraft, line: LineDraft) -> Iterator[tuple[str, str]]:
    yield "shaded", _supplement(line)
    if line.service:
        yield "24a.from", short_day(line.service.first)
        yield "24a.to", short_day(line.service.last)
    yield "24b", line.place_of_service or draft.place_of_service
    yield "24c", "Y" if line.emergency else ""
    yield "24d", line.procedure.code
    for number, modifier in enumerate(line.procedure.modifiers[:4], 1):
        yield f"24d.{number}", modifier
    yield "24e", "".join("ABCDEFGHIJKL"[one - 1] for one in line.pointers if 1 <= one <= 12)  # noqa: PLR2004
    yield "24f", amount_of(line.charge) if line.charge else ""
    yield "24g", str(line.quantity) if line.quantity else ""
    yield "24h", "Y" if line.epsdt or line.family_planning else ""
    rendering = line.providers.rendering or draft.providers.rendering
    if rendering is not None:
        yield "24j", rendering.npi or ""
        if rendering.taxonomy:
            yield "24i.shaded", TAXONOMY
            yield "24j.shaded", rendering.taxonomy
    elif not draft.billing.organisation:
        yield "24j", draft.billing.npi or ""


def _supplement(line: LineDraft) -> str:
    """The shaded line: N4 and the NDC with unit and quantity; else ZZ and the note's words.

    Two supplements are parted by three blanks.
    """
    parts = []
    drug = line.drug
    if drug is not None and drug.code:
        parts.append(f"N4{drug.code} {drug.unit}{drug.quantity or ''}")
    words = " ".join(one for one in (line.procedure.description, line.note) if one)
    if words:
        parts.append(f"ZZ{plain(words)}")
    return "   ".join(parts)
