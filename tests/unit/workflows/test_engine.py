"""Executions as a whole: names, tokens, restarts, speed."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.localstack.workflows.engine import AlreadyExists, NoSuchTask, TaskIsOver
from scripts.localstack.workflows.execution import Status
from tests.unit.workflows.conftest import MACHINE, World, ask, call

WAIT = {"Type": "Wait", "Seconds": 86_400, "Next": "Work"}


def test_a_name_starts_once(world: World) -> None:
    world.machine({"Wait": WAIT, "Work": call()})
    first = world.engine.start(MACHINE, "one", {"n": 1})
    assert world.engine.start(MACHINE, "one", {"n": 1}).arn == first.arn
    with pytest.raises(AlreadyExists):
        world.engine.start(MACHINE, "one", {"n": 2})
    world.pass_time(90_000)
    with pytest.raises(AlreadyExists):
        world.engine.start(MACHINE, "one", {"n": 1})
    assert len(world.calls) == 1


def test_a_token_is_answered_once(world: World) -> None:
    world.machine({"Ask": ask()})
    world.start()
    token = world.calls[0][1]["token"]
    world.engine.send_task_success(token, 1)
    for late in (
        lambda: world.engine.send_task_success(token, 2),
        lambda: world.engine.send_task_failure(token, "X", ""),
        lambda: world.engine.send_task_heartbeat(token),
    ):
        with pytest.raises(TaskIsOver):
            late()
    world.engine.run_due()
    with pytest.raises(TaskIsOver):
        world.engine.send_task_success(token, 2)
    with pytest.raises(NoSuchTask):
        world.engine.send_task_success("nobody's", 2)
    assert world.now().output == 1


def test_a_stopped_execution_does_nothing_more(world: World) -> None:
    world.machine({"Ask": ask(TimeoutSeconds=60)})
    begun = world.start()
    world.engine.stop(begun.arn, "Enough", "said a person")
    assert world.engine.next_due() is None
    with pytest.raises(TaskIsOver):
        world.engine.send_task_success(world.calls[0][1]["token"], 1)
    assert (world.now().status, world.now().error) == (Status.ABORTED, "Enough")


def test_an_execution_that_is_stopped_while_its_function_runs_stays_stopped(world: World) -> None:
    world.answers["work"] = lambda _: world.engine.stop(world.now().arn).name
    world.machine({"Work": call(Next="More"), "More": call()})
    assert world.start().status is Status.ABORTED
    assert len(world.calls) == 1


def test_what_waits_survives_a_restart(tmp_path: Path) -> None:
    text = {"Wait": WAIT, "Work": call(Next="Ask"), "Ask": ask(TimeoutSeconds=86_400)}
    before = World(tmp_path / "workflows.sqlite").machine(text)
    before.start({"n": 1}, "a")
    before.pass_time(86_400)
    before.start({"n": 2}, "b")
    token = before.calls[-1][1]["token"]
    # It is not closed: the process has been killed.
    after = World(tmp_path / "workflows.sqlite").machine(text)
    after.at = before.at
    after.engine.send_task_success(token, "yes")
    after.engine.run_due()
    assert after.now("a").output == "yes"
    assert after.now("b").state == "Wait"
    after.pass_time(2 * 86_400)
    assert after.path_of("b") == ["Wait", "Work", "Ask"]
    assert after.now("b").error == "States.Timeout"


def test_a_call_that_a_crash_cut_short_is_made_again_under_the_same_token(tmp_path: Path) -> None:
    class Killed(BaseException):
        """The process ends here."""

    def killed(_: Any) -> Any:
        raise Killed

    before = World(tmp_path / "workflows.sqlite").machine({"Ask": ask(TimeoutSeconds=60)})
    before.answers["ask"] = killed
    with pytest.raises(Killed):
        before.start()
    after = World(tmp_path / "workflows.sqlite").machine({"Ask": ask(TimeoutSeconds=60)})
    after.engine.run_due()
    assert after.calls == before.calls
    assert after.path_of() == ["Ask"]
    after.engine.send_task_success(after.calls[0][1]["token"], 1)
    after.engine.run_due()
    assert after.now().status is Status.SUCCEEDED


def test_an_execution_ends_with_the_definition_it_began_with(tmp_path: Path) -> None:
    old = World(tmp_path / "w.sqlite").machine({"Wait": WAIT, "Work": call("old")})
    old.start(name="before")
    new = World(tmp_path / "w.sqlite").machine({"Wait": WAIT, "Work": call("new")})
    new.start(name="after")
    new.pass_time(90_000)
    assert sorted(function for function, _ in new.calls) == ["new", "old"]


def test_many_threads_advance_each_execution_once(world: World) -> None:
    seen: list[str] = []

    def slow(payload: Any) -> Any:
        time.sleep(0.002)
        seen.append(payload["n"])
        return payload

    world.answers["work"] = slow
    world.machine({"Work": call(Next="Again"), "Again": call()})
    for number in range(40):
        world.engine.start(MACHINE, str(number), {"n": str(number)})
    threads = [threading.Thread(target=world.engine.run_due) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.engine.run_due()
    assert sorted(seen) == sorted([str(n) for n in range(40)] * 2)


def test_a_year_of_reminders_takes_seconds(world: World) -> None:
    """Two a day: wait, send, wait for an answer that never comes."""
    work = call(Assign={"n": "{% $states.result.Payload.n %}"}, Next="Ask")
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "End"}]
    states = {
        "Wait": WAIT,
        "Work": work,
        "Ask": ask(TimeoutSeconds=3600, Catch=catch),
        "End": {"Type": "Succeed"},
    }
    world.machine(states)
    began = time.process_time()
    for day in range(365):
        for number in range(2):
            world.engine.start(MACHINE, f"{day}-{number}", {"n": number})
        world.pass_time(86_400)
    world.pass_time(2 * 86_400)
    seconds = time.process_time() - began
    ended = world.engine.store.newest(MACHINE, Status.SUCCEEDED, 10_000)
    assert len(ended) == 365 * 2
    assert world.engine.next_due() is None
    per_execution = 1000 * seconds / len(ended)
    assert per_execution < 30, f"{per_execution:.1f} ms of CPU for one execution"
