import threading
from datetime import UTC, datetime

import pytest

from scripts.localstack.pulse import Pulse
from scripts.localstack.schedules import Scheduler, VirtualClock, next_time


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def following(expression: str, after: str) -> str:
    found = next_time(expression, at(after), at("2026-01-01T00:00:00"))
    return datetime.fromtimestamp(found, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@pytest.mark.parametrize(
    ("expression", "after", "fires"),
    [
        ("rate(1 minute)", "2026-01-01T00:00:00", "2026-01-01T00:01:00"),
        ("rate(5 minutes)", "2026-01-01T00:07:30", "2026-01-01T00:10:00"),
        ("rate(1 day)", "2026-01-03T10:00:00", "2026-01-04T00:00:00"),
        ("cron(0 6 * * ? *)", "2026-03-08T06:00:00", "2026-03-09T06:00:00"),
        ("cron(0/15 8-9 ? * MON-FRI *)", "2026-11-20T09:45:00", "2026-11-23T08:00:00"),
        ("cron(30 2 1 JAN,JUL ? *)", "2026-01-01T02:30:00", "2026-07-01T02:30:00"),
        ("cron(0 0 29 2 ? *)", "2026-01-01T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 12 ? * 1 *)", "2026-11-20T00:00:00", "2026-11-22T12:00:00"),
    ],
)
def test_next_time(expression, after, fires):
    assert following(expression, after) == fires


@pytest.mark.parametrize(
    "expression",
    [
        "every minute",
        "rate(0 minutes)",
        "rate(5 weeks)",
        "cron(* * * *)",
        "cron(61 * * * ? *)",
        "cron(0 0 L * ? *)",
        "cron(0 0 31 2 ? *)",
        "cron(0 0 1 1 ? 2001)",
    ],
)
def test_expression_that_is_not_understood_or_never_fires_is_refused(expression):
    with pytest.raises(ValueError, match=r".+"):
        following(expression, "2026-01-01T00:00:00")


def test_virtual_clock_tells_functions_what_it_shows():
    start = datetime(2026, 3, 7, tzinfo=UTC)
    clock = VirtualClock.starting(start, 60)
    real, virtual, scale = (float(part) for part in clock.as_variable().split(":"))
    assert (virtual, scale) == (start.timestamp(), 60)
    assert clock.now() - start.timestamp() < 60
    assert abs(real - clock.real) < 1


def test_real_time_needs_no_variable():
    assert VirtualClock().as_variable() == ""


def test_scheduler_with_nothing_to_fire_waits_for_the_end():
    pulse = Pulse()
    scheduler = Scheduler([], VirtualClock.starting(datetime.now(UTC), 1), print, pulse)
    running = threading.Thread(target=scheduler.run)
    running.start()
    running.join(0.2)
    assert running.is_alive()
    pulse.stop()
    running.join(5)
    assert not running.is_alive()
