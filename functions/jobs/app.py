"""The practice's clock as a Chalice app: what runs by itself, and how often.

What is deployed stands in ``infra/manifest.py``; a test holds the two together.
"""

from __future__ import annotations

from typing import Any, Final

from chalice.app import Chalice, CloudWatchEvent

from caresmith.clock import SystemClock
from functions.jobs import telling

app: Final = Chalice(app_name=telling.FUNCTION, configure_logs=False)
clock: Final = SystemClock()


@app.schedule("rate(15 minutes)", name="tell-what-is-due")
def tell_what_is_due(_: CloudWatchEvent) -> dict[str, int]:
    """Every quarter of an hour: that is how exactly a practice's wall clock is met."""
    return {"told": telling.tell_what_is_due(clock.now())}


@app.lambda_function(name="repair-all")
def repair_all(_event: Any, _context: Any) -> dict[str, int]:
    """By hand, or after the local stack has started: executions that waited are rebuilt."""
    return {"told": telling.tell_all_to_repair(clock.now())}
