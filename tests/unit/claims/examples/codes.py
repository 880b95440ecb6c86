"""Diagnoses, procedures, units and pairs of codes: fault and near miss."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from caresmith.money import Money
from functions.claims.scrubbing.codesets import ProcedureList
from functions.claims.scrubbing.facts import Fees, PastService, PayerProfile, PracticeFacts
from tests.support.drafts import (
    NPI,
    FixedCoding,
    Made,
    code_sets,
    dated,
    line,
    made,
)

GOOD: Final = made()
_SERVICE: Final = date(2026, 7, 1)
_MAN: Final[dict[str, Any]] = {"subscriber__sex": "M"}
_LISTED: Final = ProcedureList(
    {
        "99213": ((date.min, date.max),),
        "99214": ((date(2026, 7, 2), date.max),),
        "99215": ((date.min, date(2026, 6, 30)),),
    },
    has_cpt=True,
)


def _dx(*codes: str, **more: Any) -> Made:
    """A claim with these diagnoses, whose line points at the first."""
    return made(diagnoses=list(codes), **more)


def _at(code: str, *pointers: int) -> dict[str, Any]:
    return line(code, dx=pointers)


def _list(code: str, procedures: ProcedureList = _LISTED) -> Made:
    return made(line(code), known={"code_sets": code_sets(procedures)})


def _fees(code: str, charge: int) -> Made:
    fees = Fees(loaded=True, charges={("99213",): Money(15_000)})
    return made(line(code, charge=charge), known={"practice": PracticeFacts(fees=fees)})


def _before(*codes: str, **given: Any) -> dict[str, Any]:
    services = (PastService(code, _SERVICE, rendering=NPI, claim="C0", **given) for code in codes)
    return {"history": tuple(services)}


EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {
    # -- diagnoses
    "DX-FORM": (_dx("E11.9"), GOOD),
    "DX-UNKNOWN": (_dx("E1199"), GOOD),
    "DX-UNKNOWN-RELEASE": (
        made(line(day="2019-05-01"), diagnoses=["E1199"]),
        made(line(day="2019-05-01")),
    ),
    "DX-SPECIFIC": (_dx("E11"), GOOD),
    "DX-NOT-YET": (
        made(known=dated("E11.9", date(2026, 7, 2), date.max)),
        made(known=dated("E11.9", date(2026, 7, 1), date.max)),
    ),
    "DX-ENDED": (
        made(known=dated("E11.9", date.min, date(2026, 6, 30))),
        made(known=dated("E11.9", date.min, date(2026, 7, 1))),
    ),
    "DX-ENDS-WITHIN": (
        made(line(last="2026-07-02"), known=dated("E11.9", date.min, date(2026, 7, 1))),
        made(line(last="2026-07-02"), known=dated("E11.9", date.min, date(2026, 7, 2))),
    ),
    "DX-TWICE": (_dx("E119", "I10", "E119"), _dx("E119", "I10")),
    "DX-EXCLUDES1": (_dx("E119", "E109"), _dx("E119", "I10")),
    "DX-FEMALE": (_dx("O2441", **_MAN), _dx("O2441")),
    "DX-MALE": (_dx("N400"), _dx("N400", **_MAN)),
    "DX-AGE-NEWBORN": (_dx("Z00110"), _dx("Z00110", subscriber__birth_date="2026-06-20")),
    "DX-AGE-CHILD": (_dx("Z00129"), _dx("Z00129", subscriber__birth_date="2010-06-20")),
    "DX-AGE-ADULT": (_dx("Z0000", subscriber__birth_date="2015-06-20"), _dx("Z0000")),
    "DX-AGE-MATERNITY": (
        _dx("O2441", subscriber__birth_date="1950-06-20"),
        _dx("O2441"),
    ),
    "DX-UNSPECIFIED-SIDE": (_dx("M25569"), _dx("M25561")),
    # -- their order
    "SEQ-MANIFESTATION": (_dx("H42", "E119"), _dx("E119", "H42")),
    "SEQ-EXTERNAL": (_dx("W010XXA", "S52501A"), _dx("S52501A", "W010XXA")),
    "SEQ-EXTERNAL-LINE": (
        made(_at("99213", 2, 1), diagnoses=["S52501A", "W010XXA"]),
        made(_at("99213", 1, 2), diagnoses=["S52501A", "W010XXA"]),
    ),
    "SEQ-MANIFESTATION-LINE": (
        made(_at("99213", 2), diagnoses=["E119", "H42"]),
        made(_at("99213", 1, 2), diagnoses=["E119", "H42"]),
    ),
    "SEQ-STATUS-FIRST": (_dx("Z794", "E119"), _dx("E119", "Z794")),
    "SEQ-FIRST-ONLY": (_dx("E119", "Z0000"), _dx("Z0000", "E119")),
    "SEQ-PREGNANCY": (_dx("E119", "O2441"), _dx("O2441", "E119")),
    "SEQ-WEEKS": (_dx("O2441"), _dx("O2441", "Z3A20")),
    "PTR-NONE": (made(_at("99213")), GOOD),
    "PTR-RANGE": (made(_at("99213", 2)), GOOD),
    "PTR-TWICE": (made(_at("99213", 1, 1)), GOOD),
    "PTR-MANY": (
        made(_at("99213", 1, 2, 3, 4, 5), diagnoses=["E119", "I10", "K219", "R079", "N390"]),
        made(_at("99213", 1, 2, 3, 4), diagnoses=["E119", "I10", "K219", "R079", "N390"]),
    ),
    "PTR-UNUSED": (_dx("E119", "I10"), made(_at("99213", 1, 2), diagnoses=["E119", "I10"])),
    # -- procedures
    "PRC-MISSING": (made(line("")), GOOD),
    "PRC-FORM": (made(line("g0439")), made(line("G0439"))),
    "PRC-UNKNOWN": (_list("99999"), _list("99213")),
    "PRC-NOT-LISTED": (_fees("99499", 15_000), _fees("99213", 15_000)),
    "PRC-ENDED": (_list("99215"), _list("99213")),
    "PRC-NOT-YET": (_list("99214"), _list("99213")),
    "PRC-UNLISTED": (
        made(line("17999")),
        made(line("17999", procedure__description="removal of a cyst by laser")),
    ),
    "PRC-UNLISTED-RECORD": (
        made(line("17999", procedure__description="removal")),
        made(line("17999", note="report follows", procedure__description="removal")),
    ),
    "PRC-DRUG-WORDS": (
        made(line("J3490")),
        made(line("J3490", procedure__description="Ketamine 10 mg")),
    ),
    "PRC-CONSULT": (
        made(line("99243"), medicare=True),
        made(line("99243")),
    ),
    "PRC-AGE": (made(line("99395")), made(line("99396"))),
    "PRC-ADDON": (made(line("11045")), made(line("11042"), line("11045"))),
    # -- units and charges
    "UNI-NONE": (made(line(units=0)), GOOD),
    "UNI-FRACTION": (made(line(units=1.5)), made(line("J1100", units=1.5))),
    "UNI-VISIT": (made(line(units=2)), made(line("99417", units=2), line())),
    "MUE-LINE": (made(line("A0001", units=3)), made(line("A0001", units=2))),
    "MUE-POLICY": (
        made(line("45385"), line("45385", "59")),
        made(line("45385"), line("45385", "59", day="2026-07-02")),
    ),
    "MUE-CLINICAL": (
        made(line("97110", units=4), line("97110", "59", units=3)),
        made(line("97110", units=4), line("97110", "59", units=2)),
    ),
    "CHG-MISSING": (made(line(charge=None)), GOOD),
    "CHG-NEGATIVE": (made(line(charge=-1)), GOOD),
    "CHG-ZERO": (made(line(charge=0)), made(line("0001F", charge=0))),
    "CHG-BELOW": (_fees("99213", 7_499), _fees("99213", 7_500)),
    "CHG-ABOVE": (_fees("99213", 75_001), _fees("99213", 75_000)),
    # -- pairs
    "PTP-NEVER": (
        made(line("93000"), line("93005", "59")),
        made(line("93000"), line("93005", day="2026-07-02")),
    ),
    "PTP-MODIFIER": (
        made(line("11042", "59"), line("99213")),
        made(line("11042"), line("99213", "25")),
    ),
    "PTP-SEPARATED": (
        made(line("45385"), line("45380", "XS")),
        made(line("97530"), line("97116", "XS")),
    ),
    "PTP-EARLIER": (
        made(line("45380"), known=_before("45385")),
        made(line("45380"), known=_before("45385") | {"history": ()}),
    ),
    "PTP-59-NEEDLESS": (
        made(line("45380", "59")),
        made(line("45385"), line("45380", "59")),
    ),
    "PTP-59-PRECISE": (
        made(
            line("45385"),
            line("45380", "59"),
            known={"payer": PayerProfile(prefers_x_modifiers=True)},
        ),
        made(line("45385"), line("45380", "59")),
    ),
    "PTP-SAMPLE": (
        made(
            line(),
            line("93000"),
            known={"code_sets": code_sets(coding=FixedCoding(is_whole=False))},
        ),
        made(line(), line("93000")),
    ),
}
