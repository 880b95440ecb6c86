"""Results as they come in, by HL7 v2 or FHIR, before it is known whose chart they belong to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from pydantic_core import to_json

from caresmith.records.clinical.coding import Concept
from caresmith.records.clinical.observation import Observation, ObservationStatus
from caresmith.records.clinical.report import ReportCategory, ReportStatus

UNSETTLED: Final = frozenset({ObservationStatus.REGISTERED, ObservationStatus.PRELIMINARY})


@dataclass(frozen=True)
class Identifier:
    """A patient's number with who gave it out."""

    value: str
    authority: str = ""
    """The authority's name in the lab's tables."""
    authority_id: str = ""
    """Its OID or other universal id."""
    kind: str = ""
    """HL7 table 0203: ``MR``, ``PI``, ``AN``..."""


@dataclass(frozen=True)
class PersonName:
    family: str
    given: str = ""


@dataclass(frozen=True)
class Identity:
    """Who the lab says the patient is."""

    identifiers: tuple[Identifier, ...] = ()
    names: tuple[PersonName, ...] = ()
    birth_date: dt.date | None = None
    sex: str = ""
    """HL7 table 0001; empty where it is not said."""


@dataclass(frozen=True)
class Form:
    """A report as a document, or a text that is too long for a chart entry."""

    content_type: str
    data: bytes
    title: str = ""

    @property
    def digest(self) -> str:
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Study:
    """Pictures: a DICOM Study Instance UID, and where a DICOMweb server has it."""

    uid: str
    endpoint: str | None = None
    modality: str | None = None


@dataclass(frozen=True)
class Observed:
    """One observation, and what the lab says has become of it."""

    observation: Observation
    sub_id: str = ""
    keeps_value: bool = False
    """Final now with the value that was sent before (OBX-11 U)."""
    form: Form | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What a later message calls the same observation."""
        codes = self.observation.code.codings
        return (codes[0].code if codes else self.observation.code.words, self.sub_id)

    @property
    def settled(self) -> bool:
        return self.observation.status not in UNSETTLED


@dataclass(frozen=True)
class IncomingReport:
    """One order's results."""

    filler_number: str
    code: Concept
    status: ReportStatus
    placer_number: str = ""
    filler_authority: str = ""
    parent: str = ""
    """Tells reports of the same test under one number apart (susceptibilities)."""
    category: ReportCategory = ReportCategory.LAB
    collected_at: dt.datetime | None = None
    effective: str | None = None
    issued: dt.datetime | None = None
    orderer_ids: tuple[str, ...] = ()
    """NPIs or the lab's own numbers of who ordered it."""
    performer: str = ""
    interpreter: str = ""
    specimen: Concept | None = None
    observed: tuple[Observed, ...] = ()
    conclusion: str = ""
    studies: tuple[Study, ...] = ()
    forms: tuple[Form, ...] = ()

    @property
    def key(self) -> str:
        """What names this report among all of its lab's."""
        codes = self.code.codings
        test = codes[0].code if codes else self.code.words
        return f"{self.filler_number}|{self.filler_authority}|{test}|{self.parent}"

    def digest(self) -> str:
        """Of all that it says: equal for a repeat under another control id."""
        return sha256(to_json(self, bytes_mode="base64")).hexdigest()

    def all_forms(self) -> tuple[Form, ...]:
        return (*self.forms, *(one.form for one in self.observed if one.form))


@dataclass(frozen=True)
class PatientResults:
    """The reports of one patient in one message."""

    identity: Identity
    reports: tuple[IncomingReport, ...] = field(default=())
