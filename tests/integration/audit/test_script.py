"""``scripts/audit`` as somebody at a terminal sees it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from caresmith.ids import PatientId
from caresmith.permissions import Role
from functions.audit.segments import GENESIS
from scripts.audittrail import main, walk
from tests.integration.audit.conftest import Trail
from tests.support.practices import small_practice


class Terminal:
    """Runs the script and keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = self.err = ""

    def run(self, command: str, *options: str) -> int:
        self._capsys.readouterr()
        code = main([command, "--aws", *options])
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def verify(terminal: Terminal, trail: Trail, *options: str) -> int:
    return terminal.run("verify", "--practice", trail.practice, *options)


def test_a_whole_trail_is_said_to_be_whole(trail: Trail, terminal: Terminal) -> None:
    for _ in range(3):
        trail.sealed(PatientId.new())
    assert verify(terminal, trail) == 0
    assert f"{trail.practice}  3 segments  whole" in terminal.out
    assert trail.chain()[-1].digest in terminal.out


def test_a_practice_without_entries_is_whole(trail: Trail, terminal: Terminal) -> None:
    assert verify(terminal, trail) == 0
    assert f"0 segments  whole  head {GENESIS}" in terminal.out


def test_tampering_is_named_with_practice_segment_entry_and_what(
    trail: Trail, terminal: Terminal
) -> None:
    for _ in range(3):
        trail.sealed()
    [entry] = trail.segments()[1]
    trail.change_item((entry["pk"], entry["sk"]), "actor_id", "usr_x")
    trail.delete_link(3)
    assert verify(terminal, trail) == 1
    named = f"{trail.practice} segment 2 entry {entry['entry_id']}: entry-changed: "
    assert named in terminal.out
    assert "in: actor_id." in terminal.out
    assert terminal.out.count(f"{trail.practice} segment 3: link-missing: ") == 1
    assert "2 findings. The trail is NOT as it was sealed." in terminal.out


def test_a_chain_cut_off_without_a_trace_is_shown_by_the_head_noted_before(
    trail: Trail, terminal: Terminal
) -> None:
    for _ in range(2):
        trail.sealed()
    noted = f"2:{trail.chain()[1].digest}"
    assert verify(terminal, trail, "--head", noted) == 0
    [entry] = trail.segments()[1]
    trail.delete_object(2)
    trail.delete_link(2)
    trail.delete_item((entry["pk"], entry["sk"]))
    trail.delete_item((f"{trail.practice}#sealed#{entry['occurred_at'][:10]}", entry["entry_id"]))
    assert verify(terminal, trail) == 0
    assert verify(terminal, trail, "--head", noted) == 1
    assert f"{trail.practice} segment 2: head-differs" in terminal.out


def test_all_practices_are_walked_also_those_whose_segments_are_gone(
    trail: Trail, another: Trail, terminal: Terminal, empty_tables: None
) -> None:
    small_practice(trail.practice)
    trail.sealed()
    another.sealed()
    trail.delete_object(1)
    assert {trail.practice, another.practice} <= set(walk.all_practices())
    assert terminal.run("verify") == 1
    assert f"{trail.practice} segment 1: segment-missing" in terminal.out
    assert f"{another.practice}  1 segments  whole" in terminal.out


def test_what_takes_long_says_how_far_it_is(
    trail: Trail, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail.sealed()
    assert verify(terminal, trail) == 0
    assert terminal.err == ""
    monkeypatch.setattr(walk, "_QUIET_SECONDS", 0.0)
    monkeypatch.setattr(walk, "_STEP_SECONDS", 0.0)
    assert verify(terminal, trail) == 0
    assert "segment 1 of 1" in terminal.err


def test_what_the_stream_never_brought_can_be_sealed_late(trail: Trail, terminal: Terminal) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=3)
    trail.sealed(at=long_ago)
    lost = trail.write(PatientId.new(), at=long_ago + timedelta(hours=30), count=2)
    trail.write()
    assert verify(terminal, trail) == 1
    assert all(f"entry {entry_id}: entry-not-sealed" in terminal.out for entry_id in lost)
    assert "1 new entries wait" in terminal.out
    assert terminal.run("seal", "--practice", trail.practice) == 0
    assert terminal.out == "3 entries sealed.\n"
    assert verify(terminal, trail) == 0
    assert terminal.run("seal", "--practice", trail.practice) == 0
    assert terminal.out == "0 entries sealed.\n"


def test_entries_are_shown_and_that_is_recorded(trail: Trail, terminal: Terminal) -> None:
    patient = PatientId.new()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    trail.sealed(patient, at=yesterday, roles=(Role.EMERGENCY,), reason="Unconscious")
    trail.sealed(at=yesterday)
    day = ("--practice", trail.practice, "--day", yesterday.date().isoformat())
    assert terminal.run("show", *day) == 0
    assert len(terminal.out.splitlines()) == 2
    assert terminal.run("show", *day, "--emergency") == 0
    [line] = terminal.out.splitlines()
    assert all(part in line for part in ("EMERGENCY", "patients.read", patient, "Unconscious"))
    trail.streams.deliver()
    assert terminal.run("show", "--practice", trail.practice, "--patient", patient) == 0
    [line] = terminal.out.splitlines()
    assert "Unconscious" in line
    shown = [entry for entry in trail.entries() if entry["action"] == "audit.show"]
    assert {entry["actor_id"].partition(":")[0] for entry in shown} == {"operator"}
    assert len(shown) == 3


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["verify", "--aws", "--practice", "x"], "PracticeId"),
        (["show", "--aws", "--practice", "prc_1"], "PracticeId"),
        (["show", "--aws", "--practice", "OURS", "--day", "today"], "isoformat"),
        (["verify", "--aws", "--practice", "OURS", "--head", "1"], "--head"),
        (["verify", "--data", "/nonexistent"], "scripts/run"),
    ],
)
def test_what_cannot_be_looked_at_is_told_plainly(
    trail: Trail, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    given = [trail.practice if option == "OURS" else option for option in options]
    assert main(given) == 2
    assert told in capsys.readouterr().err


def test_aws_needs_to_be_told_which_deployment(
    trail: Trail, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CARESMITH_BUCKET_AUDIT")
    assert terminal.run("verify") == 2
    assert "CARESMITH_BUCKET_AUDIT" in terminal.err


def test_the_script_itself_starts() -> None:
    script = Path(sys.modules["scripts.audittrail"].__file__ or "").parents[1] / "audit"
    assert script.read_text().startswith("#!/usr/bin/env python3")
    assert script.stat().st_mode & 0o111
