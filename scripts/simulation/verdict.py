"""What must hold for every reminder, judged from the carrier's log and the desk's own book.

The judge reads what the carrier took and what happened to visits, not what the
system says of itself. Only when a reminder is due it asks the planner, whose rules
have tests of their own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.clock import from_text
from caresmith.ids import AppointmentId, PatientId
from caresmith.messages.records import MessageRecord
from caresmith.messages.settings import MessagingSettings
from functions.reminders.planning import due_steps, spread_of
from scripts.simulation.carrier import Sent
from scripts.simulation.cloud import Told
from scripts.simulation.world import World

# A reminder may leave late: an hour's outage and the pauses between attempts.
GRACE: Final = timedelta(hours=2)
_OURS_AT_ANY_TIME: Final = frozenset({"answer", "staff", "agenda"})


@dataclass
class Era:
    """A stretch in which a visit stood at one time."""

    start: datetime
    begins: datetime
    ends: datetime | None = None
    """When it was moved, cancelled or attended to; None: it stood to the last."""
    location: str = ""
    patient: PatientId | None = None


@dataclass
class Verdict:
    """Violations by rule, each with where it was seen, and what was counted."""

    violations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)

    def broken(self, rule: str, what: str) -> None:
        self.violations[rule].append(what)


RULES: Final = (
    "lost",
    "sent twice",
    "in quiet hours",
    "after STOP",
    "for a visit that does not stand",
    "without consent",
    "unknown to us",
)


def judge(world: World, messages: dict[str, MessageRecord], until: datetime) -> Verdict:
    """``messages``: our records by id; what was due before ``until`` is judged."""
    verdict = Verdict()
    eras = eras_of(world.cloud.told)
    by_step: dict[tuple[str, str], list[Sent]] = defaultdict(list)
    for sent in world.carrier.sent:
        record = messages.get(sent.message_id)
        if record is None:
            verdict.broken("unknown to us", sent.message_id)
            continue
        verdict.counts[f"{record.kind} by {sent.channel}"] += 1
        _judge_sent(verdict, world, sent, record, eras)
        if record.kind == "reminder":
            by_step[(str(record.appointment_id), str(record.step_id))].append(sent)
    for (appointment, step), sent_for_it in by_step.items():
        if len(sent_for_it) > 1:
            verdict.broken("sent twice", f"{appointment} {step}: {len(sent_for_it)}")
    _judge_lost(verdict, world, messages, eras, until)
    return verdict


def eras_of(told: list[Told]) -> dict[AppointmentId, list[Era]]:
    """The stretches of each visit, from the events in the order of their time."""
    found: dict[AppointmentId, list[Era]] = defaultdict(list)
    for one in sorted(told, key=lambda t: str(t.detail["occurred_at"])):
        if not one.kind.startswith("Appointment"):
            continue
        detail, at = one.detail, from_text(str(one.detail["occurred_at"]))
        stretches = found[AppointmentId(detail["appointment_id"])]
        if stretches and stretches[-1].ends is None:
            stays = one.kind == "AppointmentStatusChanged" and detail["to_status"] == "booked"
            if not stays:
                stretches[-1].ends = at
        if one.kind in {"AppointmentBooked", "AppointmentMoved"}:
            stretches.append(
                Era(
                    from_text(str(detail["start"])),
                    at,
                    location=detail["location_id"],
                    patient=PatientId(detail["patient_ids"][0]),
                )
            )
    return found


def _judge_sent(
    verdict: Verdict,
    world: World,
    sent: Sent,
    record: MessageRecord,
    eras: dict[AppointmentId, list[Era]],
) -> None:
    if sent.channel == "sms" and not world.may_be_texted(sent.to, sent.at):
        verdict.broken("after STOP", f"{sent.message_id} at {sent.at}")
    people = [p for p in world.practice.people.values() if sent.to in {p.phone, p.email}]
    if sent.channel == "sms" and people and not any(p.texts for p in people):
        verdict.broken("without consent", sent.message_id)
    if record.kind in _OURS_AT_ANY_TIME:
        return
    zone = ZoneInfo(str(record.zone)) if record.zone else None
    if zone and world.practice.settings.quiet.ends(sent.at, zone):
        verdict.broken("in quiet hours", f"{sent.message_id} at {sent.at.astimezone(zone)}")
    if record.kind == "reminder":
        standing = [
            e for e in eras[AppointmentId(str(record.appointment_id))] if _stands(e, sent.at)
        ]
        if not standing:
            verdict.broken("for a visit that does not stand", f"{record.appointment_id} {sent.at}")


def _stands(era: Era, at: datetime) -> bool:
    return era.begins <= at and (era.ends is None or at <= era.ends) and at < era.start


def _judge_lost(
    verdict: Verdict,
    world: World,
    messages: dict[str, MessageRecord],
    eras: dict[AppointmentId, list[Era]],
    until: datetime,
) -> None:
    sent_at: dict[AppointmentId, list[datetime]] = defaultdict(list)
    for sent in world.carrier.sent:
        record = messages.get(sent.message_id)
        if record is not None and record.kind == "reminder":
            sent_at[AppointmentId(str(record.appointment_id))].append(sent.at)
    for appointment, stretches in eras.items():
        for era in stretches:
            for due in _expected(world.practice.settings, world, appointment, era):
                if due >= until - GRACE:
                    continue
                verdict.counts["reminders due"] += 1
                window_ends = min(due + GRACE, era.start)
                if not any(
                    due - timedelta(minutes=1) <= at <= window_ends for at in sent_at[appointment]
                ):
                    verdict.broken("lost", f"{appointment} due {due}")


def _expected(
    settings: MessagingSettings, world: World, appointment: AppointmentId, era: Era
) -> list[datetime]:
    """When reminders of this stretch had to leave, as far as that is certain."""
    assert era.patient is not None  # noqa: S101 - made with one
    zone = ZoneInfo(world.practice.zones[era.location])  # type: ignore[index]
    person = world.patient(era.patient)
    found = []
    for due in due_steps(settings, era.start, zone, spread_of(appointment, era.patient)):
        stood = era.begins + timedelta(minutes=5) < due.at and (
            era.ends is None or due.at + GRACE < era.ends
        )
        textable = person.texts and all(
            world.may_be_texted(person.phone, due.at + shift)
            for shift in (timedelta(0), GRACE, -GRACE)
        )
        if stood and due.at + timedelta(minutes=20) < era.start and (textable or person.mails):
            found.append(due.at)
    return found
