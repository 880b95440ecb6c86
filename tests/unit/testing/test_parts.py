"""``scripts/test`` runs every part, says what each said, and fails where one fails."""

from __future__ import annotations

import sys

import pytest

from scripts import testing
from scripts.testing import Absent, Part


def python(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program)


def run(parts: list[Part], monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(testing, "PARTS", tuple(parts))
    return testing.main([])


def test_one_that_fails_beside_the_others_fails_the_whole(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    parts = [
        Part("background", python("raise SystemExit(3)"), beside=True),
        Part("front", python("print('in front')")),
    ]
    assert run(parts, monkeypatch) == 1
    assert "Failed: background" in capfd.readouterr().out


def test_all_that_pass_pass_and_each_is_heard(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    slow = "import time; print('first', flush=True); time.sleep(0.5); print('last')"
    parts = [
        Part("background", python(slow), beside=True),
        Part("front", python("print('in front')")),
        Part("later", python("print('later on')"), beside=True),
    ]
    assert run(parts, monkeypatch) == 0
    said = capfd.readouterr().out
    heard = said[said.index("== background") :]
    assert heard.index("first") < heard.index("last") < heard.index("later on")
    assert said.count("first") == said.count("later on") == said.count("in front") == 1
    assert said.endswith("Everything passed.\n")


def test_what_this_machine_lacks_is_said_and_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def lacking() -> None:
        raise Absent("python9 is not on this machine, skipped")

    parts = [Part("python9", python("raise SystemExit(1)"), lacking, beside=True)]
    assert run(parts, monkeypatch) == 0
    assert "python9 is not on this machine" in capfd.readouterr().out


def test_a_part_that_is_unknown_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        testing.main(["units"])
    assert "there is no part units" in capfd.readouterr().err
