"""Procedures that were done.

===================  ======================================  =====================================
 our field            FHIR R4 / US Core Procedure             value set
===================  ======================================  =====================================
 status               status (1..1)                           event-status
 code                 code (1..1)                             US Core Procedure Codes: CPT, HCPCS,
                                                              SNOMED CT, ICD-10-PCS
 performed            performedDateTime (1..1)
 reason               reasonCode
 body_site            bodySite                                SNOMED CT
 performer_id         performer.actor
 outcome              outcome
 note                 note.text
===================  ======================================  =====================================
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from caresmith.ids import ProcedureId, ProviderId
from caresmith.records.clinical.coding import Concept, PartialDate, first_day
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.text import Note


class Procedure(Content):
    kind: ClassVar[Kind] = Kind.PROCEDURE
    id_type: ClassVar[type[ProcedureId]] = ProcedureId

    code: Concept
    status: Literal[
        "preparation",
        "in-progress",
        "not-done",
        "on-hold",
        "stopped",
        "completed",
        "entered-in-error",
        "unknown",
    ] = "completed"
    performed: PartialDate
    reason: Concept | None = None
    body_site: Concept | None = None
    performer_id: ProviderId | None = None
    outcome: Concept | None = None
    note: Note | None = None

    @property
    def status_code(self) -> str:
        return self.status

    @property
    def matters_now(self) -> bool:
        return self.status in ("preparation", "in-progress", "on-hold")

    @property
    def day(self) -> dt.date | None:
        return first_day(self.performed)
