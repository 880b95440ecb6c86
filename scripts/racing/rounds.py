"""The race itself, round by round, and what must hold after each.

In a round every client wants the same half hour at the same moment: most book
at once, some hold it first and then book, some hold it and walk away. After it:

* exactly one client has the time (a visit, or a hold that nobody came back to);
* everybody else was told so, and nobody ran into anything else;
* when the visit is cancelled or the hold has expired, the time is free again,
  and not a single five-minute cell of it stays occupied.
"""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Barrier

from caresmith.errors import DomainError
from functions.scheduling import booking, holds, views, visits
from functions.scheduling.cells import Span
from functions.scheduling.errors import HoldGone, SlotTaken
from functions.scheduling.models import Appointment, BookingRequest, CancelRequest, Hold
from functions.scheduling.records import read_occupancy
from functions.scheduling.status import FREES_TIME, CancelReason
from scripts.racing.field import HOLD_MINUTES, Client, Field

PLANS = ("book", "book", "book", "hold then book", "hold and leave")


@dataclass
class Result:
    """What the rounds came to."""

    rounds: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    """How the clients' tries ended, all rounds together."""
    wrong: list[str] = field(default_factory=list)


def race(ground: Field, clients: int, rounds: int, seed: int) -> Result:
    """Run the rounds; ``wrong`` of the result names everything that must not have been."""
    chance = random.Random(seed)
    result = Result()
    with ThreadPoolExecutor(clients) as pool:
        for number in range(rounds):
            plans = [chance.choice(PLANS) for _ in range(clients)]
            _round(ground, pool, number, plans, result)
            result.rounds += 1
    return result


def _round(
    ground: Field, pool: ThreadPoolExecutor, number: int, plans: list[str], result: Result
) -> None:
    start, barrier = ground.slot(number), Barrier(len(plans))
    tries = [
        pool.submit(_try, Client(ground, place), plan, start, barrier)
        for place, plan in enumerate(plans)
    ]
    ends = [one.result() for one in tries]
    result.ends.update(ends)
    won = [end for end in ends if end in ("booked", "held and left")]
    if len(won) != 1:
        result.wrong.append(f"round {number}: {len(won)} clients got the time: {Counter(ends)}")
    unknown = [end for end in ends if end not in _KNOWN]
    if unknown:
        result.wrong.append(f"round {number}: {Counter(unknown)}")
    _check_calendar(ground, number, start, won, result)


_KNOWN = frozenset({"booked", "held and left", "taken", "taken before the hold"})


def _try(client: Client, plan: str, start: datetime, barrier: Barrier) -> str:
    ground = client.field
    wanted = BookingRequest(
        type_id=ground.kind,
        provider_id=ground.provider,
        location_id=ground.location,
        start=start,
        patient_id=client.patient,
    )
    barrier.wait()
    try:
        if plan == "book":
            client.call(booking.book, wanted, now=ground.now)
            return "booked"
        held: Hold = client.call(holds.hold, wanted, now=ground.now)
        if plan == "hold and leave":
            return "held and left"
        claimed = wanted.model_copy(update={"hold_id": held.hold_id})
        client.call(booking.book, claimed, now=ground.now)
    except SlotTaken:
        return "taken" if plan == "book" else "taken before the hold"
    except HoldGone:
        return "lost its hold"
    except DomainError as error:
        return f"refused: {error.kind}"
    return "booked"


def _check_calendar(
    ground: Field, number: int, start: datetime, won: list[str], result: Result
) -> None:
    """One visit or none on the calendar; and after it is gone, the time is free again."""
    end = start + timedelta(minutes=30)
    standing = [v for v in _entries(ground, start, end) if v.status not in FREES_TIME]
    if len(standing) != won.count("booked"):
        result.wrong.append(f"round {number}: {len(standing)} visits stand on the calendar")
    later = ground.now
    for visit in standing:
        cancel = CancelRequest(reason=CancelReason.PATIENT)
        Client(ground, 0).call(visits.cancel, visit.appointment_id, cancel, now=ground.now)
    if not standing:
        later = ground.now + timedelta(minutes=HOLD_MINUTES, seconds=1)
    busy = read_occupancy(
        ground.practice, ground.provider, Span.between(start, end), int(later.timestamp())
    )
    if busy.of():
        result.wrong.append(f"round {number}: cells stay occupied: {busy.of():b}")
    again = BookingRequest(
        type_id=ground.kind,
        provider_id=ground.provider,
        location_id=ground.location,
        start=start,
        patient_id=ground.patients[0],
    )
    try:
        Client(ground, 0).call(booking.book, again, now=later)
    except DomainError as error:
        result.wrong.append(f"round {number}: the freed time can't be booked: {error.kind}")


def _entries(ground: Field, start: datetime, end: datetime) -> list[Appointment]:
    return views.entries(ground.practice, ground.provider, start, end)
