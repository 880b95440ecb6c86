"""The form for a paper explanation of payment: lines of our claims, and what was said of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from caresmith.audit import audit
from caresmith.ids import PatientId, PracticeId, SheetId
from caresmith.money import Money
from caresmith.records.revenue.adjudication import SaidAdjustment
from caresmith.records.revenue.claim import ClaimItem, claim_of_control, get_claim
from caresmith.records.revenue.remitted import RemittedClaim, Service
from caresmith.records.revenue.sheet import ChargeLine, get_sheet, open_sheet
from caresmith.web.forms import Form, FormRefused
from caresmith.x12.adjustments import AdjustmentGroup
from functions.payments.models import ManualAdjustment, ManualRemittance
from functions.payments.posting.plb import REASONS as REASON_OF

MOST: Final = 20
MOST_REFERENCE: Final = 50
REASONS: Final = (
    ("CO-45", "Contract"),
    ("PR-1", "Deductible"),
    ("PR-2", "Coinsurance"),
    ("PR-3", "Copay"),
    ("OA-23", "Earlier payer"),
)
"""What most explanations say; anything else has a column of its own: group, reason, amount."""
TAKES_BACK: Final = "22"
STATUSES: Final = (
    ("", "Answers the claim"),
    ("19", "Answers it and forwarded it"),
    (TAKES_BACK, "Takes an earlier payment back"),
)
"""CLP02; an answer's own status follows from the claim's turn and what was paid."""
PLB_ROWS: Final = 5
PLB: Final = tuple(
    (code, f"{REASON_OF[code].words} ({code})")
    for code in (
        *("L6", "CT", "IP", "BN", "LS", "WO", "FB", "72", "AP", "90", "50", "L3", "E3", "B2"),
        *("LE", "J1", "CS"),
    )
)
"""Provider adjustments (PLB03-1) that explanations on paper have."""


@dataclass(frozen=True, slots=True)
class Shown:
    claim: ClaimItem
    lines: tuple[ChargeLine, ...]


def claims_of(practice: PracticeId, numbers: str) -> tuple[list[Shown], list[str]]:
    """The claims of these control numbers, and which are unknown."""
    found, unknown = [], []
    for number in list(dict.fromkeys(numbers.replace(",", " ").split()))[:MOST]:
        claim_id = claim_of_control(practice, number)
        claim = get_claim(practice, claim_id) if claim_id else None
        sheet = get_sheet(practice, SheetId(claim.sheet_id)) if claim else None
        if claim is None or sheet is None:
            unknown.append(number)
            continue
        audit().about(PatientId(claim.patient_id))
        found.append(Shown(claim, open_sheet(practice, sheet).lines))
    return found, unknown


def request_of(practice: PracticeId, form: Form) -> ManualRemittance:
    """What was typed in. Raises FormRefused with a sentence beside each field."""
    claims, unknown = claims_of(practice, form.value("claims"))
    adjustments = _adjustments(form)
    if unknown or (form.value("claims").strip() and not claims):
        form.errors["claims"] = "Name claims by their numbers."
    elif not claims and not adjustments and not form.errors:
        form.errors["plb-reason-1"] = "Say what it was paid for."
    made = [_claim(form, one) for one in claims]
    amount = _money(form, "amount", required=True)
    try:
        paid_on = dt.date.fromisoformat(form.value("paid_on"))
    except ValueError:
        form.errors["paid_on"] = "Say on which day it was paid."
        paid_on = dt.date(2000, 1, 1)
    if form.errors:
        raise FormRefused(form)
    try:
        return ManualRemittance.model_validate(
            {
                "payer_name": form.value("payer_name"),
                "trace": form.value("trace"),
                "amount": amount,
                "method": form.value("method") or "CHK",
                "paid_on": paid_on,
                "claims": tuple(one for one in made if one),
                "adjustments": adjustments,
            }
        )
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            form.errors.setdefault(str(problem["loc"][0]), "Please fill this in.")
        raise FormRefused(form) from None


def _adjustments(form: Form) -> tuple[ManualAdjustment, ...]:
    """Rows of adjustments of the payment as a whole; what is typed adds to it or takes from it."""
    found = []
    for row in range(1, PLB_ROWS + 1):
        reason = form.value(f"plb-reason-{row}").strip()
        adds, takes = _money(form, f"plb-adds-{row}"), _money(form, f"plb-takes-{row}")
        reference = form.value(f"plb-reference-{row}").strip()
        if not reason and adds is None and takes is None and not reference:
            continue
        if reason not in {code for code, _ in PLB}:
            form.errors[f"plb-reason-{row}"] = "Choose a reason."
        given = [one for one in (adds, takes) if one]
        if len(given) != 1 or given[0].cents < 0:
            form.errors.setdefault(
                f"plb-adds-{row}", "Write what it adds to the payment, or what it takes from it."
            )
        if len(reference) > MOST_REFERENCE:
            form.errors[f"plb-reference-{row}"] = "At most 50 letters and digits."
        if form.errors:
            continue
        # PLB04 is positive where it lowers the payment.
        amount = -adds if adds else takes or Money(0)
        found.append(ManualAdjustment(reason=reason, reference=reference, amount=amount))
    return tuple(found)


def _claim(form: Form, shown: Shown) -> RemittedClaim | None:
    services = [_service(form, shown, line) for line in shown.lines]
    told = [one for one in services if one is not None]
    if not told:
        form.errors.setdefault(
            f"c{shown.claim.control_number}", "Fill in at least one line of this claim."
        )
    if form.errors or not told:
        return None
    chosen = form.value(f"status-{shown.claim.control_number}")
    if chosen == TAKES_BACK:
        told = [_taken_back(one) for one in told]
    status = chosen or {1: "1", 2: "2"}.get(int(shown.claim.turn), "3")
    if chosen not in {value for value, _ in STATUSES}:
        form.errors[f"status-{shown.claim.control_number}"] = "Choose what the payer says."
        return None
    if not chosen and not any(one.paid for one in told) and not _owed(told):
        status = "4"
    return RemittedClaim.model_validate(
        {
            "control_number": shown.claim.control_number,
            "status": status,
            "charge": Money(sum(one.charge.cents for one in told)),
            "paid": Money(sum(one.paid.cents for one in told)),
            "payer_control_number": form.value(f"icn-{shown.claim.control_number}").strip(),
            "services": tuple(told),
        }
    )


def _taken_back(service: Service) -> Service:
    """The same, negated: typed as it was paid, told as it is taken back (TR3 1.10.2.8)."""
    return service.model_copy(
        update={
            "charge": -service.charge,
            "paid": -service.paid,
            "adjustments": tuple(
                one.model_copy(update={"amount": -one.amount}) for one in service.adjustments
            ),
        }
    )


def _owed(services: list[Service]) -> bool:
    return any(a.group is AdjustmentGroup.PATIENT for one in services for a in one.adjustments)


def _service(form: Form, shown: Shown, line: ChargeLine) -> Service | None:
    """None where the line was left empty: the payer says nothing of it."""
    at = f"{shown.claim.control_number}-{line.line}"
    paid = _money(form, f"paid-{at}")
    reasons = [(name, _money(form, f"{name}-{at}")) for name, _ in REASONS]
    other = form.value(f"other-{at}").strip().upper()
    other_amount = _money(form, f"other-amount-{at}")
    if paid is None and all(amount is None for _, amount in reasons) and not other:
        return None
    if other or other_amount is not None:
        reasons.append((other, other_amount))
    adjustments: list[SaidAdjustment] = []
    for name, amount in reasons:
        if amount is None or not amount:
            continue
        adjustment = _adjustment(name, amount)
        if adjustment is None:
            form.errors[f"other-{at}"] = "Write group and reason, like CO-97."
        else:
            adjustments.append(adjustment)
    told = paid or Money(0)
    rest = line.charge.cents - told.cents - sum(one.amount.cents for one in adjustments)
    if rest:
        form.errors.setdefault(
            f"paid-{at}",
            f"{Money(abs(rest))} of {line.charge} {'are not' if rest > 0 else 'too much are'} "
            "accounted for.",
        )
        return None
    given: dict[str, Any] = {"first": line.day, "last": line.last_day or line.day}
    return Service(
        code=line.code,
        modifiers=line.modifiers,
        charge=line.charge,
        paid=told,
        line_number=line.line,
        adjustments=tuple(adjustments),
        **given,
    )


def _adjustment(name: str, amount: Money) -> SaidAdjustment | None:
    group, _, reason = name.partition("-")
    try:
        return SaidAdjustment.model_validate({"group": group, "reason": reason, "amount": amount})
    except ValidationError:
        return None


def _money(form: Form, name: str, *, required: bool = False) -> Money | None:
    text = form.value(name).strip()
    if not text:
        if required:
            form.errors[name] = "Say how much was paid; 0 where nothing was."
        return None
    try:
        return Money.parse(text)
    except ValueError:
        form.errors[name] = "Write dollars and cents, like 1,234.56."
        return None
