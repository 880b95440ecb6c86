"""From the chart's forms to what the API takes, and back."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from caresmith.ids import LocationId, ProviderId
from caresmith.records.contact import Consent, ConsentSource, ConsentStatus
from caresmith.records.demographics import Contact, Demographics, Mrn, Relations
from caresmith.web.forms import Form, flat, parse, without_empty_rows
from functions.patients.models import Change, PatientRead, Registration

GROUPS: Final = ("demographics.", "contact.", "relations.")
_ROWS: Final = {
    "demographics.names": ("given", "family"),
    "contact.telecoms": ("value",),
    "contact.addresses": ("lines", "city", "postal_code"),
    "relations.emergency_contacts": ("name",),
    "relations.proxies": ("person.name",),
    "relations.emergency_contacts.0.telecoms": ("value",),
    "relations.emergency_contacts.1.telecoms": ("value",),
    "relations.emergency_contacts.2.telecoms": ("value",),
    "relations.proxies.0.person.telecoms": ("value",),
    "relations.proxies.1.person.telecoms": ("value",),
    "relations.guarantor.person.telecoms": ("value",),
    "coverages": ("payer_name", "member_id"),
}
_HELPERS: Final = ("version", "confirm")


class ChartForm(BaseModel):
    """The whole edit form: every group at once."""

    model_config = ConfigDict(extra="forbid")

    mrn: Mrn | None = None
    demographics: Demographics
    contact: Contact = Field(default_factory=Contact)
    relations: Relations = Field(default_factory=Relations)
    preferred_provider_id: ProviderId | None = None
    preferred_location_id: LocationId | None = None


def registration(form: Form) -> Registration:
    """Raises FormRefused."""
    entered = parse(_tidy(form), Registration, ignore=_HELPERS)
    return entered.model_copy(update={"contact": _with_consents(entered.contact, None)})


def change(form: Form, before: PatientRead) -> Change:
    """The groups that differ from ``before``. Raises FormRefused."""
    entered = parse(_tidy(form), ChartForm, ignore=_HELPERS)
    contact = _with_consents(entered.contact, before.contact)
    wanted: dict[str, Any] = {
        "preferred_provider_id": entered.preferred_provider_id,
        "preferred_location_id": entered.preferred_location_id,
    }
    if entered.mrn and entered.mrn != before.mrn:
        wanted["mrn"] = entered.mrn
    groups = {
        "demographics": entered.demographics,
        "contact": contact,
        "relations": entered.relations,
    }
    wanted |= {name: value for name, value in groups.items() if value != getattr(before, name)}
    return Change(**wanted)


def form_of(chart: PatientRead) -> Form:
    """The edit form as it opens."""
    shown = chart.model_dump(
        mode="json",
        include={
            "mrn",
            "demographics",
            "contact",
            "relations",
            "preferred_provider_id",
            "preferred_location_id",
            "version",
        },
    )
    return flat(shown)


def _tidy(form: Form) -> Form:
    without_empty_rows(form, _ROWS)
    values = dict(form.values)
    if values.get("relations.guarantor.is_self", "true") == "true":
        values = {k: v for k, v in values.items() if not k.startswith("relations.guarantor.")}
    # A consent that was not asked for is none; its other fields say nothing then.
    unasked = [
        name.removesuffix("status")
        for name, value in values.items()
        if ".consents." in name and name.endswith(".status") and value == ConsentStatus.UNKNOWN
    ]
    values = {k: v for k, v in values.items() if not k.startswith(tuple(unasked))}
    for name in [n for n in values if ".consents." in n and n.endswith(".status")]:
        # The form asks whether, not how; what the chart knew of how is put back below.
        values.setdefault(name.removesuffix("status") + "source", ConsentSource.VERBAL)
    form.values = values
    return form


def _with_consents(contact: Contact, before: Contact | None) -> Contact:
    """A consent that says what it said keeps when and how it was given; a new one is verbal."""
    known: dict[tuple[str, str], Consent] = {
        (telecom.value, channel): consent
        for telecom in (before.telecoms if before else ())
        for channel, consent in telecom.consents.items()
    }
    result = contact.model_copy(deep=True)
    for telecom in result.telecoms:
        for channel, consent in telecom.consents.items():
            old = known.get((telecom.value, channel))
            if old is not None and old.status is consent.status:
                telecom.consents[channel] = old
            else:
                telecom.consents[channel] = Consent(
                    status=consent.status, source=ConsentSource.VERBAL
                )
    return result
