"""The submission's workflow, on the very file that is deployed: each branch, by both engines."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from infra.manifest import WORKFLOWS
from scripts.localstack.workflows.definition import deployed, read, ways
from tests.conformance.test_workflows import (
    _NEVER,
    LOCAL,
    Fails,
    moto,
    run_by_engine,
    run_by_moto,
)

__all__ = ["moto"]

[SUBMISSION] = [workflow for workflow in WORKFLOWS if workflow.name == "submission"]
GIVEN = {"practice_id": "prc_1", "file_id": "fil_1"}
MORE, BUILD, NOTHING = {"action": "more"}, {"action": "build"}, {"action": "nothing"}
DOWN, REFUSES, BROKEN = Fails("ExchangeDown"), Fails("ExchangeRefuses"), Fails("Broken")


@dataclass
class Script:
    """What each task answers, in the order in which it is called; its last answer again."""

    name: str
    gather: list[Any] = field(default_factory=lambda: [BUILD])
    build: list[Any] = field(default_factory=lambda: [{"action": "deliver"}])
    deliver: list[Any] = field(default_factory=lambda: [{"outcome": "taken"}])
    mark_sent: list[Any] = field(default_factory=lambda: [{"action": "wait"}])
    await_answer: list[Any] = field(default_factory=lambda: [None])
    reply: list[Any] = field(default_factory=lambda: [{"reply": "answered"}])
    overdue: list[Any] = field(default_factory=lambda: [{"state": "overdue"}])
    give_back: list[Any] = field(default_factory=lambda: [{"action": "returned"}])

    def answers(self, task: str) -> list[Any]:
        found: list[Any] = getattr(self, task.replace("-", "_"))
        return found

    def __str__(self) -> str:
        return self.name


SCRIPTS = [
    Script("sent and acknowledged"),
    Script("nothing to send", gather=[NOTHING]),
    Script("many claims, in slices", gather=[MORE, MORE, BUILD], mark_sent=[MORE, {"action": "w"}]),
    Script("gathering breaks once", gather=[BROKEN, BUILD]),
    Script("gathering breaks", gather=[BROKEN]),
    Script("building breaks", build=[BROKEN]),
    Script("the set-up is missing", build=[REFUSES]),
    Script("the exchange is down for a while", deliver=[DOWN, DOWN, {"outcome": "known"}]),
    Script("the exchange stays down", deliver=[DOWN]),
    Script("the exchange will not have it", deliver=[REFUSES], give_back=[MORE, {"action": "r"}]),
    Script("it had arrived all the same", deliver=[BROKEN], give_back=[{"action": "sent"}]),
    Script("marking breaks", mark_sent=[BROKEN]),
    Script("no acknowledgement", reply=[_NEVER]),
    Script("saying so breaks", reply=[_NEVER], overdue=[BROKEN]),
    Script("waiting breaks once", await_answer=[BROKEN, None]),
    Script("waiting breaks", await_answer=[BROKEN]),
    Script("giving back breaks", deliver=[REFUSES], give_back=[BROKEN]),
]
# Moto waits in real time, and the acknowledgement has two days.
QUICK = [one for one in SCRIPTS if _NEVER not in one.reply]


@pytest.mark.parametrize("script", QUICK, ids=str)
def test_the_engine_goes_the_way_that_moto_goes(moto: Any, script: Script) -> None:
    ours = run_by_engine(SUBMISSION, script, GIVEN)
    theirs = run_by_moto(moto, SUBMISSION, script, GIVEN)
    assert ours.path == theirs.path
    assert (ours.status, ours.error, ours.output) == (theirs.status, theirs.error, theirs.output)
    assert ours.calls == theirs.calls


def test_the_scripts_take_every_way_that_the_definition_has() -> None:
    definition = read(deployed(SUBMISSION, LOCAL.function_arn))
    there = {(name, other) for name, state in definition.states.items() for other in ways(state)}
    taken: set[tuple[str, str]] = set()
    for script in SCRIPTS:
        taken |= set(itertools.pairwise(run_by_engine(SUBMISSION, script, GIVEN).path))
    assert there - taken == set()
    assert taken <= there


def test_a_refusal_is_not_tried_again_and_an_outage_is() -> None:
    refused = run_by_engine(SUBMISSION, Script("", deliver=[REFUSES]), GIVEN)
    down = run_by_engine(SUBMISSION, Script("", deliver=[DOWN]), GIVEN)
    assert sum(call[1]["task"] == "deliver" for call in refused.calls) == 1
    assert sum(call[1]["task"] == "deliver" for call in down.calls) == 25
    assert (refused.status, refused.error) == ("FAILED", "NotDelivered")


def test_no_acknowledgement_in_two_days_ends_with_the_file_saying_so() -> None:
    run = run_by_engine(SUBMISSION, Script("", reply=[_NEVER]), GIVEN)
    assert run.path[-2:] == ["Overdue", "Ended"]
