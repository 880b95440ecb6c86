"""Claims that wait for an authorization go on when it is entered, and stop when it is withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from caresmith.events import AuthorizationChanged
from caresmith.ids import SheetId
from caresmith.settings import Domain
from tests.integration.claims.test_authorizations import Patient
from tests.support.billing_office import BillingOffice, send_all
from tests.support.delivery import Streams, deliver_events
from tests.support.events import told


class Waiting(Patient):
    """A patient whose claims wait, and the streams and the bus that carry what happens."""

    streams: Streams

    def carried(self) -> None:
        """What was told has come to everybody who hears it."""
        while self.streams.deliver() + deliver_events():
            pass

    def state(self, sheet: SheetId) -> str:
        return str(self.office.claim(sheet).state)

    def number(self, sheet: SheetId) -> str:
        return str(
            self.office.read(self.office.claim(sheet))["draft"]["numbers"]["prior_authorization"]
        )

    def history(self, sheet: SheetId) -> list[str]:
        return [one["kind"] for one in self.office.read(self.office.claim(sheet))["history"]]

    def told_again(self, one: Any) -> None:
        self.office.deliver(
            "AuthorizationChanged",
            patient_id=self.patient,
            authorization_id=one["authorization_id"],
            payer_id=one["payer_id"],
        )


@pytest.fixture
def one(office: BillingOffice) -> Iterator[Waiting]:
    found = Waiting(office)
    with Streams() as found.streams:
        yield found


def test_a_claim_goes_on_when_its_authorization_is_entered_and_is_held_when_it_is_cancelled(
    one: Waiting,
) -> None:
    sheet = one.charged()
    assert (one.state(sheet), list(one.against(sheet))) == ("held", ["AUT-MISSING"])
    agreed = one.agreed()
    assert one.state(sheet) == "held"
    one.carried()
    assert (one.state(sheet), one.number(sheet)) == ("clean", "AU-1")
    assert one.history(sheet)[-1] == "fixed"
    one.changed(agreed, status="cancelled")
    one.carried()
    assert (one.state(sheet), list(one.against(sheet))) == ("held", ["AUT-REFUSED"])
    before = one.office.claim(sheet)
    one.told_again(agreed)
    one.carried()
    assert int(one.office.claim(sheet).version) == int(before.version)


def test_it_is_told_by_ids_alone_once_for_each_change(one: Waiting, office: BillingOffice) -> None:
    agreed = one.agreed()
    one.changed(agreed, status="cancelled")
    events = told(office.practice, AuthorizationChanged, Domain.REVENUE)
    assert [(event.authorization_id, event.patient_id, event.payer_id) for event in events] == 2 * [
        (agreed["authorization_id"], one.patient, office.payers["Strict Health"])
    ]
    refused = office.post(
        f"/coverage/patients/{one.patient}/authorizations",
        {"coverage_id": one.coverage, "status": "approved"},
    )
    assert refused.status == 422
    assert len(told(office.practice, AuthorizationChanged, Domain.REVENUE)) == 2


def test_word_of_what_was_entered_that_comes_after_its_withdrawal_frees_nothing(
    one: Waiting,
) -> None:
    sheet = one.charged(number="AU-1")
    agreed = one.agreed()
    one.changed(agreed, status="denied")
    one.carried()
    one.told_again(agreed)
    assert (one.state(sheet), list(one.against(sheet))) == ("held", ["AUT-REFUSED"])


def test_a_number_that_was_typed_is_kept_and_freed_when_the_payer_has_agreed(one: Waiting) -> None:
    sheet = one.charged(number="AU-1")
    asked = one.agreed(status="requested")
    one.carried()
    assert list(one.against(sheet)) == ["AUT-UNDECIDED"]
    one.changed(asked, status="approved")
    one.carried()
    assert (one.state(sheet), one.history(sheet)[-1]) == ("clean", "scrubbed")
    other = one.charged(number="OTHER")
    one.agreed(number="AU-2", codes=["70552"])
    one.carried()
    assert (one.state(other), one.number(other)) == ("held", "OTHER")


def test_of_two_that_fit_none_is_taken(one: Waiting) -> None:
    sheet = one.charged()
    one.agreed()
    second = one.agreed(number="AU-2")
    one.carried()
    assert (one.state(sheet), one.number(sheet)) == ("held", "")
    one.changed(second, status="cancelled")
    one.carried()
    assert (one.state(sheet), one.number(sheet)) == ("clean", "AU-1")


def test_what_is_left_is_taken_once_by_the_first_that_waits(one: Waiting) -> None:
    first, second = one.charged(), one.charged("70552")
    agreed = one.agreed(approved=1)
    one.carried()
    assert [one.state(first), one.state(second)] == ["clean", "held"]
    assert one.left() == [0]
    one.changed(agreed, approved=2)
    one.carried()
    assert [one.state(first), one.state(second)] == ["clean", "clean"]


def test_what_a_person_holds_stays_held_and_what_was_approved_stays_approved(
    one: Waiting, office: BillingOffice
) -> None:
    kept, approved = one.charged(), one.charged("70552")
    assert office.act(office.claim(kept), "hold", {"reason": "The doctor is asked"}).status == 200
    agreed = one.agreed()
    one.carried()
    assert (one.state(kept), one.number(kept)) == ("held", "AU-1")
    assert office.act(office.claim(approved), "approve").status == 200
    one.changed(agreed, note="Said again by telephone")
    one.carried()
    assert one.state(approved) == "approved"
    one.changed({**agreed, "version": 2}, status="cancelled")
    one.carried()
    assert one.state(approved) == "held"


def test_what_was_sent_is_not_touched(one: Waiting, office: BillingOffice) -> None:
    agreed = one.agreed()
    sheet = one.charged(number="AU-1")
    assert office.act(office.claim(sheet), "approve").status == 200
    send_all(office)
    before = int(office.claim(sheet).version)
    one.changed(agreed, status="cancelled")
    one.carried()
    assert (one.state(sheet), int(office.claim(sheet).version)) == ("sent", before)


def test_an_authorization_of_no_chart_is_no_trouble(office: BillingOffice) -> None:
    office.deliver(
        "AuthorizationChanged",
        patient_id="pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
        authorization_id="aut_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z",
        payer_id=None,
    )
