"""How a practice reminds and writes: cadence, quiet hours, senders, reply rules, wording.

``functions/reminders`` changes these settings; every feature that writes to
people reads them. They are no PHI and lie in clear, in one item.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from datetime import time as wall_time
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    model_validator,
)
from pynamodb.attributes import UnicodeAttribute, VersionAttribute

from caresmith.clock import Instant
from caresmith.ids import AppointmentTypeId, PracticeId
from caresmith.records.contact import Channel, phone_number
from caresmith.tables import MessagesItem

_CACHE_SECONDS: Final = 5.0
_SETTINGS: Final = "messaging"

Written = Literal[Channel.SMS, Channel.EMAIL]
"""The channels that carry text."""
StepKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,12}$")]
Language = Literal["en", "es"]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CadenceStep(_Value):
    """One reminder: so long before the visit begins."""

    key: StepKey
    """Names the step for good: in ids, statistics and schedules."""
    minutes_before: int = Field(ge=30, le=60 * 24 * 60)
    asks_to_confirm: bool = True
    skip_if_confirmed: bool = False
    """Not sent to who has confirmed already."""

    @property
    def before(self) -> timedelta:
        return timedelta(minutes=self.minutes_before)


DEFAULT_CADENCE: Final = (
    CadenceStep(key="7d", minutes_before=7 * 24 * 60),
    CadenceStep(key="48h", minutes_before=48 * 60, skip_if_confirmed=False),
    CadenceStep(key="3h", minutes_before=3 * 60, asks_to_confirm=False),
)


class QuietHours(_Value):
    """No message that we begin goes out in these hours, by the patient's clock.

    The TCPA forbids telephone solicitation before 8 and after 21 local time (47
    CFR 64.1200(c)(1)); reminders are no solicitation, and keep to it all the same.
    """

    start: wall_time = wall_time(20)
    end: wall_time = wall_time(8)

    def ends(self, now: Instant, zone: ZoneInfo) -> Instant | None:
        """When the quiet that reigns at ``now`` ends; None where none does.

        The wall clock decides, so on the night of a DST change the quiet is an
        hour shorter or longer.
        """
        local = now.astimezone(zone)
        if not self._quiet(local):
            return None
        overnight = self.start > self.end
        ahead = overnight and local.time() >= self.start
        end = datetime.combine(local.date() + timedelta(days=1 if ahead else 0), self.end, zone)
        if end.astimezone(now.tzinfo) <= now:
            # An hour that comes twice: the quiet ends in its second round.
            end = end.replace(fold=1)
        return end.astimezone(now.tzinfo)

    def began(self, now: Instant, zone: ZoneInfo) -> Instant | None:
        """When the quiet that reigns at ``now`` began; None where none does."""
        local = now.astimezone(zone)
        if not self._quiet(local):
            return None
        back = self.start > self.end and local.time() < self.end
        day = local.date() - timedelta(days=1 if back else 0)
        return datetime.combine(day, self.start, zone).astimezone(now.tzinfo)

    def _quiet(self, local: datetime) -> bool:
        clock = local.time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


def _template(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


class Template(_Value):
    """A practice's own wording in place of the default one."""

    name: Annotated[str, StringConstraints(max_length=40)]
    """As in :data:`caresmith.messages.defaults.TEMPLATES`."""
    channel: Written
    language: Language
    subject: Annotated[str, StringConstraints(max_length=150), AfterValidator(_template)] = ""
    text: Annotated[
        str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_template)
    ]


class WaitlistRules(_Value):
    """How a freed time is offered."""

    wave_size: int = Field(default=3, ge=1, le=20)
    wave_minutes: int = Field(default=15, ge=5, le=24 * 60)
    """After so long the next wave is asked, while nobody has accepted."""
    waves: int = Field(default=3, ge=1, le=10)
    earlier_slots: bool = True
    """Whether patients may ask to be told when an earlier time is free."""


class Recall(_Value):
    """Whom to invite again, and when."""

    key: StepKey
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    after_days: int = Field(ge=30, le=1100)
    """So long after the last fulfilled visit of one of these kinds."""
    type_ids: tuple[AppointmentTypeId, ...] = Field(default=(), max_length=30)
    """Empty means any visit."""
    repeat_days: int = Field(default=60, ge=14, le=365)
    most: int = Field(default=2, ge=1, le=5)
    """How often one patient is invited."""
    active: bool = True


def _sender(number: str) -> str:
    return phone_number(number) if number else ""


class MessagingSettings(_Value):
    """All of it, with defaults that a new practice can live with."""

    cadence: tuple[CadenceStep, ...] = Field(default=DEFAULT_CADENCE, max_length=6)
    quiet: QuietHours = QuietHours()
    channels: tuple[Written, ...] = Field(default=(Channel.SMS, Channel.EMAIL), max_length=2)
    """In the order of preference where the patient has none."""
    sms_number: Annotated[str, AfterValidator(_sender)] = ""
    """The practice's own number, E.164; empty means that no texts are sent."""
    email_from: EmailStr | None = None
    """The address that e-mails come from; None means that none are sent."""
    callback_phone: Annotated[str, StringConstraints(max_length=30)] = ""
    """What texts tell people to call; empty means the location's own number."""
    cancel_notice_minutes: int = Field(default=120, ge=0, le=14 * 24 * 60)
    """Later than so long before a visit, cancelling by text goes to the front desk."""
    escalate_unconfirmed: bool = True
    """Raise a task for who has not answered the last reminder that asks."""
    noshow_after_minutes: int | None = Field(default=60, ge=15, le=24 * 60)
    """Mark as no-show so long after the end of the day; None: by hand only."""
    agenda_at: wall_time | None = wall_time(6)
    """When providers get the day's agenda by e-mail, by the practice's clock."""
    waitlist: WaitlistRules = WaitlistRules()
    recalls: tuple[Recall, ...] = Field(default=(), max_length=20)
    recalls_per_day: int = Field(default=25, ge=0, le=1000)
    templates: tuple[Template, ...] = Field(default=(), max_length=120)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, keys in (
            ("cadence", [step.key for step in self.cadence]),
            ("cadence", [step.minutes_before for step in self.cadence]),
            ("recalls", [recall.key for recall in self.recalls]),
            ("templates", [(t.name, t.channel, t.language) for t in self.templates]),
        ):
            if len(set(keys)) != len(keys):
                raise ValueError(f"{what}: the same one twice")
        return self

    @property
    def open_channels(self) -> tuple[Written, ...]:
        """The channels that have a sender, in the practice's order of preference."""
        senders = {Channel.SMS: self.sms_number, Channel.EMAIL: self.email_from}
        return tuple(channel for channel in self.channels if senders[channel])

    def step(self, key: str) -> CadenceStep | None:
        return next((step for step in self.cadence if step.key == key), None)


class SettingsRecord(MessagesItem, discriminator="messaging-settings"):
    body = UnicodeAttribute()
    version = VersionAttribute()


_cache: dict[PracticeId, tuple[float, MessagingSettings, int]] = {}


def settings_key(practice: PracticeId) -> tuple[str, str]:
    return f"{practice}#settings", _SETTINGS


def messaging_settings(practice: PracticeId, *, fresh: bool = False) -> MessagingSettings:
    """The practice's settings, up to five seconds old unless ``fresh``; defaults for a new one."""
    return settings_with_version(practice, fresh=fresh)[0]


def settings_with_version(
    practice: PracticeId, *, fresh: bool = False
) -> tuple[MessagingSettings, int]:
    """As :func:`messaging_settings`, with the version to change them; 0 where none are stored."""
    known = _cache.get(practice)
    if known and not fresh and known[0] > time.monotonic():
        return known[1], known[2]
    try:
        record = SettingsRecord.get(*settings_key(practice), consistent_read=fresh)
        found = MessagingSettings.model_validate_json(record.body), int(record.version or 0)
    except SettingsRecord.DoesNotExist:
        found = MessagingSettings(), 0
    _cache[practice] = (time.monotonic() + _CACHE_SECONDS, *found)
    return found


def forget_settings(practice: PracticeId) -> None:
    """The settings have just been changed by this process."""
    _cache.pop(practice, None)
