"""Drugs, tests and other services with rules of their own: fault and near miss."""

from __future__ import annotations

from typing import Any, Final

from functions.claims.scrubbing.facts import PracticeFacts
from tests.support.drafts import CHILD, REFERRER, Made, code_sets, line, made

GOOD: Final = made()
CLIA: Final = "14D0123456"
_SINGLE: Final = {"code_sets": code_sets(single_dose="J9999")}
_WAIVED: Final = {"practice": PracticeFacts(clia=CLIA, waived_laboratory=True)}
_DRUG: Final = {
    "code": "00026063512",
    "quantity": {"thousandths": 1000},
    "unit": "ML",
}


def _given(**changes: Any) -> Made:
    return made(line("J1100", drug=_DRUG | changes))


def _test(code: str, *modifiers: str, **more: Any) -> Made:
    """A test for Medicare that somebody ordered."""
    return made(
        line(code, *modifiers),
        **({"medicare": True, "providers__referring": REFERRER, "numbers__clia": CLIA} | more),
    )


def _spine(*modifiers: str, **more: Any) -> Made:
    given = {"dates__initial_treatment": "2026-06-01", "diagnoses": ["M9903"], "medicare": True}
    return made(line("98940", *modifiers), **(given | more))


def _feet(*modifiers: str, **more: Any) -> Made:
    return made(line("11721", *modifiers), **({"medicare": True} | more))


EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {
    "NDC-MISSING": (
        made(line("J1100"), medicaid=True),
        made(line("J1100", drug=_DRUG), medicaid=True),
    ),
    "NDC-FORM": (_given(code="0026-0635-12"), _given()),
    "NDC-QUANTITY": (_given(quantity={"thousandths": 0}), _given()),
    "NDC-UNIT": (_given(unit="MG"), _given()),
    "NDC-ELSEWHERE": (made(line("99213", drug=_DRUG)), _given()),
    "DRG-WASTE": (
        made(line("J9999", procedure__description="X"), medicare=True, known=_SINGLE),
        made(line("J9999", "JZ", procedure__description="X"), medicare=True, known=_SINGLE),
    ),
    "DRG-WASTE-ALONE": (
        made(line("J1100", "JW")),
        made(line("J1100"), line("J1100", "JW")),
    ),
    "DRG-WASTE-NONE": (
        made(line("J1100", "JZ"), line("J1100", "JW")),
        made(line("J1100", "JZ")),
    ),
    "VAC-ADMINISTRATION": (made(line("90686")), made(line("90686"), line("90471"))),
    "VAC-PRODUCT": (made(line("90471")), made(line("90686"), line("90471"))),
    "VAC-MEDICARE": (
        made(line("90686"), line("90471"), medicare=True),
        made(line("90750"), line("90471"), medicare=True),
    ),
    # -- laboratory
    "LAB-CLIA": (
        _test("82947", numbers__clia="", known={"practice": PracticeFacts(clia=CLIA)}),
        _test("82947"),
    ),
    "LAB-CLIA-FORM": (_test("82947", numbers__clia="14X0123456"), _test("82947")),
    "LAB-QW": (_test("87804", known=_WAIVED), _test("87804", "QW", known=_WAIVED)),
    "LAB-QW-NEEDLESS": (_test("81002", "QW"), _test("81002")),
    "LAB-WAIVED-ONLY": (_test("80053", known=_WAIVED), _test("81002", known=_WAIVED)),
    "LAB-OUTSIDE": (
        _test("80053", "90"),
        made(line("80053", "90", purchased_from="LAB1", purchased_charge=100)),
    ),
    "LAB-PURCHASE": (
        made(line("80053", "90", purchased_from="LAB1")),
        made(line("80053", "90", purchased_from="LAB1", purchased_charge=100)),
    ),
    "MAM-CERTIFICATE": (
        made(line("77067"), known={"practice": PracticeFacts(mammography="123456")}),
        made(line("77067"), numbers__mammography="123456"),
    ),
    # -- spine, feet, therapy
    "CHI-AT": (_spine(), _spine("AT")),
    "CHI-INITIAL": (_spine("AT", dates__initial_treatment=None), _spine("AT")),
    "CHI-SUBLUXATION": (_spine("AT", diagnoses=["M545"]), _spine("AT")),
    "FOO-FINDINGS": (_feet(), _feet("Q8", dates__last_seen="2026-05-01")),
    "FOO-LAST-SEEN": (_feet("Q8"), _feet("Q8", dates__last_seen="2026-05-01")),
    "THE-DISCIPLINE": (
        made(line("97110"), medicare=True, providers__referring=REFERRER),
        made(line("97110", "GP"), medicare=True, providers__referring=REFERRER),
    ),
    # -- anesthesia
    "ANE-MINUTES": (made(line("00142", "AA")), made(line("00142", "AA", unit="MJ", units=30))),
    "ANE-MINUTES-ELSEWHERE": (made(line("99213", unit="MJ")), GOOD),
    "ANE-BY-WHOM": (
        made(line("00142", unit="MJ"), medicare=True),
        made(line("00142", "QK", unit="MJ"), medicare=True),
    ),
    # -- children
    "EPS-INDICATOR": (
        made(line("99393"), medicaid=True, patient=CHILD),
        made(line("99393", epsdt=True), medicaid=True, patient=CHILD),
    ),
    "EPS-REFERRAL": (
        made(line("99393", epsdt=True), medicaid=True, patient=CHILD),
        made(
            line("99393", epsdt=True),
            medicaid=True,
            patient=CHILD,
            epsdt={"given": False, "conditions": ["NU"]},
        ),
    ),
}
