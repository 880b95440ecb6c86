"""The calendar against a simple model of it: whatever is done in whatever order.

The model is a dictionary of who holds which minutes. After every step the
feature must offer exactly the times that the model has free.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from caresmith.actor import Actor, acting_as
from caresmith.audit import AuditTrail, audited
from caresmith.clock import FixedClock, SystemClock
from caresmith.ids import PatientId, PracticeId, ProviderId, UserId
from caresmith.keystore import create_keys
from caresmith.permissions import Role
from caresmith.records.practice import practice_setup
from functions.scheduling import booking, holds, moving, slots, visits
from functions.scheduling.errors import HoldGone, SlotTaken
from functions.scheduling.models import (
    BookingRequest,
    CancelRequest,
    RescheduleRequest,
    SlotQuery,
    VisitRequest,
)
from functions.scheduling.status import CancelReason, Status
from tests.support.practices import SmallPractice, add_patient, put, small_practice
from tests.support.practices import rule as hours

DAY = date(2027, 3, 2)
OPENS, CLOSES = 9, 12
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOLD = timedelta(minutes=5)
QUARTERS = st.integers(0, (CLOSES - OPENS) * 4 - 2)
DOCTORS = st.sampled_from(["ana", "ben"])
Taken = tuple[str, int, datetime | None]
"""Whose time, from which quarter of an hour (two of them), and until when it is held."""


class Calendar(RuleBasedStateMachine):
    """Two doctors, one morning, visits of half an hour."""

    booked = Bundle("booked")
    held = Bundle("held")

    @initialize()
    def open_a_practice(self) -> None:
        practice = PracticeId.new()
        create_keys(practice, SystemClock())
        self.small: SmallPractice = small_practice(practice)
        for doctor in (self.small.ana, self.small.ben):
            put(
                practice,
                hours(
                    doctor,
                    self.small.east,
                    rrule="FREQ=DAILY",
                    effect="closed",
                    start=time(CLOSES),
                    end=time(0),
                ),
            )
        self.patient: PatientId = add_patient(practice)
        self.now = NOW
        self.taken: dict[str, Taken] = {}

    # -- the model ------------------------------------------------------------

    def _free(self, doctor: str, quarter: int, *, but: str = "") -> bool:
        return not any(
            who == doctor and abs(begins - quarter) < 2
            for key, (who, begins, until) in self.taken.items()
            if key != but and (until is None or until > self.now)
        )

    def _start(self, quarter: int) -> datetime:
        from zoneinfo import ZoneInfo

        local = datetime.combine(DAY, time(OPENS), ZoneInfo("America/New_York"))
        return local.astimezone(UTC) + timedelta(minutes=15 * quarter)

    def _id(self, doctor: str) -> ProviderId:
        return self.small.ana if doctor == "ana" else self.small.ben

    def _do(self, action: Callable[..., Any], *given: Any) -> Any:
        actor = Actor(self.small.practice, UserId.new(), frozenset({Role.MANAGER}))
        with acting_as(actor), audited(AuditTrail(actor, "machine", FixedClock(self.now))):
            needs_now = action is not holds.drop_hold
            return action(*given, actor=actor, **({"now": self.now} if needs_now else {}))

    def _request(self, kind: type[VisitRequest], doctor: str, quarter: int, **more: Any) -> Any:
        return kind(
            type_id=self.small.visit,
            provider_id=self._id(doctor),
            location_id=self.small.east,
            start=self._start(quarter),
            **more,
        )

    # -- what people do ----------------------------------------------------------

    @rule(target=booked, doctor=DOCTORS, quarter=QUARTERS)
    def book(self, doctor: str, quarter: int) -> Any:
        request = self._request(BookingRequest, doctor, quarter, patient_id=self.patient)
        if not self._free(doctor, quarter):
            with pytest.raises(SlotTaken):
                self._do(booking.book, request)
            return multiple()
        visit = self._do(booking.book, request)
        self.taken[visit.appointment_id] = (doctor, quarter, None)
        return visit.appointment_id

    @rule(target=held, doctor=DOCTORS, quarter=QUARTERS)
    def hold(self, doctor: str, quarter: int) -> Any:
        request = self._request(VisitRequest, doctor, quarter)
        if not self._free(doctor, quarter):
            with pytest.raises(SlotTaken):
                self._do(holds.hold, request)
            return multiple()
        kept = self._do(holds.hold, request)
        self.taken[kept.hold_id] = (doctor, quarter, self.now + HOLD)
        return kept.hold_id

    @rule(target=booked, hold_id=consumes(held))
    def book_what_is_held(self, hold_id: Any) -> Any:
        doctor, quarter, until = self.taken[hold_id]
        request = self._request(
            BookingRequest, doctor, quarter, patient_id=self.patient, hold_id=hold_id
        )
        assert until is not None
        if not self._free(doctor, quarter, but=hold_id):
            with pytest.raises((SlotTaken, HoldGone)):
                self._do(booking.book, request)
            del self.taken[hold_id]
            return multiple()
        visit = self._do(booking.book, request)
        del self.taken[hold_id]
        self.taken[visit.appointment_id] = (doctor, quarter, None)
        return visit.appointment_id

    @rule(hold_id=consumes(held))
    def drop(self, hold_id: Any) -> None:
        self._do(holds.drop_hold, hold_id)
        del self.taken[hold_id]

    @rule(visit=consumes(booked))
    def cancel(self, visit: Any) -> None:
        self._do(visits.cancel, visit, CancelRequest(reason=CancelReason.PATIENT))
        del self.taken[visit]

    @rule(visit=consumes(booked))
    def enter_in_error(self, visit: Any) -> None:
        self._do(visits.change_status, visit, Status.ENTERED_IN_ERROR)
        del self.taken[visit]

    @rule(visit=booked)
    def arrive_and_leave_again(self, visit: Any) -> None:
        """Whatever happens to a visit on its day, its time stays taken."""
        if visit in self.taken:
            self._do(visits.change_status, visit, Status.ARRIVED)
            self._do(visits.change_status, visit, Status.BOOKED)

    @rule(doctor=DOCTORS, quarter=QUARTERS)
    def book_over_the_calendar(self, doctor: str, quarter: int) -> None:
        """It takes no time, and its end gives none back."""
        more = {"patient_id": self.patient, "overbook": True, "overbook_reason": "acute"}
        request = self._request(BookingRequest, doctor, quarter, **more)
        visit = self._do(booking.book, request)
        if quarter % 2:
            cancel = CancelRequest(reason=CancelReason.PATIENT)
            self._do(visits.cancel, visit.appointment_id, cancel)

    @rule(visit=booked, doctor=DOCTORS, quarter=QUARTERS)
    def move(self, visit: Any, doctor: str, quarter: int) -> None:
        if visit not in self.taken:
            return
        request = RescheduleRequest(start=self._start(quarter), provider_id=self._id(doctor))
        if not self._free(doctor, quarter, but=visit):
            with pytest.raises(SlotTaken):
                self._do(moving.reschedule, visit, request)
            return
        self._do(moving.reschedule, visit, request)
        self.taken[visit] = (doctor, quarter, None)

    @rule(minutes=st.integers(1, 4))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes, seconds=1)

    # -- what must hold -------------------------------------------------------------

    @invariant()
    def exactly_the_free_times_are_offered(self) -> None:
        if not hasattr(self, "small"):
            return
        query = SlotQuery(
            type_id=self.small.visit,
            location_ids=(self.small.east,),
            first=DAY,
            days=1,
            every_minutes=15,
        )
        setup = practice_setup(self.small.practice)
        offered = {
            (slot.provider_id, slot.start)
            for slot in slots.find_slots(setup, query, self.now).slots
        }
        free = {
            (self._id(doctor), self._start(quarter))
            for doctor in ("ana", "ben")
            for quarter in range((CLOSES - OPENS) * 4 - 1)
            if self._free(doctor, quarter)
        }
        assert offered == free


def test_the_calendar_is_what_its_model_is(aws: str) -> None:
    run_state_machine_as_test(
        Calendar,
        settings=settings(
            max_examples=20,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
