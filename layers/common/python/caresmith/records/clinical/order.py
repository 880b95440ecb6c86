"""Orders: laboratory, imaging, procedures and referrals.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core ServiceRequest        value set
===================  ======================================  =====================================
 status               status (1..1)                           request-status
 intent               intent: order (1..1)                    request-intent
 category             category (0..1)                         US Core ServiceRequest category
                                                              (SNOMED CT)
 code                 code (1..1)                             US Core Procedure Codes: LOINC, CPT,
                                                              HCPCS, SNOMED CT
 priority             priority                                request-priority
 reasons              reasonCode                              ICD-10-CM, SNOMED CT
 ordered_at           authoredOn
 requester_id         requester
 wanted_on            occurrenceDateTime
 fasting, specimen    orderDetail, specimen
 performer            performer (laboratory, facility, or
                      whom the patient is referred to)
 specialty            performerType                           NUCC taxonomy
 placer_number        identifier (type PLAC)                  ORC-2 of a v2 result answers to it
 note                 note.text, patientInstruction
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import ClassVar, Final

from pydantic import AwareDatetime, Field

from caresmith.ids import OrderId, ProviderId
from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.records.clinical.planning import OPEN_REQUESTS, Priority, RequestStatus
from caresmith.text import Line, Note, Word


class OrderCategory(StrEnum):
    """SNOMED CT codes of http://hl7.org/fhir/us/core/ValueSet/us-core-servicerequest-category"""

    LAB = "108252007"
    IMAGING = "363679005"
    PROCEDURE = "387713003"
    COUNSELLING = "409063005"
    EDUCATION = "409073007"
    REFERRAL = "3457005"


S = RequestStatus

ORDER_MOVES: Final[dict[RequestStatus, frozenset[RequestStatus]]] = {
    S.DRAFT: frozenset({S.ACTIVE, S.REVOKED, S.ENTERED_IN_ERROR}),
    S.ACTIVE: frozenset({S.ON_HOLD, S.REVOKED, S.COMPLETED, S.ENTERED_IN_ERROR}),
    S.ON_HOLD: frozenset({S.ACTIVE, S.REVOKED, S.ENTERED_IN_ERROR}),
    # A result that comes late completes an order that was given up.
    S.REVOKED: frozenset({S.COMPLETED, S.ENTERED_IN_ERROR}),
    S.COMPLETED: frozenset({S.ENTERED_IN_ERROR}),
    S.ENTERED_IN_ERROR: frozenset(),
    S.UNKNOWN: frozenset({S.ACTIVE, S.REVOKED, S.COMPLETED, S.ENTERED_IN_ERROR}),
}
"""Which status may follow which; FHIR leaves it to us."""


class Order(Content):
    kind: ClassVar[Kind] = Kind.ORDER
    id_type: ClassVar[type[OrderId]] = OrderId

    code: Concept
    category: OrderCategory
    status: RequestStatus = RequestStatus.ACTIVE
    priority: Priority = Priority.ROUTINE
    reasons: tuple[Concept, ...] = Field(default=(), max_length=12)
    ordered_at: AwareDatetime
    requester_id: ProviderId
    wanted_on: dt.date | None = None
    fasting: bool = False
    specimen: Concept | None = None
    performer: Line | None = None
    specialty: Line | None = None
    placer_number: Word | None = None
    note: Note | None = None
    status_reason: Line | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return self.status in OPEN_REQUESTS

    @property
    def day(self) -> dt.date | None:
        return self.ordered_at.astimezone(dt.UTC).date()
