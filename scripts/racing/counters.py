"""People at counters who book, move and cancel through the front door, and what they were told.

Each keeps a ledger of its own: what was acknowledged, and the one thing that was
under way when no answer came. What is under way may have happened or not, but
whole; what was acknowledged has happened.
"""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import httpx
import pyotp

if TYPE_CHECKING:
    from scripts.racing.field import Field

BOOKED: Final = "booked"
CANCELLED: Final = "cancelled"
_MOVE, _CANCEL, _COMPETE = 0.2, 0.35, 0.5
_REFUSED: Final = frozenset({409, 412})
# The gateway's own answer for a function that gave none: it says nothing of what was done.
_NO_ANSWER: Final = frozenset({502, 503, 504})
_TIMEOUT_SECONDS: Final = 30.0


class Wrong(Exception):
    """Something happened that must not; the text says what."""


class NoAnswer(Exception):
    """Nobody knows whether what was asked has been done."""


@dataclass(frozen=True)
class Standing:
    """Where a visit stands: when it begins, and whether it takes place."""

    start: datetime
    status: str


@dataclass
class Login:
    """Who logs in, and with what."""

    username: str
    password: str
    secret: str
    """Of the authenticator."""


@dataclass
class Ledger:
    """What one counter knows."""

    visits: dict[str, Standing] = field(default_factory=dict)
    """Acknowledged visits by their id."""
    changing: tuple[str, Standing] | None = None
    """The change of a visit that no answer has come to."""
    asking: tuple[str, dict[str, Any]] | None = None
    """The booking that no answer has come to: its Idempotency-Key, and what was asked."""
    unsure: list[dict[str, Any]] = field(default_factory=list)
    """Bookings of which nobody has ever said whether they happened."""
    acknowledged: int = 0
    """Bookings, moves and cancellations."""


def log_in(url: str, login: Login) -> httpx.Client:
    """Log in with password and code as a browser does; the client holds cookie and CSRF token."""
    client = httpx.Client(base_url=url, timeout=_TIMEOUT_SECONDS, follow_redirects=True)
    form = {"username": login.username, "password": login.password}
    page = client.post("/console/login", data=form).text
    session = re.search(r'name="session" value="([^"]+)"', page)
    if session is None:
        raise Wrong(f"the password opened no second step: {page[:300]}")
    form = {
        "username": login.username,
        "session": session.group(1),
        "code": pyotp.TOTP(login.secret).now(),
    }
    home = client.post("/console/login/code", data=form).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', home)
    if token is None:
        raise Wrong(f"the code opened no session: {home[:300]}")
    client.headers["x-csrf-token"] = token.group(1)
    return client


class Slots:
    """One start after another, shared by all who work at the same time."""

    def __init__(self, first: datetime, minutes: int) -> None:
        self.latest, self._step = first, timedelta(minutes=minutes)
        self._lock = threading.Lock()

    def next(self) -> datetime:
        with self._lock:
            self.latest += self._step
            return self.latest


class Counter(threading.Thread):
    """Works until ``stop`` is set or the stack answers no more."""

    def __init__(
        self,
        client: httpx.Client,
        ground: Field,
        ledger: Ledger,
        slots: Slots,
        chance: random.Random,
    ) -> None:
        super().__init__(daemon=True)
        self._client, self._ground, self._ledger = client, ground, ledger
        self._slots, self._chance = slots, chance
        self.stop = threading.Event()
        self.wrong: list[str] = []

    def run(self) -> None:
        try:
            self._repeat_what_was_asked()
            while not self.stop.is_set():
                self._do_something()
        except (httpx.TransportError, NoAnswer):
            pass  # What was under way stays noted as such, until somebody looks or asks again.
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")

    def _do_something(self) -> None:
        standing = [i for i, s in self._ledger.visits.items() if s.status == BOOKED]
        dice = self._chance.random()
        if standing and dice < _MOVE:
            self._move(self._chance.choice(standing))
        elif standing and dice < _CANCEL:
            self._cancel(self._chance.choice(standing))
        else:
            # The slot that somebody has just asked for, or one of one's own.
            start = self._slots.latest if dice < _COMPETE else self._slots.next()
            self._book(str(uuid4()), self._booking(start))

    def _booking(self, start: datetime) -> dict[str, Any]:
        ground = self._ground
        return {
            "type_id": ground.kind,
            "provider_id": ground.provider,
            "location_id": ground.location,
            "patient_id": self._chance.choice(ground.patients),
            "start": start.isoformat(),
        }

    def _repeat_what_was_asked(self) -> None:
        """Who got no answer asks again under the same key, as every good client does."""
        if self._ledger.asking is not None:
            key, body = self._ledger.asking
            if not self._book(key, body):
                self._ledger.unsure.append(body)

    def _book(self, key: str, body: dict[str, Any]) -> bool:
        self._ledger.asking = (key, body)
        told = self._post("/appointments", body, key)
        self._ledger.asking = None
        if told is None:
            return False
        start = datetime.fromisoformat(body["start"])
        self._ledger.visits[told["appointment_id"]] = Standing(start, BOOKED)
        self._ledger.acknowledged += 1
        return True

    def _move(self, visit: str) -> None:
        start = self._slots.next()
        self._ledger.changing = (visit, Standing(start, BOOKED))
        body = {"start": start.isoformat()}
        self._settle(self._post(f"/appointments/{visit}/reschedule", body, str(uuid4())))

    def _cancel(self, visit: str) -> None:
        self._ledger.changing = (visit, Standing(self._ledger.visits[visit].start, CANCELLED))
        body = {"reason": "pat"}
        self._settle(self._post(f"/appointments/{visit}/cancel", body, str(uuid4())))

    def _settle(self, told: dict[str, Any] | None) -> None:
        if told is not None and self._ledger.changing is not None:
            visit, standing = self._ledger.changing
            self._ledger.visits[visit] = standing
            self._ledger.acknowledged += 1
        self._ledger.changing = None

    def _post(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any] | None:
        """The answer; None where it was refused for a reason that a race may have."""
        reply = self._client.post(path, json=body, headers={"Idempotency-Key": key})
        if reply.is_success:
            told: dict[str, Any] = reply.json()
            return told
        if reply.status_code in _REFUSED:
            return None
        if reply.status_code in _NO_ANSWER:
            raise NoAnswer
        raise Wrong(f"{path} answered {reply.status_code}: {reply.text[:300]}")
