"""Replies and what the staff does, in any order: the newest word explains the calendar.

The model knows one visit: where it stands, and of when the newest reply and the
newest act of the staff are. Replies are delivered late, twice, out of order.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock, SystemClock, time_runs_on
from caresmith.events import ReplyReceived, SlotOption
from caresmith.ids import AppointmentId, PracticeId, UserId
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.practice import practice_setup
from functions.scheduling import booking, moving, replies, slots, visits
from functions.scheduling.models import (
    Appointment,
    BookingRequest,
    CancelRequest,
    RescheduleRequest,
    SlotQuery,
)
from functions.scheduling.status import CancelReason
from functions.scheduling.views import entries
from tests.integration.scheduling.texting import Phone
from tests.support.practices import add_patient, small_practice
from tests.support.settings import put_settings

NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)
START = datetime(2027, 3, 9, 15, tzinfo=UTC)
"""Ten in the morning in New York, a week ahead."""


class Answers(RuleBasedStateMachine):
    """One patient with one visit, and a desk that has its own ideas."""

    @initialize()
    def book(self) -> None:
        practice = PracticeId.new()
        create_keys(practice, SystemClock())
        put_settings(practice)
        self.small = small_practice(practice)
        self.phone = Phone(practice, add_patient(practice))
        self.now = NOW
        request = BookingRequest(
            type_id=self.small.visit,
            provider_id=self.small.ana,
            location_id=self.small.east,
            start=START,
            patient_id=self.phone.patient,
        )
        visit = self._desk(lambda actor: booking.book(request, actor=actor, now=self.now))
        self.visit: AppointmentId = visit.appointment_id
        self.sent: list[ReplyReceived] = []
        # The model.
        self.stands: datetime | None = START
        self.confirmed = False
        self.newest_reply = self.newest_act = NOW
        self.offered: tuple[SlotOption, ...] = ()
        self.offered_at: datetime | None = None

    def _desk(self, act: Any) -> Any:
        actor = Actor(self.small.practice, UserId.new(), frozenset({Role.FRONT_DESK}))
        clock = FixedClock(self.now)
        with time_runs_on(clock), acting_as(actor), audited(AuditTrail(actor, "desk", clock)):
            return act(actor)

    def _passes(self) -> None:
        self.now += timedelta(minutes=1)

    # -- what the desk does -------------------------------------------------

    @rule(days=st.integers(0, 3), halves=st.integers(0, 4))
    def desk_moves(self, days: int, halves: int) -> None:
        self._passes()
        if self.stands is None:
            return
        start = START + timedelta(days=days, minutes=30 * halves)
        if start == self.stands:
            return
        request = RescheduleRequest(start=start)
        self._desk(lambda actor: moving.reschedule(self.visit, request, actor=actor, now=self.now))
        self.stands, self.confirmed, self.newest_act = start, False, self.now

    @rule()
    def desk_confirms(self) -> None:
        self._passes()
        if self.stands is not None and not self.confirmed:
            self._desk(lambda actor: visits.confirm(self.visit, actor=actor, now=self.now))
            self.confirmed, self.newest_act = True, self.now

    @rule(sure=st.sampled_from([False, False, False, True]))
    def desk_cancels(self, sure: bool) -> None:
        self._passes()
        if sure and self.stands is not None:
            request = CancelRequest(reason=CancelReason.PROVIDER)
            self._desk(lambda actor: visits.cancel(self.visit, request, actor=actor, now=self.now))
            self.stands, self.newest_act = None, self.now

    # -- what the patient does ----------------------------------------------

    @rule(intent=st.sampled_from(["confirm", "confirm", "reschedule", "reschedule", "cancel"]))
    def patient_writes(self, intent: str) -> None:
        self._passes()
        self.sent.append(self.phone.reply(intent, self.visit, at=self.now))

    @rule(number=st.integers(0, 2))
    def patient_picks(self, number: int) -> None:
        self._passes()
        if number < len(self.offered):
            slot = self.offered[number]
            self.sent.append(self.phone.reply("pick", self.visit, at=self.now, slot=slot))

    # -- what arrives -------------------------------------------------------

    @rule(which=st.integers(0, 30))
    def a_reply_arrives(self, which: int) -> None:
        self._passes()
        if not self.sent:
            return
        reply = self.sent[which % len(self.sent)]
        actor = Actor.system(self.small.practice, "scheduling")
        clock = FixedClock(self.now)
        with time_runs_on(clock), acting_as(actor), audited(AuditTrail(actor, "reply", clock)):
            replies.on_reply(reply)
        outcome = self.phone.outcome_of(reply)
        if reply.occurred_at <= self.newest_reply:
            return
        self.newest_reply = reply.occurred_at
        assert outcome is not None
        self._expect(reply, outcome.outcome, outcome.options)

    def _expect(self, reply: ReplyReceived, outcome: str, options: tuple[SlotOption, ...]) -> None:
        overtaken = reply.occurred_at <= self.newest_act
        if reply.intent == "cancel" and self.stands is None:
            assert outcome == "cancelled"
        elif reply.intent == "confirm" and self.stands is not None and self.confirmed:
            assert outcome == "confirmed"
        elif overtaken or self.stands is None:
            assert outcome == "not-possible"
        elif reply.intent == "confirm":
            assert outcome == "confirmed"
            self.confirmed = True
        elif reply.intent == "cancel":
            assert outcome == "cancelled"
            self.stands = None
        elif reply.intent == "reschedule":
            assert (outcome, len(options)) == ("slots", 3)
            self.offered, self.offered_at = options, self.stands
        else:
            self._expect_pick(reply, outcome)

    def _expect_pick(self, reply: ReplyReceived, outcome: str) -> None:
        assert reply.slot is not None
        if self.offered_at != self.stands or reply.slot not in self.offered:
            assert outcome == "not-possible"
            return
        if reply.slot.start == self.stands:
            # The visit is there already: moving it to where it is changes nothing.
            assert outcome == "rescheduled"
            return
        assert outcome == "rescheduled"
        self.stands = self.offered_at = reply.slot.start
        self.confirmed = False

    # -- what must hold -----------------------------------------------------

    def _visits(self) -> list[Appointment]:
        begin, end = START - timedelta(days=30), START + timedelta(days=60)
        return entries(self.small.practice, self.phone.patient, begin, end)

    @invariant()
    def the_newest_word_explains_the_one_visit(self) -> None:
        if not hasattr(self, "visit"):
            return
        [visit] = [v for v in self._visits() if v.status != "cancelled"] or [None]
        assert (visit.start if visit else None) == self.stands
        if visit:
            assert visit.confirmed == self.confirmed

    @invariant()
    def no_time_is_lost_and_none_is_held(self) -> None:
        """Free is what the doctors work, less the one visit where it stands."""
        if not hasattr(self, "visit"):
            return
        query = SlotQuery(
            type_id=self.small.visit,
            first=(START - timedelta(days=5)).date(),
            days=30,
            every_minutes=30,
            limit=500,
            provider_ids=(self.small.ana,),
            location_ids=(self.small.east,),
        )
        setup = practice_setup(self.small.practice)
        free = {slot.start for slot in slots.find_slots(setup, query, NOW).slots}
        assert len(free) == 22 * 16 - (1 if self.stands else 0)
        assert self.stands not in free


def test_the_newest_word_counts_and_no_time_is_lost(aws: str) -> None:
    run_state_machine_as_test(
        Answers,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
