from __future__ import annotations

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

import pytest

from caresmith.ids import PatientId
from caresmith.messages.records import MessageRecord, conversation_key, open_body
from caresmith.records.contact import (
    Address,
    Channel,
    Consent,
    ConsentSource,
    ConsentStatus,
    Telecom,
    TelecomSystem,
)
from caresmith.records.demographics import Contact
from tests.integration.accounts.conftest import Office, bank, office, running
from tests.support.client import Reply, call
from tests.support.settings import put_settings

__all__ = ["bank", "office", "running"]

RIGHT = {"month": "2", "day": "29", "year": "1980", "other": "Doe"}


def reachable() -> Contact:
    granted = {Channel.SMS: Consent(status=ConsentStatus.GRANTED, source=ConsentSource.WRITTEN)}
    phone = Telecom(system=TelecomSystem.PHONE, value="+13125550123", consents=granted, rank=1)
    mail = Telecom(system=TelecomSystem.EMAIL, value="jo.doe@example.org", rank=2)
    home = Address(lines=["1 Elm St"], city="Chicago", state="IL", postal_code="60614-1234")
    return Contact(telecoms=[phone, mail], addresses=[home])


@dataclass
class Phone:
    """A patient's browser: it keeps the cookie and follows our own redirects."""

    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, **given: Any) -> Reply:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"cookie": cookie, "host": "pay.example.org"}
        reply = call(method, path, headers=headers, **given)
        for name, morsel in SimpleCookie(reply.headers.get("set-cookie", "")).items():
            self.cookies[name] = morsel.value
        return reply

    def get(self, path: str) -> Reply:
        return self.send("GET", path)

    def post(self, path: str, **fields: str) -> Reply:
        return self.send("POST", path, form=fields.items())

    def enter(self, path: str, **wrong: str) -> Reply:
        return self.post(path, **{**RIGHT, **wrong})

    def pay(self, amount: str, page: str = "") -> Reply:
        """From the statement as it is shown now, or from a page that was shown before."""
        page = page or self.get("/pay/my/statement").text
        hidden = dict(re.findall(r'name="(form_token|once)" value="([^"]+)"', page))
        return self.post("/pay/my/card", amount=amount, **hidden)


@dataclass
class Desk:
    """An office whose patient owes something, with a statement that says so."""

    office: Office
    patient: PatientId
    path: str
    """Of the link in the notice."""
    statement: str

    def texts(self) -> list[str]:
        """What was written to the patient, oldest first."""
        practice = self.office.practice
        found = MessageRecord.query(
            conversation_key(practice, self.patient), MessageRecord.sk.startswith("message#")
        )
        ordered = sorted(found, key=lambda one: (one.created_at, one.message_id))
        return [open_body(practice, one).text for one in ordered]

    def links(self) -> Any:
        return self.office.get(f"/accounts/patients/{self.patient}/pay-links")

    def due(self) -> int:
        return int(self.office.account(self.patient)["due"])


def link_in(text: str) -> str:
    found = re.search(r"https://caresmith\.test(/pay/[A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])", text)
    assert found, text
    return found[1]


@pytest.fixture
def desk(office: Office) -> Desk:
    put_settings(
        office.practice,
        sms_number="+13125550100",
        email_from="office@small.example.org",
        callback_phone="312 555 0100",
    )
    patient = office.patient(contact=reachable())
    office.owes(patient, 60_00)
    made = office.post(f"/accounts/patients/{patient}/statements")
    assert made.status == 201, made.text
    found = Desk(office, patient, "", made.json["statement_id"])
    found.path = link_in(found.texts()[-1])
    # What is written from now on is later than the notice.
    office.later(minutes=1)
    return found


@pytest.fixture
def phone() -> Phone:
    return Phone()
