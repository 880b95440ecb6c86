"""The forms of the set-up as data: which fields each kind of thing shows, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from caresmith.records.practice import PracticeSetup
from caresmith.web.forms import Form
from caresmith.web.zones import zone_options
from functions.admin import models as m
from functions.admin import repeating

Options = Sequence[tuple[str, str]]
OptionsOf = Callable[[PracticeSetup], Options]


@dataclass(frozen=True)
class Field:
    """One field. ``widget`` is a macro of forms.html."""

    name: str
    label: str
    widget: str = "field"
    options: OptionsOf | None = None
    kind: str = "text"
    """Of an input: text, number, time, date..."""
    required: bool = False
    empty: str | None = None
    hint: str = ""
    width: str = "col-md-6"


@dataclass(frozen=True)
class Kind:
    """One kind of thing on the set-up's pages."""

    path: str
    one: str
    many: str
    attribute: str
    """Of PracticeSetup: where the things of this kind are."""
    draft: type
    fields: tuple[Field, ...]
    entered: Callable[[Form], Form] = lambda form: form
    """Makes of the posted fields those that the draft has. Raises FormRefused."""
    shown: Callable[[Form], Form] = lambda form: form
    """Makes of a stored thing's fields those that the form has."""
    boxes: tuple[str, ...] = ()
    """Fields of the form alone."""


def _zones(_: PracticeSetup) -> Options:
    return zone_options()


def _locations(setup: PracticeSetup) -> Options:
    return [(place.id, place.name) for place in setup.locations.values()]


def _providers(setup: PracticeSetup) -> Options:
    known = sorted(setup.providers.values(), key=lambda p: (p.family, p.given))
    return [(provider.id, provider.display_name) for provider in known]


def _types(setup: PracticeSetup) -> Options:
    known = sorted(setup.types.values(), key=lambda kind: kind.name)
    return [(kind.id, kind.name) for kind in known]


def _fixed(*options: tuple[str, str]) -> OptionsOf:
    return lambda _: options


def _address(path: str, street: str, city: str) -> tuple[Field, ...]:
    return (
        Field(f"{path}.line1", street),
        Field(f"{path}.line2", "Second line"),
        Field(f"{path}.city", city),
        Field(f"{path}.state", "State", width="col-md-3"),
        Field(f"{path}.postal_code", "ZIP code, nine digits", width="col-md-3"),
    )


def _certificates(path: str, hint: str = "") -> tuple[Field, ...]:
    return (
        Field(f"{path}clia", "CLIA number", width="col-md-3", hint=hint),
        Field(
            f"{path}clia_kind",
            "CLIA certificate",
            "select",
            _fixed(
                ("waiver", "Of waiver"),
                ("microscopy", "Of provider-performed microscopy"),
                ("compliance", "Of compliance"),
                ("accreditation", "Of accreditation"),
            ),
            empty="Not told",
            width="col-md-3",
        ),
        Field(
            f"{path}mammography",
            "Mammography (FDA number)",
            width="col-md-3",
            hint=hint or "Six digits.",
        ),
    )


_ROOM_KINDS: Final = _fixed(
    ("exam", "Examination"),
    ("procedure", "Procedure"),
    ("imaging", "Imaging"),
    ("lab", "Laboratory"),
    ("group", "Group"),
)
_ACTIVE: Final = Field("active", "In use", "checkbox", width="col-md-12")
_COLOUR: Final = Field("colour", "Colour on the calendar", kind="color", width="col-md-3")
_NUMBER: Final = "number"

PRACTICE: Final = Kind(
    "practice",
    "The practice",
    "The practice",
    "",
    m.PracticeDraft,
    (
        Field("name", "Name", required=True),
        Field("zone", "Time zone", "select", _zones, required=True),
        Field("npi", "NPI of the organisation"),
        Field("privacy_officer_email", "Privacy officer's e-mail", kind="email"),
        Field("idle_minutes", "Log off after idle minutes", kind=_NUMBER, width="col-md-3"),
        Field("hold_minutes", "A time is held for minutes", kind=_NUMBER, width="col-md-3"),
        Field("offer_minutes", "A waitlist offer lasts minutes", kind=_NUMBER, width="col-md-3"),
        Field("booking_horizon_days", "Bookable days ahead", kind=_NUMBER, width="col-md-3"),
        Field("booking_notice_minutes", "Notice before a visit, minutes", kind=_NUMBER),
        Field("federal_holidays", "Closed on federal holidays", "checkbox", width="col-md-12"),
        Field("billing.legal_name", "Bills as", hint="The legal name that payers have enrolled."),
        Field("billing.tax_id", "Tax number", width="col-md-3"),
        Field(
            "billing.tax_id_kind",
            "Which is",
            "select",
            _fixed(("SY", "A social security number")),
            empty="An employer's number (EIN)",
            width="col-md-3",
        ),
        Field("billing.taxonomy", "NUCC taxonomy code that bills", width="col-md-3"),
        *_certificates("billing."),
        Field("billing.contact_name", "Whom payers may call about claims", width="col-md-3"),
        Field("billing.contact_phone", "Telephone for claims", width="col-md-3"),
        *_address("billing.address", "Billing street", "Billing city"),
        *_address("billing.pay_to", "Payments go to (street or box)", "Its city"),
        Field("billing.submitter_id", "Id at the clearinghouse", width="col-md-3"),
        Field("billing.send_at", "Claims are sent at", kind="time", width="col-md-3"),
        Field("billing.ask_after_days", "Payers are asked after days", kind=_NUMBER),
        Field(
            "billing.auto_approve",
            "Claims that nothing speaks against are sent without a look",
            "checkbox",
            width="col-md-12",
        ),
    ),
)
LOCATION: Final = Kind(
    "locations",
    "Location",
    "Locations",
    "locations",
    m.LocationDraft,
    (
        Field("name", "Name", required=True),
        Field("zone", "Time zone", "select", _zones, required=True, empty="Choose"),
        Field("address_lines.0", "Street"),
        Field("address_lines.1", "City, state, ZIP"),
        Field("phone", "Telephone"),
        Field("npi", "NPI"),
        *_certificates("", hint="Where it has one of its own."),
        _ACTIVE,
    ),
)
ROOM: Final = Kind(
    "rooms",
    "Room",
    "Rooms",
    "rooms",
    m.RoomDraft,
    (
        Field("name", "Name", required=True),
        Field("location_id", "Location", "select", _locations, required=True, empty="Choose"),
        Field("room_kind", "Kind", "select", _ROOM_KINDS, required=True),
        _ACTIVE,
    ),
)
PROVIDER: Final = Kind(
    "providers",
    "Provider",
    "Providers",
    "providers",
    m.ProviderDraft,
    (
        Field("given", "Given name", required=True),
        Field("family", "Family name", required=True),
        Field("credentials", "Credentials", hint="MD, NP…", width="col-md-3"),
        Field("npi", "NPI", required=True, width="col-md-3"),
        Field("dea", "DEA number", width="col-md-3"),
        Field("specialty", "Specialty", required=True, width="col-md-3"),
        Field("taxonomy", "NUCC taxonomy code", required=True, width="col-md-3"),
        Field("email", "E-mail", kind="email", hint="The day's agenda goes there."),
        Field("location_ids", "Works at", "checkboxes", _locations, width="col-md-12"),
        _COLOUR,
        _ACTIVE,
    ),
)
TYPE: Final = Kind(
    "appointment-types",
    "Kind of visit",
    "Kinds of visits",
    "types",
    m.TypeDraft,
    (
        Field("name", "Name", required=True),
        Field("minutes", "Minutes", kind=_NUMBER, required=True, width="col-md-2"),
        Field("buffer_before", "Before it", kind=_NUMBER, width="col-md-2"),
        Field("buffer_after", "After it", kind=_NUMBER, width="col-md-2"),
        Field("room_kind", "Needs a room", "select", _ROOM_KINDS, empty="No", width="col-md-3"),
        Field(
            "patients",
            "For",
            "select",
            _fixed(("any", "All patients"), ("new", "New"), ("established", "Established")),
            width="col-md-3",
        ),
        Field("capacity", "Patients in one visit", kind=_NUMBER, width="col-md-3"),
        _COLOUR,
        Field("provider_ids", "Given by (none: all)", "checkboxes", _providers, width="col-md-12"),
        Field("telehealth", "Telehealth", "checkbox", width="col-md-3"),
        Field("self_schedulable", "Patients may book it themselves", "checkbox", width="col-md-4"),
        _ACTIVE,
    ),
)
RULE: Final = Kind(
    "availability-rules",
    "Working hours",
    "Working hours and time off",
    "rules",
    m.RuleDraft,
    (
        Field("provider_id", "Provider", "select", _providers, required=True, empty="Choose"),
        Field(
            "effect",
            "Is",
            "select",
            _fixed(("open", "Working hours"), ("closed", "Time off")),
            width="col-md-3",
        ),
        Field("location_id", "At", "select", _locations, empty="Everywhere", width="col-md-3"),
        Field("repeats", "Repeats", "select", _fixed(*repeating.REPEATS), width="col-md-4"),
        Field("days", "On", "checkboxes", _fixed(*repeating.DAYS), width="col-md-8"),
        Field("starts_on", "From", kind="date", required=True, width="col-md-3"),
        Field("ends_on", "Until", kind="date", width="col-md-3"),
        Field("start", "Begins", kind="time", required=True, width="col-md-3"),
        Field(
            "end",
            "Ends",
            kind="time",
            required=True,
            width="col-md-3",
            hint="12:00 AM is the day's end.",
        ),
        Field("type_ids", "Only for (none: all)", "checkboxes", _types, width="col-md-12"),
        Field(
            "rrule",
            "Another rule (RFC 5545)",
            hint="Where it repeats by another rule: FREQ=MONTHLY;BYDAY=1TU is each first Tuesday.",
            width="col-md-12",
        ),
        Field("note", "Note", width="col-md-12"),
    ),
    entered=repeating.with_rule,
    shown=repeating.with_boxes,
    boxes=repeating.FIELDS,
)

KINDS: Final = {kind.path: kind for kind in (LOCATION, ROOM, PROVIDER, TYPE, RULE)}
