"""What the Chalice app declares is what is deployed, and Chalice's own client drives it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from chalice.app import CloudWatchEventConfig, ScheduledEventConfig
from chalice.test import Client

from caresmith.clock import FixedClock, time_runs_on
from caresmith.dispatch import NothingHandles
from functions.jobs.app import app
from infra.manifest import function_named
from tests.integration.jobs.conftest import Clockwork
from tests.support.client import invoke

MORNING = datetime(2026, 6, 10, 10, 30, tzinfo=UTC)


def test_every_decorator_has_a_deployed_trigger_and_every_trigger_a_decorator() -> None:
    assert all(isinstance(source, ScheduledEventConfig) for source in app.event_sources)
    declared = {
        source.name: source.schedule_expression
        for source in app.event_sources
        if isinstance(source, ScheduledEventConfig)
    }
    deployed = {s.name: s.expression for s in function_named("jobs").schedules}
    assert declared == deployed
    assert not any(isinstance(source, CloudWatchEventConfig) for source in app.event_sources)
    assert function_named("jobs").events == ()


def test_chalice_s_client_runs_a_schedule(clockwork: Clockwork) -> None:
    with Client(app) as client, time_runs_on(FixedClock(MORNING)):
        event = client.events.generate_cw_event(
            source="aws.events",
            detail_type="Scheduled Event",
            detail={},
            resources=["arn:aws:events:us-east-1:123456789012:rule/any"],
        )
        answer = client.lambda_.invoke("tell-what-is-due", event)
    assert answer.payload == {"told": 5}


def test_a_rule_s_own_event_reaches_its_job(clockwork: Clockwork) -> None:
    rule = "arn:aws:events:us-east-1:123456789012:rule/caresmith-test-jobs-tell-what-is-due"
    with time_runs_on(FixedClock(MORNING)):
        event = {"source": "aws.events", "detail-type": "Scheduled Event", "resources": [rule]}
        assert invoke("jobs", event) == {"told": 5}


@pytest.mark.parametrize(
    "event",
    [{"job": "no-such-job"}, {"source": "aws.events", "resources": ["arn:x:rule/other"]}, {}],
    ids=str,
)
def test_nothing_else_is_taken(clockwork: Clockwork, event: dict[str, object]) -> None:
    with pytest.raises(NothingHandles):
        invoke("jobs", event)
    assert clockwork.told() == []
