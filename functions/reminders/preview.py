"""What a message will look like, how carriers count it and what it costs: before it is saved."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import FieldError, Forbidden, InvalidRequest, NotFound, invalid
from caresmith.ids import AppointmentId, PatientId, PracticeId
from caresmith.messages.filling import visit_values
from caresmith.messages.prices import EMAIL, sms_cost
from caresmith.messages.reach import reachable
from caresmith.messages.segments import Encoding, segments
from caresmith.messages.settings import Language, MessagingSettings, Template, Written
from caresmith.messages.wording import TEMPLATES, fill, wording_of
from caresmith.permissions import Permission
from caresmith.records.appointment import VisitView, read_visit
from caresmith.records.contact import Channel
from caresmith.records.practice import practice_setup
from functions.reminders.checking import sample_values, template_errors


class PreviewRequest(BaseModel):
    """A draft, or what would be sent today where no draft is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, StringConstraints(max_length=40)]
    channel: Written
    language: Language = "en"
    text: Annotated[str, StringConstraints(max_length=2000)] = ""
    subject: Annotated[str, StringConstraints(max_length=150)] = ""
    appointment_id: AppointmentId | None = None
    """Fill in this visit's values; without one, examples."""
    patient_id: PatientId | None = None
    """Which of a group's patients; the first where none is named."""

    @model_validator(mode="after")
    def _patient_of_a_visit(self) -> Self:
        if self.patient_id and not self.appointment_id:
            raise ValueError("patient_id says which patient of appointment_id")
        return self


class Preview(BaseModel):
    """The filled-in message as it would leave."""

    text: str
    subject: str = ""
    encoding: Encoding | None = Field(
        default=None, description="Of a text: GSM-7, or UCS-2, which is charged by 70 characters"
    )
    characters: int
    segments: int = Field(description="How many parts are charged; 0 for an e-mail")
    costly_characters: list[str] = Field(
        default=[], description="What made it UCS-2: replaced, the text would cost less"
    )
    cost_microdollars: int = Field(description="Estimate from list prices; 1,000,000 are a dollar")


def preview(request: PreviewRequest, settings: MessagingSettings, *, actor: Actor) -> Preview:
    """Render the draft. Raises InvalidRequest for one that could not be saved."""
    if request.name not in TEMPLATES:
        raise invalid("name", "there is no such message")
    known = wording_of(settings, request.name, request.channel, request.language)
    draft = Template(
        name=request.name,
        channel=request.channel,
        language=request.language,
        text=request.text.strip() or known.text,
        subject=request.subject.strip() or known.subject,
    )
    wrong = [FieldError(field, message) for field, message in template_errors(draft)]
    if wrong:
        raise InvalidRequest(fields=wrong)
    setup = practice_setup(actor.practice_id)
    values = {
        **sample_values(request.language, request.channel, setup),
        **_real_values(request, settings, actor),
    }
    return counted(fill(draft.text, values), fill(draft.subject, values), request.channel)


def counted(text: str, subject: str, channel: Written) -> Preview:
    """The filled-in message with its count and cost."""
    if channel is Channel.EMAIL:
        return Preview(
            text=text,
            subject=subject,
            characters=len(text),
            segments=0,
            cost_microdollars=EMAIL,
        )
    found = segments(text)
    return Preview(
        text=text,
        encoding=found.encoding,
        characters=found.characters,
        segments=found.count,
        costly_characters=list(found.costly),
        cost_microdollars=sms_cost(found.count),
    )


def _real_values(
    request: PreviewRequest, settings: MessagingSettings, actor: Actor
) -> dict[str, str]:
    if request.appointment_id is None:
        return {}
    if not actor.may(Permission.READ_PATIENT):
        raise Forbidden
    visit = read_visit(actor.practice_id, request.appointment_id)
    if visit is None:
        raise NotFound
    return _values_of(actor.practice_id, visit, request, settings)


def _values_of(
    practice: PracticeId, visit: VisitView, request: PreviewRequest, settings: MessagingSettings
) -> dict[str, str]:
    patient_id = request.patient_id or next(iter(visit.patient_ids), None)
    if patient_id is None or patient_id not in visit.patient_ids:
        raise invalid("patient_id", "is not a patient of that visit")
    audit().about(patient_id)
    audit().record(visit.appointment_id)
    patient = reachable(practice, patient_id)
    if patient is None:
        raise NotFound
    audit().about(patient.patient_id)
    return visit_values(
        practice_setup(practice),
        settings,
        first_name=patient.first_name,
        location_id=visit.location_id,
        provider_id=visit.provider_id,
        start=visit.start,
        language=request.language,
        channel=request.channel,
    )
