"""A critical result is told at once to whoever is to review it.

Laboratories telephone critical values; a value that came by wire must not wait until
somebody happens to look (Joint Commission NPSG.02.03.01). The e-mail says that
something waits and nothing of what it is or whose: nobody seals an e-mail. Where
nobody can be written to, it becomes a task in the practice's inbox.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.clock import Instant
from caresmith.events import ResultArrived
from caresmith.ids import MessageId
from caresmith.messages.filling import time_words
from caresmith.messages.links import public_url
from caresmith.messages.outgoing import Draft, queue_alone
from caresmith.messages.reach import ContactPoint
from caresmith.messages.records import Kind, thread_of
from caresmith.messages.settings import messaging_settings
from caresmith.messages.wording import Rendered
from caresmith.records.contact import Channel
from caresmith.records.practice import PracticeSetup, Provider, practice_setup
from functions.messaging import tasks


def on_result(event: ResultArrived, now: Instant) -> None:
    """Consumer: write to the reviewer, once for each version of the report."""
    if event.flag != "critical":
        return
    audit().about(event.patient_id)
    audit().record(event.report_id)
    setup = practice_setup(event.practice_id)
    provider = setup.providers.get(event.provider_id) if event.provider_id else None
    reachable = provider is not None and provider.active and provider.email
    if provider is None or not reachable or not messaging_settings(event.practice_id).email_from:
        _raise_task(event)
        return
    _write_to(setup, provider, event, now)


def _raise_task(event: ResultArrived) -> None:
    tasks.put_into_inbox(
        tasks.Need(
            practice_id=event.practice_id,
            key=f"critical-result#{event.report_id}",
            task="critical-result",
            reference=event.event_id,
            at=event.occurred_at,
            patient_id=event.patient_id,
        )
    )


def _write_to(setup: PracticeSetup, provider: Provider, event: ResultArrived, now: Instant) -> None:
    practice, email = setup.practice.id, str(provider.email)
    draft = Draft(
        message_id=MessageId.derived(
            "critical-result", practice, event.report_id, str(event.report_version)
        ),
        party_id=provider.id,
        to=ContactPoint(Channel.EMAIL, email, thread_of(practice, Channel.EMAIL, email)),
        kind=Kind.ALERT,
        rendered=_words(setup, event),
    )
    queue_alone(draft, practice=practice, actor_id=current_actor().user_id, now=now)


def _words(setup: PracticeSetup, event: ResultArrived) -> Rendered:
    local = event.occurred_at.astimezone(ZoneInfo(setup.practice.zone))
    what = "A correction of a result" if event.corrected else "A result"
    at = time_words(local)
    waits = f"{what} that is marked as critical arrived at {at} and waits for your review"
    lines = [f"{waits} at {setup.practice.name}."]
    if base := public_url():
        lines.append(f"{base}/console/results")
    return Rendered(text="\n\n".join(lines), subject="A critical result waits for you")
