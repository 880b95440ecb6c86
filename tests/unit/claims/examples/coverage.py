"""History, coverage, other payers and authorizations: fault and near miss."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from caresmith.claims.authorized import OnFile, Status
from caresmith.codes.ranges import Codes
from functions.claims.scrubbing.facts import (
    CoverageFacts,
    PastService,
    PastStatus,
    PayerProfile,
)
from tests.support.drafts import GROUP, NPI, TAXONOMY, Made, line, made

GOOD: Final = made()
_SAME_DAY: Final = date(2026, 7, 1)


def _past(code: str, day: date, *modifiers: str, **given: Any) -> dict[str, Any]:
    """Facts with one earlier service of the same doctor."""
    fields = {"rendering": NPI, "specialty": TAXONOMY, "group": GROUP, "claim": "C0"} | given
    return {"history": (PastService(code, day, modifiers, **fields),)}


def _covered(*every: CoverageFacts) -> dict[str, Any]:
    return {"coverages": every}


def _coverage(name: str = "K1", **given: Any) -> CoverageFacts:
    return CoverageFacts(**{"id": name, "payer": "P1", "assigns_benefits": "Y", **given})


def _timely(days: int) -> dict[str, Any]:
    return {"payer": PayerProfile(timely_days=days)}


def _second(*lines: dict[str, Any], other: dict[str, Any] | None = None, **more: Any) -> Made:
    """A claim to a second payer; the first paid 100 and wrote 50 off."""
    first: dict[str, Any] = {
        "responsibility": "P",
        "filing": "CI",
        "paid": 10_000,
        "adjustments": [{"group": "CO", "reason": "45", "amount": 5_000}],
        "subscriber": {"last": "Doe", "first": "Jane", "member_id": "K9"},
        "payer": {"name": "First", "id": "FIRST", "adjudicated_on": "2026-07-10"},
    } | (other or {})
    given = {"subscriber__responsibility": "S", "others": [first]} | more
    return made(*lines, **given)


def _decided(paid: int, *reasons: tuple[str, int], payer: str = "FIRST") -> dict[str, Any]:
    return {
        "payer_id": payer,
        "paid": paid,
        "procedure": {"code": "99213"},
        "units": {"thousandths": 1000},
        "adjustments": [{"group": "CO", "reason": r, "amount": a} for r, a in reasons],
        "adjudicated_on": "2026-07-10",
    }


def _on_file(**given: Any) -> dict[str, Any]:
    profile = PayerProfile(authorize=Codes("27447"), refer=Codes("92014"))
    one = OnFile("A1", **({"codes": Codes("27447")} | given))
    return {"payer": profile, "authorizations": (one,)}


def _authorized(number: str = "A1", **given: Any) -> Made:
    return made(line("27447"), numbers__prior_authorization=number, known=_on_file(**given))


_TWO: Final = [
    {
        "responsibility": turn,
        "subscriber": {"last": "Doe", "member_id": "K9"},
        "payer": {"name": "Other", "id": name},
        "paid": 0,
        "adjustments": [{"group": "PR", "reason": "1", "amount": 15_000}],
    }
    for turn, name in (("P", "ONE"), ("S", "TWO"))
]

EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {
    # -- duplicates
    "DUP-LINE": (made(line("93000"), line("93000")), made(line("93000"), line("93000", "76"))),
    "DUP-CLAIM": (
        made(known=_past("99213", _SAME_DAY)),
        made(known=_past("99213", _SAME_DAY, status=PastStatus.VOID)),
    ),
    "DUP-SUSPECT": (
        made(known=_past("99213", _SAME_DAY, "25")),
        made(known=_past("99214", _SAME_DAY, "25")),
    ),
    "DUP-DENIED": (
        made(known=_past("99213", _SAME_DAY, status=PastStatus.DENIED)),
        made(known=_past("99213", date(2026, 6, 1), status=PastStatus.DENIED)),
    ),
    # -- aftercare and new patients
    "GLO-VISIT": (
        made(known=_past("27447", date(2026, 4, 2))),
        made(known=_past("27447", date(2026, 4, 1))),
    ),
    "GLO-PROCEDURE": (
        made(line("20610"), known=_past("27447", date(2026, 6, 1))),
        made(line("20610", "79"), known=_past("27447", date(2026, 6, 1))),
    ),
    "GLO-NOTHING": (
        made(line("20610", "79")),
        made(line("20610", "79"), known=_past("27447", date(2026, 6, 1))),
    ),
    "NEW-SEEN": (
        made(line("99203"), known=_past("99213", date(2023, 7, 1))),
        made(line("99203"), known=_past("99213", date(2023, 6, 30))),
    ),
    "NEW-UNSEEN": (made(), made(known=_past("99213", date(2025, 7, 1)))),
    # -- how often
    "FRQ-LIFETIME": (
        made(line("G0438"), medicare=True, known=_past("G0438", date(2020, 1, 1))),
        made(line("G0438"), medicare=True, known=_past("G0402", date(2020, 1, 1))),
    ),
    "FRQ-MONTHS": (
        made(line("G0439"), medicare=True, known=_past("G0439", date(2025, 8, 1))),
        made(line("G0439"), medicare=True, known=_past("G0439", date(2025, 7, 31))),
    ),
    "FRQ-WELLNESS": (
        made(line("G0439"), medicare=True, known=_past("G0438", date(2026, 1, 1))),
        made(line("G0439"), medicare=True, known=_past("G0438", date(2025, 7, 1))),
    ),
    "FRQ-PREVENTIVE": (
        made(line("99396"), known=_past("99396", date(2025, 7, 2))),
        made(line("99396"), known=_past("99396", date(2025, 7, 1))),
    ),
    # -- coverage
    "COV-UNKNOWN": (
        made(ours__coverage="K1", known=_covered(_coverage("K2"))),
        made(ours__coverage="K1", known=_covered(_coverage("K1"))),
    ),
    "COV-INACTIVE": (
        made(ours__coverage="K1", known=_covered(_coverage(last=date(2026, 6, 30)))),
        made(ours__coverage="K1", known=_covered(_coverage(last=date(2026, 7, 1)))),
    ),
    "COV-ENDS": (
        made(
            line(last="2026-07-02"),
            ours__coverage="K1",
            known=_covered(_coverage(last=date(2026, 7, 1))),
        ),
        made(
            line(last="2026-07-02"),
            ours__coverage="K1",
            known=_covered(_coverage(last=date(2026, 7, 2))),
        ),
    ),
    "COV-MEMBER": (
        made(ours__coverage="K1", known=_covered(_coverage(member_id="M2"))),
        made(ours__coverage="K1", known=_covered(_coverage(member_id="M100"))),
    ),
    "COV-OTHER-FIRST": (
        made(ours__coverage="K1", known=_covered(_coverage(order=2), _coverage("K2", order=1))),
        made(ours__coverage="K1", known=_covered(_coverage(order=1), _coverage("K2", order=2))),
    ),
    "COV-ASSIGNS": (
        made(ours__coverage="K1", known=_covered(_coverage(assigns_benefits=""))),
        made(ours__coverage="K1", known=_covered(_coverage())),
    ),
    "COV-TURN": (made(subscriber__responsibility="X"), GOOD),
    "COV-TURN-TWICE": (_second(subscriber__responsibility="P"), _second()),
    "COV-SECOND-ALONE": (made(subscriber__responsibility="S"), _second()),
    "MSP-TYPE": (_second(medicare=True), _second(medicare=True, subscriber__insurance_type="12")),
    "MSP-NEEDLESS": (
        made(medicare=True, subscriber__insurance_type="12"),
        _second(medicare=True, subscriber__insurance_type="12"),
    ),
    "MSP-AGE": (
        _second(medicare=True, subscriber__insurance_type="43"),
        _second(medicare=True, subscriber__insurance_type="12"),
    ),
    "MSP-ORDER": (
        made(medicaid=True, others=[_TWO[1] | {"filing": "CI"}]),
        made(medicaid=True, others=[_TWO[1] | {"filing": "MC"}]),
    ),
    "COV-OTHER-MEDICARE": (
        made(others=[_TWO[1] | {"filing": "MB"}]),
        made(others=[_TWO[1] | {"filing": "MB", "insurance_type": "12"}]),
    ),
    # -- in time
    "TIM-LATE": (made(known=_timely(13)), made(known=_timely(14))),
    "TIM-EXCUSED": (
        made(delay_reason="1", known=_timely(13)),
        made(delay_reason="1", known=_timely(14)),
    ),
    "TIM-SOON": (made(known=_timely(24)), made(known=_timely(25))),
    # -- other payers
    "SEC-PAID": (_second(other={"paid": None}), _second()),
    "SEC-DATE": (
        _second(other={"payer": {"name": "First", "id": "FIRST"}}),
        _second(),
    ),
    "SEC-DATE-EARLY": (
        _second(other={"payer": {"id": "F", "name": "F", "adjudicated_on": "2026-06-30"}}),
        _second(),
    ),
    "SEC-BALANCE": (_second(other={"paid": 9_999}), _second()),
    "SEC-ADJUSTED": (_second(other={"adjustments": []}), _second()),
    "SEC-LINE-BALANCE": (
        _second(line(adjudications=[_decided(10_000, ("45", 4_999))])),
        _second(line(adjudications=[_decided(10_000, ("45", 5_000))]), other={"adjustments": []}),
    ),
    "SEC-PAYER": (
        _second(line(adjudications=[_decided(10_000, ("45", 5_000), payer="X1")])),
        _second(line(adjudications=[_decided(10_000, ("45", 5_000))]), other={"adjustments": []}),
    ),
    "SEC-SAME-PAYER": (
        made(subscriber__responsibility="T", others=[_TWO[0], _TWO[1] | {"payer": {"id": "ONE"}}]),
        made(subscriber__responsibility="T", others=_TWO),
    ),
    "SEC-MEMBER": (_second(other={"subscriber": {"last": "Doe"}}), _second()),
    "SEC-NEGATIVE": (_second(other={"patient_liability": -1}), _second()),
    "SEC-PAID-FULL": (_second(other={"paid": 15_000, "adjustments": []}), _second()),
    "SEC-REASON-TWICE": (
        _second(
            other={"adjustments": [{"group": "CO", "reason": "45", "amount": 2_500}] * 2},
        ),
        _second(),
    ),
    # -- authorizations
    "AUT-MISSING": (made(line("27447"), known=_on_file()), _authorized()),
    "AUT-UNKNOWN": (_authorized("A9"), _authorized()),
    "AUT-DATES": (
        _authorized(last=date(2026, 6, 30)),
        _authorized(last=date(2026, 7, 1)),
    ),
    "AUT-CODE": (_authorized(codes=Codes("27130")), _authorized()),
    "AUT-UNITS": (_authorized(left=0), _authorized(left=1)),
    "AUT-REFUSED": (_authorized(status=Status.CANCELLED), _authorized()),
    "AUT-UNDECIDED": (
        _authorized(status=Status.REQUESTED),
        _authorized(status=Status.PARTLY_APPROVED),
    ),
    "AUT-OTHER": (
        _authorized(rendering=GROUP),
        _authorized(rendering=NPI, diagnoses=frozenset({"E119"})),
    ),
    "AUT-REFERRAL": (
        made(line("92014"), known=_on_file()),
        made(line("92014"), known=_on_file(), numbers__referral="R1"),
    ),
}
