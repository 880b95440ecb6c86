"""What a reminder uses, by what becomes of it: the real functions and the real workflow.

A visit is booked at the desk; from there on everything is counted: planning,
the workflow's states, sending, receipts, the answer and what it sets going, until
the execution has ended and nothing is on its way. The practice's cadence has one
reminder that asks, so that a visit is one reminder.

Not counted: the booking, what comes by the month (keys, numbers, snapshots kept,
storage), logs and traces, the firewall, an idle queue's polling, and the calls of
KMS that other services make for their own encryption. An e-mail's receipt is not
played.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

import boto3
from aws_lambda_powertools.utilities.parameters import clear_caches

from caresmith.clock import time_runs_on
from caresmith.ids import AppointmentId
from caresmith.messages.segments import segments
from caresmith.messages.settings import CadenceStep, SettingsRecord, forget_settings, settings_key
from scripts.benchmark.metered import MeteredCloud
from scripts.benchmark.prices import Item
from scripts.benchmark.tally import Tally
from scripts.localstack.apigw import HttpRequest, authorizer_event
from scripts.localstack.inprocess import invoke
from scripts.localstack.system import Deployment
from scripts.localstack.workflows.execution import Execution, Status
from scripts.simulation.carrier import Sent, SimulatedCarrier
from scripts.simulation.clock import Diary, SimulatedClock
from scripts.simulation.practice import NUMBER, SimulatedPractice, build
from scripts.simulation.twilio_calls import INBOUND, TwilioCalls

_EACH: Final = 3
"""How many reminders of each fate are run; what is told is the mean."""
_STARTS: Final = datetime(2037, 1, 5, 15, tzinfo=UTC)
"""A Monday yet to come: the database drops what has expired by the clock on the wall."""
_LEAD_DAYS: Final = 6
_STEP: Final = CadenceStep(key="48h", minutes_before=48 * 60)
_THINKING: Final = timedelta(minutes=7)
_RECEIPTS: Final = {"sent": timedelta(seconds=2), "delivered": timedelta(seconds=6)}
_ACCOUNT: Final = TwilioCalls("ACbench", "bench-twilio-token")
_ALL: Final = 10_000


@dataclass(frozen=True)
class Fate:
    name: str
    outcome: str
    """As the step's record tells it."""
    answers: tuple[str, ...] = ()
    """What the patient writes to the texts, one after the other."""
    by_text: bool = True


FATES: Final = (
    Fate("confirmed by text", "confirmed", answers=("C",)),
    Fate("texted, no answer", "no-reply"),
    Fate("e-mailed, no answer", "no-reply", by_text=False),
    Fate("rescheduled by text", "rescheduled", answers=("R", "1")),
)


@dataclass
class Desk:
    """A practice, its cloud and its carrier, one reminder at a time."""

    practice: SimulatedPractice
    cloud: MeteredCloud
    carrier: SimulatedCarrier
    _answers: list[str] = field(default_factory=list)
    _people: Iterator[int] = field(default_factory=count)

    def remind(self, fate: Fate) -> Tally:
        """Book a visit and count what its reminder uses. Raises RuntimeError for another fate."""
        cloud, tally = self.cloud, Tally()
        self._answers = list(fate.answers)
        known = {execution.arn for execution in self._executions()}
        with cloud.counting(None):
            visit = self._book(self._register(fate))
            cloud.catch_up()
        with cloud.counting(tally):
            cloud.relay()
            begun = self._live(known)
        tally.count(Item.TRANSITIONS, sum(execution.transitions for execution in begun))
        timeline = json.loads(self._send("GET", f"/reminders/appointments/{visit}"))
        outcomes = {step["outcome"] for step in timeline["steps"] if step["outcome"]}
        with cloud.counting(None):
            self._leave(visit)
        if outcomes != {fate.outcome} or self._answers or cloud.errors:
            raise RuntimeError(f"{fate.name}: {outcomes}, {self._answers}, {cloud.errors}")
        return tally

    def _live(self, known: set[str]) -> list[Execution]:
        """Let time pass until the reminder is over; returns its executions."""
        cloud = self.cloud
        while True:
            begun = [e for e in self._executions() if e.arn not in known]
            running = any(execution.status is Status.RUNNING for execution in begun)
            if begun and not running and cloud.diary.next() is None:
                return begun
            upcoming = cloud.upcoming()
            if upcoming is None:
                raise RuntimeError("nothing will happen any more")
            cloud.clock.at = max(cloud.clock.at, upcoming)
            cloud.do_what_is_due()

    def _executions(self) -> list[Execution]:
        return self.cloud.engine.store.newest(None, None, _ALL)

    def hear(self, sent: Sent) -> None:
        """The carrier took a message: receipts follow, and maybe an answer."""
        tally, diary, now = self.cloud.tally, self.cloud.diary, self.cloud.clock.now()
        if sent.channel != "sms":
            return
        if tally is not None:
            tally.count(Item.TEXTS_OUT, segments(sent.text).count)
        for status, after in _RECEIPTS.items():
            diary.at(now + after, lambda status=status: self._receipt(sent, status))  # type: ignore[misc]
        if self._answers:
            answer = self._answers.pop(0)
            diary.at(now + _THINKING, lambda: self._text(sent.to, answer))

    def _receipt(self, sent: Sent, status: str) -> None:
        with self._webhook(urlsplit(sent.callback).path):
            _ACCOUNT.receipt(sent.callback, status)

    def _text(self, number: str, text: str) -> None:
        with self._webhook(INBOUND):
            _ACCOUNT.text(number, NUMBER, text)
            if self.cloud.tally is not None:
                self.cloud.tally.count(Item.TEXTS_IN, segments(text).count)

    @contextmanager
    def _webhook(self, path: str) -> Iterator[None]:
        """A call from outside: API Gateway asks the authorizer for it as for any other."""
        with self.cloud.invocation("authorizer"):
            invoke("authorizer", authorizer_event(HttpRequest("POST", path), "/webhooks"))
        with self.cloud.invocation("webhooks"):
            if self.cloud.tally is not None:
                self.cloud.tally.count(Item.REQUESTS)
            yield

    # -- the front desk, which is not counted -------------------------------

    def _send(self, method: str, path: str, body: Any = None) -> bytes:
        return self.practice.desk.send(method, path, body)

    def _register(self, fate: Fate) -> str:
        number = next(self._people)
        consent = {"status": "granted", "source": "verbal"}
        phone = {"system": "phone", "value": f"+1480200{number:04}", "use": "mobile"}
        telecoms = (
            [{**phone, "consents": {"sms": consent}}]
            if fate.by_text
            else [{"system": "email", "value": f"person{number}@mail.example"}]
        )
        name = {"given": ["Pat"], "family": "Ient" + "abcdefghij"[number % 10] * (2 + number // 10)}
        body = {
            "demographics": {"names": [name], "birth_date": "1960-02-03", "language": "en"},
            "contact": {"telecoms": telecoms},
            "confirmed_not_duplicate": True,
        }
        return str(json.loads(self._send("POST", "/patients", body))["patient_id"])

    def _book(self, patient: str) -> AppointmentId:
        first = (self.cloud.clock.now() + timedelta(days=_LEAD_DAYS)).date().isoformat()
        type_id = self.practice.type_id
        query = {"type_id": type_id, "first": first, "days": 7, "limit": 1}
        [slot] = json.loads(self._send("POST", "/slots/search", query))["slots"]
        body = {
            "type_id": type_id,
            "patient_id": patient,
            **{key: slot[key] for key in ("provider_id", "location_id", "start")},
        }
        told = json.loads(self._send("POST", "/appointments", body))
        return AppointmentId(told["appointment_id"])

    def _leave(self, visit: AppointmentId) -> None:
        """Cancel the visit, so that nothing of it comes while the next is counted."""
        cloud = self.cloud
        self._send("POST", f"/appointments/{visit}/cancel", {"reason": "prov"})
        cloud.relay()
        cloud.catch_up()
        while (upcoming := cloud.diary.next()) is not None:
            cloud.clock.at = max(cloud.clock.at, upcoming)
            cloud.do_what_is_due()


@contextmanager
def _twilio_account(secret: str) -> Iterator[None]:
    """The carrier's account is ours in the block, and what it was before after it."""
    secrets = boto3.client("secretsmanager")
    before = secrets.get_secret_value(SecretId=secret)["SecretString"]
    ours = {"account_sid": _ACCOUNT.account, "auth_token": _ACCOUNT.token}
    try:
        secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(ours))
        yield
    finally:
        secrets.put_secret_value(SecretId=secret, SecretString=before)
        clear_caches()  # type: ignore[no-untyped-call]


@contextmanager
def reminding(deployment: Deployment) -> Iterator[Desk]:
    """A practice that reminds, on a clock of its own, until the block ends."""
    clock, dice = SimulatedClock(_STARTS), random.Random(1)
    with ExitStack() as stack:
        stack.enter_context(_twilio_account(deployment.prefix + "twilio"))
        stack.enter_context(time_runs_on(clock))
        cloud = MeteredCloud(deployment, clock, Diary(), dice)
        stack.enter_context(cloud.around())
        carrier = SimulatedCarrier(clock, dice)
        stack.enter_context(carrier.around())
        practice = build(1, 0, dice)
        _remind_once(practice)
        cloud.practice = practice.practice
        cloud.relay()
        desk = Desk(practice, cloud, carrier)
        carrier.on_sent = desk.hear
        yield desk


def _remind_once(made: SimulatedPractice) -> None:
    """One reminder for each visit, and it asks."""
    settings = made.settings.model_copy(update={"cadence": (_STEP,)})
    record = SettingsRecord.get(*settings_key(made.practice))
    record.body = settings.model_dump_json()
    record.save()
    forget_settings(made.practice)


def tallies(deployment: Deployment, each: int = _EACH) -> dict[str, Tally]:
    """What one reminder of each fate uses: the mean of so many, after one that warms up."""
    found = {}
    with reminding(deployment) as desk:
        for fate in FATES:
            desk.remind(fate)
            total = Tally()
            for _ in range(each):
                total.add(desk.remind(fate))
            found[fate.name] = total.mean(each)
    return found
