"""A practice that bills: providers, payers, a patient with policies, and sheets of charges."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from caresmith.actor import Actor
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock
from caresmith.ids import (
    ClaimId,
    CoverageId,
    EventId,
    ExchangeFileId,
    PatientId,
    PayerId,
    PracticeId,
    SheetId,
    UserId,
)
from caresmith.money import Money
from caresmith.permissions import Role
from caresmith.records.contact import Address
from caresmith.records.coverage import COVERAGE, Coverage, CoverageItem, seal_coverage
from caresmith.records.demographics import Contact, Gender
from caresmith.records.patient import chart_key
from caresmith.records.practice import Billing, BillingAddress, Location, Practice
from caresmith.records.revenue.claim import (
    ClaimItem,
    ClaimOfSheetItem,
    claims_of_sheet,
    get_claim,
)
from caresmith.records.revenue.exchange import ExchangeFileItem
from caresmith.records.revenue.exchanged import known_file
from caresmith.records.revenue.layout import account_key, sheet_sort_key
from caresmith.records.revenue.ledger import Book, Journal, JournalKind, Posting
from caresmith.records.revenue.payer import PayerFacts, PayerItem, payers_key
from caresmith.records.revenue.sheet import (
    ChargeLine,
    SheetContent,
    SheetItem,
    SheetStatus,
    get_sheet,
    open_sheet,
    seal_sheet,
)
from caresmith.records.revenue.writing import RevenueWrites
from tests.support.client import Caller, Reply, call, invoke
from tests.support.delivery import event_message
from tests.support.practices import NEW_YORK, SmallPractice, add_patient, put, small_practice

GROUP_NPI = "1003000126"
NOW = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York."""
DAY = date(2026, 11, 20)
HOME = Address(lines=["12 Elm St"], city="Albany", state="NY", postal_code="12207-1234")
BILLED_FROM = BillingAddress(
    line1="100 Main St", city="New York", state="NY", postal_code="10001-1234"
)


def billing(**given: Any) -> Billing:
    usual = {
        "legal_name": "Small Medical Group LLC",
        "tax_id": "12-3456789",
        "taxonomy": "193200000X",
        "address": BILLED_FROM,
        "contact_name": "Billing Office",
        "contact_phone": "212-555-0100",
    }
    return Billing.model_validate(usual | given)


def visit_line(number: str = "1", code: str = "99213", **given: Any) -> ChargeLine:
    usual: dict[str, Any] = {
        "line": number,
        "code": code,
        "pointers": (1,),
        "charge": Money(150_00),
        "day": DAY,
    }
    return ChargeLine(**(usual | given))


@dataclass
class BillingOffice:
    small: SmallPractice
    clock: FixedClock
    biller: Caller
    payers: dict[str, PayerId] = field(default_factory=dict)

    @property
    def practice(self) -> PracticeId:
        return self.small.practice

    @property
    def actor(self) -> Actor:
        return Actor(self.practice, UserId.new(), frozenset({Role.BILLER}))

    def later(self, **given: float) -> None:
        self.clock.at += timedelta(**given)

    # -- set-up -----------------------------------------------------------------

    def set_billing(self, **given: Any) -> None:
        put(
            self.practice,
            Practice(
                id=self.practice,
                name="Small",
                zone=NEW_YORK,
                npi=GROUP_NPI,
                federal_holidays=False,
                billing=billing(**given),
            ),
        )

    def add_payer(self, name: str = "Acme Health", wire_id: str = "ACME1", **facts: Any) -> PayerId:
        payer = PayerId.new()
        told = PayerFacts.model_validate({"name": name, "wire_id": wire_id, **facts})
        PayerItem(
            payers_key(self.practice), payer, payer_id=payer, body=told.model_dump_json()
        ).save()
        self.payers[name] = payer
        return payer

    def patient(self, **given: Any) -> PatientId:
        usual: dict[str, Any] = {
            "family": "Example",
            "given": "Ana",
            "contact": Contact(addresses=[HOME]),
            "gender": Gender.FEMALE,
            "birth_date": date(1985, 3, 14),
        }
        return add_patient(self.practice, **(usual | given))

    def cover(self, patient: PatientId, payer: str = "Acme Health", **facts: Any) -> CoverageId:
        coverage = CoverageId.new()
        told = Coverage.model_validate(
            {
                "payer_id": self.payers.get(payer),
                "payer_name": payer,
                "member_id": "XYZ123456",
                **facts,
            }
        )
        CoverageItem(
            chart_key(self.practice, patient),
            f"{COVERAGE}{coverage}",
            coverage_id=coverage,
            patient_id=patient,
            coverage=seal_coverage(self.practice, coverage, told),
        ).save()
        return coverage

    # -- charges ------------------------------------------------------------------

    def content(self, coverages: tuple[CoverageId, ...], **given: Any) -> SheetContent:
        lines = given.pop("lines", (visit_line(),))
        usual: dict[str, Any] = {
            "location_id": self.small.east,
            "rendering_id": self.small.ana,
            "place_of_service": "11",
            "diagnoses": ("J069",),
            "lines": lines,
            "last_line": max(int(one.line) for one in lines),
            "coverages": coverages,
        }
        return SheetContent.model_validate(usual | given)

    def released(self, patient: PatientId, *coverages: CoverageId, **given: Any) -> SheetId:
        """A sheet in the ledger, and the event that tells of it delivered."""
        sheet = self.charged(patient, *coverages, **given)
        self.tell("ChargesReleased", sheet, patient)
        return sheet

    def charged(self, patient: PatientId, *coverages: CoverageId, **given: Any) -> SheetId:
        sheet = SheetId.new()
        content = self.content(coverages, **given)
        item = SheetItem(
            account_key(self.practice, patient),
            sheet_sort_key(DAY, sheet),
            sheet_id=sheet,
            patient_id=patient,
            day=DAY.isoformat(),
            status=SheetStatus.READY,
            turn=1 if coverages else 0,
            charge_cents=content.charge.cents,
            balances={},
            version=0,
            content=seal_sheet(self.practice, sheet, content),
        )
        journal = Journal(
            kind=JournalKind.CHARGES,
            postings=(
                *(
                    Posting(book=Book.INSURANCE, amount=one.charge, line=one.line)
                    for one in content.lines
                ),
                Posting(book=Book.CHARGES, amount=-content.charge),
            ),
        )
        with audited(AuditTrail(self.actor, "test", self.clock)):
            writes = RevenueWrites(self.actor, self.clock.now(), self.day)
            writes.post(item, journal)
            writes.commit()
        return sheet

    @property
    def day(self) -> date:
        return self.clock.now().astimezone(ZoneInfo(NEW_YORK)).date()

    def sheet(self, sheet: SheetId) -> SheetItem:
        found = get_sheet(self.practice, sheet)
        assert found is not None
        return found

    def change_sheet(self, sheet: SheetId, *, tell: bool = True, **given: Any) -> None:
        item = self.sheet(sheet)
        before = open_sheet(self.practice, item)
        given["last_line"] = max(
            [before.last_line, *(int(one.line) for one in given.get("lines", ()))]
        )
        content = SheetContent.model_validate({**before.model_dump(), **given})
        item.content = seal_sheet(self.practice, sheet, content)
        item.charge_cents = content.charge.cents
        self._save(item)
        if tell:
            self.tell("ChargesChanged", sheet, PatientId(item.patient_id))

    def void_sheet(self, sheet: SheetId) -> None:
        item = self.sheet(sheet)
        item.status = SheetStatus.VOID
        self._save(item)
        self.tell("ChargesVoided", sheet, PatientId(item.patient_id))

    def _save(self, item: SheetItem) -> None:
        with audited(AuditTrail(self.actor, "test", self.clock)):
            writes = RevenueWrites(self.actor, self.clock.now(), self.day)
            writes.save_sheet(item)
            writes.commit()

    # -- what comes in ---------------------------------------------------------------

    def tell(self, kind: str, sheet: SheetId, patient: PatientId, **more: Any) -> None:
        if kind in {"ChargesReleased", "ChargesChanged"}:
            more["sheet_version"] = int(self.sheet(sheet).version)
        self.deliver(kind, patient_id=patient, sheet_id=sheet, **more)

    def deliver(self, kind: str, /, **detail: Any) -> None:
        told = {
            "event_id": EventId.new(),
            "actor_id": "usr_x",
            "practice_id": self.practice,
            "occurred_at": self.clock.now().isoformat(),
            **detail,
        }
        body = event_message(kind, told)["Body"]
        record = {"messageId": "m", "receiptHandle": "r", "eventSource": "aws:sqs", "body": body}
        assert invoke("claims", {"Records": [record]}) == {"batchItemFailures": []}

    def task(self, name: str, **given: Any) -> Any:
        return invoke("claims", {"task": name, "practice_id": self.practice, **given})

    # -- claims ---------------------------------------------------------------------

    def of_sheet(self, sheet: SheetId) -> list[ClaimOfSheetItem]:
        patient = PatientId(self.sheet(sheet).patient_id)
        return claims_of_sheet(self.practice, patient, sheet)

    def claim(self, sheet: SheetId, place: int = -1) -> ClaimItem:
        """The latest claim of the sheet."""
        return self.item(self.of_sheet(sheet)[place].claim_id)

    def item(self, claim: str) -> ClaimItem:
        found = get_claim(self.practice, ClaimId(claim))
        assert found is not None
        return found

    def read(self, claim: ClaimItem | str) -> Any:
        key = claim if isinstance(claim, str) else claim.claim_id
        return self.get(f"/claims/{key}")

    def get(self, path: str, **query: str) -> Any:
        reply = call("GET", path, caller=self.biller, query=query)
        assert reply.status == 200, reply.text
        return json.loads(reply.text)

    def post(self, path: str, body: Any = None, *, version: int | None = None) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        return call("POST", path, caller=self.biller, json_body=body, headers=headers)

    def act(self, claim: ClaimItem | str, what: str, body: Any = None) -> Reply:
        """As somebody who has just read it."""
        key = claim if isinstance(claim, str) else str(claim.claim_id)
        version = int(self.item(key).version)
        return self.post(f"/claims/{key}/{what}", body, version=version)


def billing_office(practice: PracticeId, clock: FixedClock) -> BillingOffice:
    small = small_practice(practice, npi=GROUP_NPI, billing=billing())
    put(
        practice,
        Location(
            id=small.east,
            name="East",
            zone=NEW_YORK,
            address_lines=("100 Main St", "New York, NY 10001-1234"),
        ),
    )
    office = BillingOffice(small, clock, Caller(practice, roles=(Role.BILLER,)))
    office.add_payer()
    return office


def send_all(office: BillingOffice, file: str = "") -> ExchangeFileItem:
    """Run the workflow's tasks in the order in which they answer; the file's head."""
    file_id = ExchangeFileId(file) if file else ExchangeFileId.new()
    given = {"file_id": file_id, "execution": "run-1"}
    action = "more"
    while action == "more":
        action = office.task("gather", **given)["action"]
    if action == "build":
        office.task("build", **given)
        office.task("deliver", **given)
        while office.task("mark-sent", **given)["action"] == "more":
            pass
    return known_file(office.practice, file_id)


def hand_in(office: BillingOffice, content: bytes, name: str = "answer.x12") -> Any:
    """A file is handed in by hand, and what tells of it delivered."""
    reply = call(
        "POST",
        "/claims/files",
        caller=office.biller,
        raw=content,
        query={"name": name},
        headers={"content-type": "application/edi-x12"},
    )
    assert reply.status in (200, 201), reply.text
    taken = reply.json
    if not taken["known"] and taken["file"]["state"] == "received":
        file, kind = taken["file"]["file_id"], taken["file"]["kind"]
        office.deliver("ExchangeFileArrived", file_id=file, kind=kind)
    return taken


def override_all(office: BillingOffice, claim: str) -> None:
    """Somebody says of each warning that it is none here."""
    for found in office.read(claim)["findings"]:
        if found["severity"] == "warning":
            body = {"key": found["key"], "reason": "It is right."}
            said = office.act(claim, "override", body)
            assert said.status == 200, said.text
