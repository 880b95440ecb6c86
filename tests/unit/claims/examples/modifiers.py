"""Modifiers: fault and near miss."""

from __future__ import annotations

from datetime import date
from typing import Final

from functions.claims.scrubbing.facts import Bilateral, PastService, PayerProfile
from tests.support.drafts import HOSPITAL, Made, line, made

GOOD: Final = made()
_ONE_LINE: Final = {"payer": PayerProfile(bilateral=Bilateral.ONE_LINE)}
_TWO_LINES: Final = {"payer": PayerProfile(bilateral=Bilateral.TWO_LINES)}
_OUTPATIENT: Final = {"place_of_service": "22", "providers__facility": HOSPITAL}


def _with(code: str, *modifiers: str, **more: object) -> Made:
    return made(line(code, *modifiers), **more)  # type: ignore[arg-type]


EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {
    "MOD-FORM": (_with("20610", "rt"), _with("20610", "RT")),
    "MOD-UNKNOWN": (_with("99213", "ZZ"), _with("99213", "25")),
    "MOD-TWICE": (_with("20610", "RT", "RT"), _with("20610", "RT", "59")),
    "MOD-MANY": (
        _with("20610", "RT", "59", "22", "GA", "KX"),
        _with("20610", "RT", "59", "22", "GA"),
    ),
    "MOD-ORDER": (_with("71046", "RT", "26"), _with("71046", "26", "RT")),
    "MOD-CONTRADICT": (_with("71046", "26", "TC"), _with("71046", "26")),
    "MOD-ASSISTANTS": (_with("27447", "80", "82"), _with("27447", "80", "AS")),
    "MOD-SIDES": (_with("20610", "LT", "RT"), _with("20610", "50")),
    "MOD-50-SIDE": (_with("20610", "50", "RT"), _with("20610", "50")),
    "MOD-50-UNITS": (made(line("20610", "50", units=2)), made(line("20610", "50", units=1))),
    "MOD-PLACE-FINER": (_with("26055", "F1", "LT"), _with("26055", "F1")),
    "MOD-DISTINCT-TWO": (_with("20610", "59", "XS"), _with("20610", "XS")),
    "MOD-LIABILITY": (
        _with("20610", "GA", "GZ", medicare=True),
        _with("20610", "GX", "GY", medicare=True),
    ),
    "MOD-LIABILITY-PAYER": (_with("20610", "GA"), _with("20610", "GA", medicare=True)),
    # -- of visits
    "MOD-EM-ONLY": (_with("20610", "25"), _with("99213", "25")),
    "MOD-59-EM": (_with("99213", "59"), _with("20610", "59")),
    "MOD-25-MISSING": (
        made(line("99213"), line("17000")),
        made(line("99213", "25"), line("17000")),
    ),
    "MOD-57-MISSING": (
        made(line("99213"), line("27447", day="2026-07-02")),
        made(line("99213"), line("27447", day="2026-07-03")),
    ),
    "MOD-57-MINOR": (
        made(line("99213", "57"), line("17000")),
        made(line("99213", "57"), line("27447")),
    ),
    "MOD-25-ALONE": (made(line("99213", "25")), made(line("99213", "25"), line("17000"))),
    "MOD-25-PREVENTIVE": (
        made(line("99396"), line("99213")),
        made(line("99396"), line("99213", "25")),
    ),
    "MOD-26-EM": (_with("99213", "26"), _with("71046", "26")),
    "MOD-GLOBAL-VISIT": (_with("99213", "79"), _with("20610", "79")),
    # -- with codes
    "MOD-26-HOSPITAL": (
        made(line("71046"), **_OUTPATIENT),
        made(line("71046", "26"), **_OUTPATIENT),
    ),
    "MOD-TC-HOSPITAL": (made(line("71046", "TC"), **_OUTPATIENT), _with("71046", "TC")),
    "MOD-51": (_with("20610", "51", medicare=True), _with("20610", "51")),
    "MOD-51-ADDON": (
        made(line("11042"), line("11045", "51")),
        made(line("11042"), line("20610", "51")),
    ),
    "MOD-91-LAB": (_with("71046", "91"), _with("82947", "91")),
    "MOD-REPEAT-FIRST": (
        _with("93000", "76"),
        made(
            line("93000", "76"),
            known={"history": (PastService("93000", date(2026, 7, 1), claim="C0"),)},
        ),
    ),
    "MOD-22-NOTE": (_with("27447", "22"), made(line("27447", "22", note="dense scars"))),
    "MOD-BILATERAL-ONE": (
        made(line("20610", "RT"), line("20610", "LT"), known=_ONE_LINE),
        made(line("20610", "50"), known=_ONE_LINE),
    ),
    "MOD-BILATERAL-TWO": (
        made(line("20610", "50"), known=_TWO_LINES),
        made(line("20610", "RT"), line("20610", "LT"), known=_TWO_LINES),
    ),
    "MOD-SIDE-DIAGNOSIS": (
        _with("20610", "LT", diagnoses=["M25561"]),
        _with("20610", "RT", diagnoses=["M25561"]),
    ),
    "MOD-ASSISTANT-VISIT": (_with("99213", "80"), _with("27447", "80")),
}
