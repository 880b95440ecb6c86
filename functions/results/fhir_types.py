"""The parts of FHIR R4 resources that a report is read from. What else they hold is passed over."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from caresmith.records.clinical import coding
from caresmith.records.clinical.observation import ObservationStatus
from caresmith.records.clinical.report import ReportStatus

_DATE_TIME: Final = re.compile(
    r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?)?)?"
)


def _date_time(text: str) -> str:
    if not _DATE_TIME.fullmatch(text):
        raise ValueError("is not a FHIR dateTime")
    if "T" in text:
        dt.datetime.fromisoformat(text)
    return text


DateTime = Annotated[str, StringConstraints(max_length=40), AfterValidator(_date_time)]
Text = Annotated[str, StringConstraints(max_length=100_000)]
Short = Annotated[str, StringConstraints(max_length=500)]


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True
    )


class Resource(_Part):
    resource_type: ClassVar[str]


class Coding(_Part):
    system: Short | None = None
    code: Short | None = None
    display: Short | None = None


class CodeableConcept(_Part):
    coding: list[Coding] = Field(default=[], max_length=20)
    text: Text | None = None


class Identifier(_Part):
    system: Short | None = None
    value: Short | None = None
    type: CodeableConcept | None = None

    @property
    def kind(self) -> str:
        """Its type in HL7 table 0203."""
        codings = self.type.coding if self.type else []
        return next((one.code for one in codings if one.code), "")


class Reference(_Part):
    reference: Short = ""
    identifier: Identifier | None = None
    display: Short | None = None


class Quantity(_Part):
    value: Decimal | None = None
    comparator: Annotated[str, StringConstraints(pattern=r"^(<|<=|>=|>)$")] | None = None
    unit: Short | None = None
    system: Short | None = None
    code: Short | None = None


class Range(_Part):
    low: Quantity | None = None
    high: Quantity | None = None
    text: Short | None = None


class Ratio(_Part):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Annotation(_Part):
    text: Text


class Valued(_Part):
    """What an Observation and a component of one have in common."""

    code: CodeableConcept
    value_quantity: Quantity | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_string: Text | None = None
    value_boolean: bool | None = None
    value_integer: int | None = None
    value_range: Range | None = None
    value_ratio: Ratio | None = None
    value_date_time: DateTime | None = None
    value_time: Short | None = None
    data_absent_reason: CodeableConcept | None = None
    interpretation: list[CodeableConcept] = Field(default=[], max_length=10)
    reference_range: list[Range] = Field(default=[], max_length=10)


class Observation(Resource, Valued):
    resource_type: ClassVar[str] = "Observation"
    status: ObservationStatus
    effective_date_time: DateTime | None = None
    method: CodeableConcept | None = None
    note: list[Annotation] = Field(default=[], max_length=50)
    component: list[Valued] = Field(default=[], max_length=100)


class HumanName(_Part):
    family: Short | None = None
    given: list[Short] = Field(default=[], max_length=10)


class Patient(Resource):
    resource_type: ClassVar[str] = "Patient"
    identifier: list[Identifier] = Field(default=[], max_length=50)
    name: list[HumanName] = Field(default=[], max_length=20)
    gender: Short | None = None
    birth_date: Short | None = None


class ServiceRequest(Resource):
    resource_type: ClassVar[str] = "ServiceRequest"
    identifier: list[Identifier] = Field(default=[], max_length=20)


class Specimen(Resource):
    resource_type: ClassVar[str] = "Specimen"
    type: CodeableConcept | None = None


class ImagingStudy(Resource):
    resource_type: ClassVar[str] = "ImagingStudy"
    identifier: list[Identifier] = Field(default=[], max_length=20)
    modality: list[Coding] = Field(default=[], max_length=20)


class Attachment(_Part):
    content_type: Short | None = None
    data: str | None = None
    title: Short | None = None


class Period(_Part):
    start: DateTime | None = None


class DiagnosticReport(Resource):
    resource_type: ClassVar[str] = "DiagnosticReport"
    identifier: list[Identifier] = Field(default=[], max_length=20)
    based_on: list[Reference] = Field(default=[], max_length=20)
    status: ReportStatus
    category: list[CodeableConcept] = Field(default=[], max_length=20)
    code: CodeableConcept
    subject: Reference | None = None
    effective_date_time: DateTime | None = None
    effective_period: Period | None = None
    issued: DateTime | None = None
    performer: list[Reference] = Field(default=[], max_length=20)
    interpreters: list[Reference] = Field(default=[], alias="resultsInterpreter", max_length=20)
    specimen: list[Reference] = Field(default=[], max_length=20)
    result: list[Reference] = Field(default=[], max_length=500)
    imaging_study: list[Reference] = Field(default=[], max_length=20)
    conclusion: Text | None = None
    presented_form: list[Attachment] = Field(default=[], max_length=20)

    @property
    def effective(self) -> str | None:
        return self.effective_date_time or (
            self.effective_period.start if self.effective_period else None
        )


def as_concept(given: CodeableConcept) -> coding.Concept:
    """Ours. Raises ValidationError where a code is none of its system's, or nothing is said."""
    return coding.Concept(
        codings=tuple(
            coding.Coding(
                system=one.system or "urn:x-local:none",
                code=one.code,
                display=" ".join(one.display.split())[:200] if one.display else None,
            )
            for one in given.coding
            if one.code
        )[:10],
        text=" ".join(given.text.split())[:500] if given.text else None,
    )
