"""The day's statements, in slices: everybody whose next one is due.

Each slice keeps one file to print. A slice that is run again makes nothing twice, and its
file holds the same statements.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from caresmith import later
from caresmith.actor import Actor, current_actor
from caresmith.audit import audit
from caresmith.clock import Instant, to_text
from caresmith.errors import NotFound, VersionConflict
from caresmith.events import StatementsDue
from caresmith.ids import PatientId, PracticeId, StatementId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.account import AccountItem
from caresmith.records.revenue.layout import ACCOUNT, account_key
from caresmith.records.revenue.statement import BILLING, BillingItem
from functions.accounts import drawing, statements, store
from functions.accounts.app import app
from functions.accounts.records import RunItem, runs_key
from functions.accounts.settings import account_settings
from functions.accounts.verifying import open_by_patient

SLICE: Final = 25
"""Statements of one invocation: each is a few reads, a file and a transaction."""
TASK: Final = "statements"
MAILED: Final = "statements-mailed"


@dataclass(frozen=True)
class Candidate:
    """An account of which the patient owes something, as lists know it."""

    patient_id: PatientId
    due_cents: int
    billing: BillingItem | None


def on_due(event: StatementsDue) -> None:
    """The practice's clock says so."""
    if account_settings(event.practice_id).statements.active:
        run(event.practice_id, event.day, after="")


def on_task(payload: Mapping[str, Any]) -> None:
    """The next slice."""
    run(
        PracticeId(payload["practice_id"]),
        dt.date.fromisoformat(payload["day"]),
        after=str(payload["after"]),
    )


def run(practice: PracticeId, day: dt.date, *, after: str) -> int:
    """Make the statements of one slice, and see to the next; how many were there."""
    actor, now = current_actor(), app.clock.now()
    due = [one for one in due_on(practice, day) if one.patient_id > after]
    mine, rest = due[:SLICE], due[SLICE:]
    made = [found for one in mine if (found := _make(one, actor, now, day))]
    if made:
        _file(practice, day, after, made, now)
    if rest:
        later.at(
            now,
            name=f"statements-{practice[-10:]}-{day:%Y%m%d}-{mine[-1].patient_id[-10:]}",
            target="accounts",
            payload={
                "task": TASK,
                "practice_id": practice,
                "day": day.isoformat(),
                "after": mine[-1].patient_id,
            },
        )
    return len(made)


def _make(one: Candidate, actor: Actor, now: Instant, day: dt.date) -> statements.Made | None:
    try:
        return statements.make(one.patient_id, actor=actor, now=now, day=day, by_rule=True)
    except (NotFound, VersionConflict):
        # The account is being worked on just now: tomorrow's run finds it again.
        return None


def _file(
    practice: PracticeId, day: dt.date, after: str, made: list[statements.Made], now: Instant
) -> None:
    name = f"{day}-{after[-10:] or 'first'}"
    notify = account_settings(practice).statements.notify
    key = store.key_of("print", practice, name)
    pages = [(one.content, StatementId(one.item.statement_id)) for one in made]
    store.write(key, drawing.print_file(pages, practice_setup(practice)))
    RunItem(
        runs_key(practice),
        f"{day}#{after or 'first'}",
        day=day.isoformat(),
        at=to_text(now),
        key=key,
        made=len(made),
        cents=sum(int(one.item.due_cents) for one in made),
        unlinked=[
            f"{one.item.patient_id}#{one.item.statement_id}"
            for one in made
            if notify and not one.content.pay_url
        ],
    ).save()


def printed(run: RunItem, now: Instant) -> None:
    """Somebody has its file: who was not sent a link is told that a statement is in the mail."""
    if run.unlinked:
        practice = current_actor().practice_id
        later.at(
            now,
            name=f"mailed-{practice[-10:]}-{run.sk.replace('#', '-')}",
            target="accounts",
            payload={"task": MAILED, "practice_id": practice, "run": run.sk},
        )


def on_printed(payload: Mapping[str, Any]) -> None:
    """Task: tell them, each once."""
    practice = PracticeId(payload["practice_id"])
    run = RunItem.get(runs_key(practice), str(payload["run"]), consistent_read=True)
    actor, now = current_actor(), app.clock.now()
    for one in run.unlinked or ():
        patient, _, statement = str(one).partition("#")
        with suppress(NotFound):
            # Without a chart there is nobody to be told.
            statements.mailed(PatientId(patient), StatementId(statement), actor=actor, now=now)


def due_on(practice: PracticeId, day: dt.date) -> list[Candidate]:
    """Whose statement the rules ask for on that day, or who has got it then already."""
    settings = account_settings(practice)
    return [
        one
        for one in candidates(practice)
        if (one.billing is not None and one.billing.last_day == day.isoformat())
        or statements.is_due(_fresh(one.billing), settings, day, one.due_cents)
    ]


def _fresh(billing: BillingItem | None) -> BillingItem | None:
    """The step is known for certain only when the account is read: it may have been paid since."""
    if billing is None:
        return None
    return BillingItem(
        billing.pk,
        billing.sk,
        last_day=billing.last_day,
        hold=billing.hold,
        returned_mail=billing.returned_mail,
        collections=billing.collections,
        step=0,
    )


def candidates(practice: PracticeId) -> list[Candidate]:
    """Everybody who owes something, by one query and one BatchGet per fifty."""
    opened = open_by_patient(practice)
    owing = sorted(
        patient
        for patient, items in opened.items()
        if sum(int(item.patient_cents) for item in items) > 0
    )
    audit().about(*(PatientId(one) for one in owing))
    unapplied = _heads(practice, owing)
    billing = _billings(practice, owing)
    return [
        Candidate(
            PatientId(patient),
            sum(int(item.patient_cents) for item in opened[patient]) - unapplied.get(patient, 0),
            billing.get(patient),
        )
        for patient in owing
    ]


def owed(practice: PracticeId, patients: Iterable[str]) -> dict[str, int]:
    """What each of these patients owes now, in cents, less what lies unapplied."""
    wanted = set(patients)
    unapplied = _heads(practice, wanted)
    due = {patient: -unapplied.get(patient, 0) for patient in wanted}
    for patient, items in open_by_patient(practice).items():
        if patient in wanted:
            due[patient] += sum(int(item.patient_cents) for item in items)
    return due


def _heads(practice: PracticeId, patients: Iterable[str]) -> dict[str, int]:
    keys = [(account_key(practice, PatientId(one)), ACCOUNT) for one in patients]
    return {item.patient_id: int(item.unapplied_cents or 0) for item in AccountItem.batch_get(keys)}


def _billings(practice: PracticeId, patients: Iterable[str]) -> dict[str, BillingItem]:
    keys = [(account_key(practice, PatientId(one)), BILLING) for one in patients]
    return {item.patient_id: item for item in BillingItem.batch_get(keys)}


def recent(practice: PracticeId) -> list[RunItem]:
    """Files to print, the latest first."""
    return list(RunItem.query(runs_key(practice), scan_index_forward=False, limit=60))
