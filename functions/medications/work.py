"""What waits for a person: requests to refill, and prescriptions that did not arrive."""

from __future__ import annotations

from typing import Any, Final

from caresmith.audit import audit
from caresmith.clock import from_text
from caresmith.ids import PatientId, PracticeId
from caresmith.records.clinical.layout import chart_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from caresmith.tables import ClinicalItem
from functions.medications import refills
from functions.medications.models import Work, WorkList
from functions.medications.records import (
    RefillItem,
    SendingItem,
    WorkItem,
    refill_key,
    sent_key,
    work_key,
)
from functions.medications.sending import SHOWN

MOST_SHOWN: Final = 200
FAILURES: Final = {
    "no-answer": "The pharmacy's system did not answer",
    "incomplete": "The prescription lacks something that the pharmacy needs",
    "no-endpoint": "The pharmacy takes no electronic prescriptions",
    "not-https": "The pharmacy's address is not secure (https)",
    "not-public": "The pharmacy's address is not a public one",
    "certificate": "The pharmacy's certificate is not valid",
    "telephone": "The pharmacy said by telephone that it does not have it",
}


def work_list(practice: PracticeId) -> WorkList:
    """The oldest of each kind: one query, and a BatchGet for each hundred."""
    found = list(WorkItem.query(work_key(practice), consistent_read=True, limit=MOST_SHOWN + 1))
    items = found[:MOST_SHOWN]
    keys = [(chart_key(practice, PatientId(item.patient_id)), _key(item)) for item in items]
    known = {one.sk: one for one in ClinicalItem.batch_get(keys)} if keys else {}
    shown = [_work(practice, item, known[_key(item)]) for item in items if _key(item) in known]
    audit().about(*(one.patient_id for one in shown))
    audit().record(*(one.record_id for one in shown))
    shown.sort(key=lambda one: one.since)
    return WorkList(items=shown, more=len(found) > MOST_SHOWN)


def count(practice: PracticeId) -> int:
    return int(WorkItem.count(work_key(practice)))


def failure(code: str | None) -> str:
    """Why a prescription did not arrive, in words."""
    if code is None:
        return ""
    return FAILURES.get(code, f"The pharmacy's system refused it ({code})")


def _key(item: WorkItem) -> str:
    make = refill_key if item.what == "refill" else sent_key
    return make(item.record_id)


def _work(practice: PracticeId, item: WorkItem, about: Any) -> Work:
    common = {
        "what": item.what,
        "patient_id": PatientId(item.patient_id),
        "record_id": item.record_id,
        "since": from_text(item.since),
    }
    if isinstance(about, RefillItem):
        content = refills.shown(practice, about).content
        return Work(**common, drug=content.drug, detail=content.note or "")
    sending: SendingItem = about
    sealer = Sealer(practice, Domain.CLINICAL)
    drug = sealer.unseal_bytes(sending.medication_id, SHOWN, sending.shown).decode()
    return Work(**common, drug=drug, detail=failure(sending.failure))
