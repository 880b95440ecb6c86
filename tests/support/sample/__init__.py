"""A tiny system for tests of the local stack itself: one function for each kind of trigger."""

from caresmith.settings import Domain
from infra.manifest import EventTrigger, Function, ScheduleTrigger, StreamTrigger
from scripts.localstack.system import System

SYSTEM = System(
    functions=(
        Function("guard", "says who calls", role_in_api="authorizer", timeout_seconds=5),
        Function(
            "echo", "answers its event", base_paths=("/echo", "/echo/deep"), timeout_seconds=2
        ),
        Function(
            "announcer",
            "puts stream records on the bus",
            streams=(StreamTrigger(Domain.PATIENTS, entity="event"),),
            publishes_events=True,
        ),
        Function(
            "subscriber",
            "notes bus events and fired jobs",
            events=(EventTrigger(("Something",)),),
            schedules=(ScheduleTrigger("tick", "rate(1 minute)"),),
        ),
        Function(
            "listener",
            "notes all stream records, at the second attempt",
            streams=(StreamTrigger(Domain.SCHEDULE, batch_size=3),),
        ),
    ),
    package="tests.support.sample",
)
