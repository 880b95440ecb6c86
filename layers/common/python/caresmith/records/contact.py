"""How to reach a person: addresses, telephone numbers, e-mail, and consent for each channel.

FHIR R4 Address and ContactPoint. A telephone number is kept in E.164 and is
checked by the ``phonenumbers`` metadata; a number without a country code is
taken as a US one. Consent is asked and kept per channel: a patient who takes
calls has not agreed to texts (47 CFR 64.1200, the TCPA's rules).
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from caresmith.text import Line, Word

US_STATES: Final = frozenset(
    re.findall(
        "..",
        "ALAKAZARCACOCTDEDCFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNH"
        "NJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWY"
        # Territories and the military "states" (USPS Publication 28, appendix B).
        "ASGUMPPRVIFMMHPWAAAEAP",
    )
)
"""USPS codes, two letters each."""
_ZIP: Final = re.compile(r"(\d{5})(?:-?(\d{4}))?")
_CODE: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 -]*[A-Za-z0-9])?")
PHONE_REGION: Final = "US"


class AddressUse(StrEnum):
    HOME = "home"
    WORK = "work"
    TEMP = "temp"
    OLD = "old"
    BILLING = "billing"


class Address(BaseModel):
    """A postal address. In the US the state is a USPS code and the ZIP has 5 or 9 digits."""

    model_config = ConfigDict(extra="forbid")

    use: AddressUse = AddressUse.HOME
    lines: list[Line] = Field(min_length=1, max_length=4)
    city: Line
    country: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2}$", to_upper=True)] = "US"
    """ISO 3166-1 alpha-2."""
    state: Word | None = Field(default=None, validate_default=True)
    """USPS code in the US; elsewhere province or region as written there."""
    postal_code: Annotated[str | None, StringConstraints(max_length=12, strip_whitespace=True)] = (
        Field(default=None, validate_default=True)
    )

    @field_validator("state")
    @classmethod
    def _state_of_the_us(cls, state: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("country") != "US":
            return state
        if (state or "").upper() not in US_STATES:
            raise ValueError("must be a two-letter US state or territory code")
        return (state or "").upper()

    @field_validator("postal_code")
    @classmethod
    def _as_the_country_writes_it(cls, code: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("country") == "US":
            match = _ZIP.fullmatch(code or "")
            if not match:
                raise ValueError("must be a ZIP code: 12345 or 12345-6789")
            return "-".join(part for part in match.groups() if part)
        if code is not None and not _CODE.fullmatch(code):
            raise ValueError("holds letters, digits, spaces and hyphens only")
        return code

    def one_line(self) -> str:
        place = " ".join(part for part in (self.state, self.postal_code) if part)
        country = None if self.country == "US" else self.country
        return ", ".join(part for part in (*self.lines, self.city, place, country) if part)


class ConsentStatus(StrEnum):
    GRANTED = "granted"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class ConsentSource(StrEnum):
    """How the patient said so."""

    VERBAL = "verbal"
    WRITTEN = "written"
    PORTAL = "portal"
    REPLY = "reply"
    """Answered START or STOP."""
    IMPORT = "import"


class Consent(BaseModel):
    """Whether one channel may be used. Known consent says when and how it was given."""

    model_config = ConfigDict(extra="forbid")

    status: ConsentStatus = ConsentStatus.UNKNOWN
    recorded_at: dt.datetime | None = None
    """When; left out in a request, it is the time of that request."""
    source: ConsentSource | None = None

    @model_validator(mode="after")
    def _known_has_a_source(self) -> Self:
        if self.status is not ConsentStatus.UNKNOWN and self.source is None:
            raise ValueError("say by which source the consent was recorded")
        if self.recorded_at is not None:
            if self.recorded_at.tzinfo is None:
                raise ValueError("recorded_at needs a time zone")
            try:
                self.recorded_at = self.recorded_at.astimezone(dt.UTC)
            except OverflowError:
                raise ValueError("recorded_at is out of range") from None
        return self


class TelecomSystem(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    FAX = "fax"


class TelecomUse(StrEnum):
    HOME = "home"
    WORK = "work"
    MOBILE = "mobile"
    TEMP = "temp"
    OLD = "old"


class Channel(StrEnum):
    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"


CHANNELS: Final[dict[TelecomSystem, frozenset[Channel]]] = {
    TelecomSystem.PHONE: frozenset({Channel.SMS, Channel.VOICE}),
    TelecomSystem.EMAIL: frozenset({Channel.EMAIL}),
    TelecomSystem.FAX: frozenset(),
}
"""Which channels a kind of contact point can carry."""


class Undeliverable(BaseModel):
    """Why and since when nothing arrives at a contact point."""

    model_config = ConfigDict(extra="forbid")

    reason: Literal["invalid", "unreachable", "blocked", "bounced", "complaint"]
    since: dt.datetime


class Telecom(BaseModel):
    """A telephone number (E.164) or e-mail address."""

    model_config = ConfigDict(extra="forbid")

    system: TelecomSystem
    value: Annotated[str, StringConstraints(min_length=3, max_length=254, strip_whitespace=True)]
    use: TelecomUse = TelecomUse.HOME
    rank: Annotated[int, Field(ge=1, le=20)] | None = None
    """1 is what the patient likes best."""
    consents: dict[Channel, Consent] = Field(default_factory=dict, max_length=3)
    undeliverable: Undeliverable | None = None
    """Set where messages no longer arrive; a changed value starts without it."""

    @field_validator("value")
    @classmethod
    def _in_its_one_form(cls, value: str, info: ValidationInfo) -> str:
        email = info.data.get("system") is TelecomSystem.EMAIL
        return email_address(value) if email else phone_number(value)

    @model_validator(mode="after")
    def _on_its_own_channels(self) -> Self:
        if not set(self.consents) <= CHANNELS[self.system]:
            raise ValueError(f"consents: a {self.system} has no such channel")
        return self

    def allows(self, channel: Channel) -> bool:
        """Whether the patient has agreed to be reached here by that channel."""
        consent = self.consents.get(channel)
        return consent is not None and consent.status is ConsentStatus.GRANTED


def phone_number(text: str) -> str:
    """E.164 (``+12065550100``). Raises ValueError where no such number can exist."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, PHONE_REGION)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    # "Possible", not "valid": new US area codes open faster than the metadata
    # learns of them, and a refused true number is worse than an odd one.
    if number.extension or not phonenumbers.is_possible_number(number):
        raise ValueError("not a telephone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown_phone(e164: str) -> str:
    """``(206) 555-0100`` for US numbers, international form for others."""
    import phonenumbers

    number = phonenumbers.parse(e164)
    form = (
        phonenumbers.PhoneNumberFormat.NATIONAL
        if number.country_code == 1
        else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    return str(phonenumbers.format_number(number, form))


def email_address(text: str) -> str:
    """The address normalised, its domain in lower case. Raises ValueError."""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("not an e-mail address") from None


Phone = Annotated[str, StringConstraints(max_length=30), AfterValidator(phone_number)]
"""A telephone number, in E.164."""
