"""Whatever is billed and whatever the rules are: what payers answer adds up and is of the guide."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from caresmith.money import Money
from caresmith.x12.claims.building import claim_file
from caresmith.x12.claims.model import Submission
from caresmith.x12.writer import ControlNumbers, written
from scripts.payer.rules import MemberRule, Plan
from tests.support.claims import ADDRESSING, AT, submissions
from tests.support.payers import acknowledgements, house, payments, raws, receipts
from tests.support.pyx12 import complaints

PLANS = st.builds(
    Plan,
    method=st.sampled_from(["ACH", "CHK"]),
    claims_per_check=st.integers(0, 2),
    fee_percent=st.integers(0, 100),
    copay=st.integers(0, 5_000).map(Money),
    copay_codes=st.just(("*",)),
    deductible=st.sampled_from([0, 5_000, 10**9]).map(Money),
    coinsurance=st.integers(0, 100),
    out_of_pocket=st.sampled_from([0, 7_777, 10**9]).map(Money),
    timely_days=st.sampled_from([30, 100_000]),
    interest_after=st.sampled_from([0, 30]),
    sequestration=st.integers(0, 5),
    crosses_over=st.booleans(),
)
DOES: list[dict[str, Any]] = [
    {"do": "deny", "reason": "16", "remarks": ["M127"], "when": {"percent": 20}},
    {"do": "deny", "reason": "31", "group": "PR", "unrecognised": True, "when": {"percent": 10}},
    {"do": "reduce", "percent": 33, "reason": "59", "when": {"percent": 40}},
    {"do": "recode", "modifiers": ["59"], "when": {"percent": 30}},
    {"do": "bundle", "into": "80053", "when": {"percent": 20}},
    {"do": "split", "when": {"percent": 50}},
    {"do": "reorder", "when": {"percent": 50}},
    {"do": "unnumbered", "when": {"percent": 50}},
    {"do": "without-lines", "when": {"percent": 20}},
    {"do": "forward", "name": "NEXT", "id": "54321", "when": {"percent": 30}},
    {"do": "takeback", "days": 5, "percent": 40, "recovered": "later", "when": {"percent": 40}},
    {"do": "takeback", "days": 9, "when": {"percent": 40}},
    {"do": "plb", "reason": "CS", "amount": 2_500, "when": {"percent": 30}},
    {"do": "pend", "days": 3, "when": {"percent": 20}},
    {"do": "277ca", "category": "A7", "code": "562", "when": {"percent": 10}},
]


@settings(
    max_examples=25,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    submissions(count=4),
    PLANS,
    st.lists(st.sampled_from(DOES), max_size=6, unique_by=str),
    st.integers(0, 1_000),
)
def test_every_answer_adds_up_and_has_no_fault(
    one: Submission, plan: Plan, does: list[dict[str, Any]], seed: int
) -> None:
    payers = house(*does, plan=plan, seed=seed, members=(MemberRule(member="A*"),))
    payers.advance(25)  # The visits are of days before.
    raw = written(claim_file([one], ADDRESSING, ControlNumbers(1, 1), AT))
    payers.take("claims", raw)
    payers.advance(60)
    [answer] = acknowledgements(payers)
    assert answer.verdict.accepted  # type: ignore[union-attr]
    [receipt] = receipts(payers)
    assert len(receipt.claims) == len(one.claims)
    for paid in payments(payers):
        assert paid.end.balances, paid.end.imbalances
        assert paid.end.notes == ()
        assert paid.header.amount.cents >= 0
    for kind in ("999", "277ca", "835"):
        for answered in raws(payers, kind):
            found = [said for said in complaints(answered) if "Loop FOOTER" not in said]
            assert found == [], answered.decode()
    taken = [claim for claim in receipt.claims if not claim.rejected]
    numbers = {claim.payer_control_number for paid in payments(payers) for claim in paid.claims}
    assert {claim.payer_control_number for claim in taken} <= numbers
