"""From the pages that people fill in to the file that goes out: policy, sheet, claim, 837P."""

from __future__ import annotations

import html
import re
from typing import Any

from caresmith.clock import to_text
from caresmith.events import ChargesChanged, ChargesReleased
from caresmith.ids import CoverageId, PatientId, SheetId
from caresmith.permissions import Role
from caresmith.records.coverage import covered_chart
from caresmith.records.revenue.claim import ClaimItem
from caresmith.records.revenue.exchanged import read_bytes
from caresmith.settings import Domain
from tests.support.billing_office import DAY, BillingOffice, override_all, send_all
from tests.support.client import Caller, Reply, call
from tests.support.events import told
from tests.support.pyx12 import complaints

SHEETS = "/console/charges/sheets"


def submitted(caller: Caller, path: str, fields: dict[str, Any]) -> Reply:
    return call("POST", path, caller=caller, form=[(n, str(v)) for n, v in fields.items()])


def policy(office: BillingOffice, patient: PatientId, payer: str, **fields: Any) -> CoverageId:
    """Entered at the front desk, on the chart's page of policies."""
    known = {one.coverage_id for one in covered_chart(office.practice, patient).coverages}
    desk = Caller(office.practice, roles=(Role.FRONT_DESK,))
    typed = {
        "payer_name": payer,
        "member_id": "XYZ123456",
        "relationship": "self",
        "order": len(known) + 1,
        **fields,
    }
    reply = submitted(desk, f"/console/patients/{patient}/coverages/new", typed)
    assert reply.status == 303, reply.text
    [made] = [
        one.coverage_id
        for one in covered_chart(office.practice, patient).coverages
        if one.coverage_id not in known
    ]
    return made


def sheet_fields(office: BillingOffice, patient: PatientId, **fields: Any) -> dict[str, Any]:
    return {
        "patient_id": patient,
        "patient_name": "Ana Example",
        "day": DAY,
        "location_id": office.small.east,
        "rendering_id": office.small.ana,
        "place_of_service": "11",
        "who_pays": "chart",
        "diagnoses.0": "S83.511A",
        "lines.0.code": "99213",
        "lines.0.units": "1",
        "lines.0.pointers": "A",
        "lines.0.charge": "150.00",
        "form_key": to_text(office.clock.now()),
        **fields,
    }


def entered(office: BillingOffice, patient: PatientId, **fields: Any) -> SheetId:
    """Typed on the page of a new sheet."""
    reply = submitted(office.biller, f"{SHEETS}/new", sheet_fields(office, patient, **fields))
    assert reply.status == 303, said(reply)
    return SheetId(reply.headers["location"].rpartition("/")[2].partition("#")[0])


def released(office: BillingOffice, patient: PatientId, **fields: Any) -> SheetId:
    """Entered and released, and the event that tells of it delivered."""
    sheet = entered(office, patient, **fields)
    office.later(minutes=1)
    reply = submitted(
        office.biller, f"{SHEETS}/{sheet}/release", {"version": office.sheet(sheet).version}
    )
    assert reply.status == 303, said(reply)
    event = told(office.practice, ChargesReleased, Domain.REVENUE)[-1]
    assert event.sheet_id == sheet
    office.tell("ChargesReleased", sheet, patient)
    return sheet


def changed(office: BillingOffice, sheet: SheetId, patient: PatientId, **fields: Any) -> Reply:
    """Saved once more from its page, and what tells of it delivered."""
    typed = sheet_fields(office, patient, **fields) | {"version": office.sheet(sheet).version}
    typed |= {"lines.0.line": "1"}
    for name in ("patient_id", "patient_name", "day", "form_key"):
        typed.pop(name)
    before = len(told(office.practice, ChargesChanged, Domain.REVENUE))
    reply = submitted(office.biller, f"{SHEETS}/{sheet}", typed)
    if len(told(office.practice, ChargesChanged, Domain.REVENUE)) > before:
        office.tell("ChargesChanged", sheet, patient)
    return reply


def errors(office: BillingOffice, claim: ClaimItem) -> list[str]:
    return [one["edit"] for one in office.read(claim)["findings"] if one["severity"] == "error"]


def edits(office: BillingOffice, claim: ClaimItem) -> list[str]:
    return [one["edit"] for one in office.read(claim)["findings"]]


def sent(office: BillingOffice, claim: ClaimItem) -> list[str]:
    """Approved and sent: the segments of the file, of which pyx12 complains of none."""
    assert errors(office, claim) == []
    override_all(office, claim.claim_id)
    reply = office.act(claim, "approve")
    assert reply.status == 200, reply.text
    content = read_bytes(send_all(office))
    assert complaints(content) == []
    return content.decode().replace("\n", "").split("~")


def said(reply: Reply) -> str:
    """What a page complains of."""
    found = re.findall(r"(?:invalid-feedback|text-danger small|alert)[^>]*>(.*?)</div>", reply.text)
    return html.unescape(f"{reply.status}: {found or reply.text[:500]}")
