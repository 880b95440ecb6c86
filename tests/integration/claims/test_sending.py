"""A batch: gathered, built, delivered once in effect, marked; and given back where it can't go."""

from __future__ import annotations

import io

import boto3
import pytest

from caresmith.exchange import Refused, Unreachable
from caresmith.ids import ExchangeFileId
from caresmith.records.revenue.exchanged import claims_in_file, known_file, read_bytes
from caresmith.records.revenue.numbering import next_claim_number, next_numbers
from caresmith.settings import bucket_name
from caresmith.x12.claims.reading import read_claims
from functions.claims.submission import gathering, outlets
from functions.claims.submission.sending import ExchangeDown, ExchangeRefuses
from tests.support.billing_office import BillingOffice, override_all, send_all, visit_line


def approved(office: BillingOffice, count: int = 1, **given: object) -> list[str]:
    """So many approved claims; their ids."""
    found = []
    for number in range(count):
        patient = office.patient()
        coverage = office.cover(patient, member_id=f"XYZ{number:06d}")
        claim = office.claim(office.released(patient, coverage, **given))
        assert office.act(claim, "approve").status == 200
        found.append(str(claim.claim_id))
    return found


def test_approved_claims_go_out_in_one_file_that_our_own_reader_takes(
    office: BillingOffice,
) -> None:
    ids = approved(office, 3)
    head = send_all(office)
    assert (head.state, head.counts["claims"], head.way) == ("sent", 3, "drop")
    content = read_bytes(head)
    [submission] = read_claims(io.BytesIO(content))
    numbers = {office.item(one).control_number for one in ids}
    assert {one.control_number for one in submission.submission.claims} == numbers
    assert {office.item(one).state for one in ids} == {"sent"}
    key = f"drop/{office.practice}/out/{head.name}"
    dropped = boto3.client("s3").get_object(Bucket=bucket_name("exchange"), Key=key)
    assert dropped["Body"].read() == content


def test_run_twice_it_is_one_file_with_the_same_bytes(office: BillingOffice) -> None:
    approved(office, 2)
    head = send_all(office)
    before = read_bytes(head)
    again = send_all(office, head.file_id)
    assert again.sha256 == head.sha256
    assert read_bytes(head) == before
    assert len(claims_in_file(office.practice, ExchangeFileId(head.file_id))) == 2


def test_a_second_batch_has_other_numbers_and_other_claims(office: BillingOffice) -> None:
    approved(office)
    first = send_all(office)
    approved(office)
    second = send_all(office)
    assert second.interchange == first.interchange + 1
    assert second.first_set == first.first_set + 1
    assert second.counts["claims"] == 1


def test_without_approved_claims_there_is_no_file(office: BillingOffice) -> None:
    assert send_all(office).state == "empty"
    assert office.post("/claims/batches").status == 409


def test_a_claim_that_a_day_made_wrong_is_held_back(office: BillingOffice) -> None:
    [claim] = approved(office)
    office.later(days=400)
    # A year has passed since the payer would still have taken it.
    office.add_payer("Other", "OTH1")
    from caresmith.records.revenue.payer import PayerFacts, PayerItem, payers_key

    item = PayerItem.get(payers_key(office.practice), office.payers["Acme Health"])
    facts = PayerFacts.model_validate_json(item.body)
    item.body = facts.model_copy(update={"timely_days": 90}).model_dump_json()
    item.save()
    assert send_all(office).state == "empty"
    assert office.item(claim).state == "held"
    assert office.item(claim).errors > 0


def test_what_was_killed_in_the_middle_goes_on(
    office: BillingOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = approved(office, 4)
    monkeypatch.setattr(gathering, "IN_TRANSACTION", 2)
    file = ExchangeFileId.new()
    took = gathering._take
    calls = []

    def killed(work: object, claims: list[object]) -> None:
        if calls:
            raise RuntimeError("killed")
        calls.append(1)
        took(work, claims)  # type: ignore[arg-type]

    monkeypatch.setattr(gathering, "_take", killed)
    with pytest.raises(RuntimeError):
        office.task("gather", file_id=file)
    monkeypatch.setattr(gathering, "_take", took)
    head = send_all(office, file)
    assert (head.state, head.counts["claims"]) == ("sent", 4)
    listed = claims_in_file(office.practice, file)
    assert sorted(one.claim_id for one in listed) == sorted(ids)


class _Broken:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, name: str, content: bytes) -> str:
        raise self.error


@pytest.mark.parametrize(
    ("error", "raised"), [(Unreachable(), ExchangeDown), (Refused(400), ExchangeRefuses)]
)
def test_a_file_that_can_t_be_delivered_gives_its_claims_back(
    office: BillingOffice,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    raised: type[Exception],
) -> None:
    ids = approved(office, 2)
    file = ExchangeFileId.new()
    assert office.task("gather", file_id=file) == {"action": "build"}
    office.task("build", file_id=file)
    monkeypatch.setattr(outlets.Drop, "send", _Broken(error).send)
    with pytest.raises(raised):
        office.task("deliver", file_id=file)
    assert office.task("give-back", file_id=file, error=raised.__name__) == {"action": "returned"}
    assert {office.item(one).state for one in ids} == {"approved"}
    head = known_file(office.practice, file)
    assert (head.state, head.refusal) == ("returned", error.reason)  # type: ignore[attr-defined]
    monkeypatch.undo()
    assert send_all(office).counts["claims"] == 2


def test_paper_claims_stay_for_the_printer(office: BillingOffice) -> None:
    office.add_payer(
        "Paper Plan",
        "PAPER",
        ways={"claims": "paper"},
        address={"lines": ["PO Box 1"], "city": "Troy", "state": "NY", "postal_code": "12180"},
    )
    patient = office.patient()
    sheet = office.released(patient, office.cover(patient, payer="Paper Plan"))
    claim = office.claim(sheet)
    assert office.act(claim, "approve").status == 200
    assert send_all(office).state == "empty"
    sent = office.act(claim, "handed-over", {"way": "paper"})
    assert sent.json["state"] == "sent"


def test_numbers_are_never_given_twice(office: BillingOffice) -> None:
    assert len({next_claim_number(office.practice) for _ in range(5)}) == 5
    pairs = [next_numbers(office.practice, sets=2) for _ in range(3)]
    assert [one.first_set for one in pairs] == [pairs[0].first_set + 2 * n for n in range(3)]


def test_claims_of_one_subscriber_share_the_levels_of_the_file(office: BillingOffice) -> None:
    patient = office.patient()
    coverage = office.cover(patient)
    for code in ("99213", "99214"):
        sheet = office.released(patient, coverage, lines=(visit_line(code=code),))
        claim = office.claim(sheet)
        override_all(office, claim.claim_id)
        assert office.act(claim, "approve").status == 200, office.read(claim)["findings"]
    head = send_all(office)
    text = read_bytes(head).decode()
    assert text.count("NM1*IL*") == 1
    assert text.count("CLM*") == 2
