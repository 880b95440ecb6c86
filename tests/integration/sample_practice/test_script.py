"""``scripts/seed``: once is enough, twice does nothing, and a part is made whole."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from caresmith.ids import PracticeId
from caresmith.records.practice import practice_setup
from scripts.localstack.localpages import logins
from scripts.localstack.running import NotRunning
from scripts.sample_practice import cli, loading
from scripts.sample_practice.agenda import Size
from tests.support.practices import small_practice

TINY = Size(
    patients=12, past_days=7, future_days=7, past_visits=6, future_visits=6, waiting=1, charts=4
)


@pytest.fixture
def stack(aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stack that runs on an empty folder."""
    loading.remove()
    monkeypatch.setattr(cli, "environment", dict)
    monkeypatch.setattr(cli, "data_folder", lambda: tmp_path)
    whole = loading.load
    monkeypatch.setattr(loading, "load", lambda now, _, payers: whole(now, TINY, payers))
    yield tmp_path
    loading.remove()


def test_first_run_loads_and_writes_log_ins_that_only_their_owner_reads(stack: Path) -> None:
    assert cli.main([]) == 0
    assert loading.is_loaded()
    told = json.loads((stack / "logins.json").read_text())
    assert {login["label"] for login in told} >= {"Front desk", "Clinician", "Auditor"}
    assert all(login["code"].isdigit() for login in logins(stack))
    assert stat.S_IMODE((stack / "logins.json").stat().st_mode) == 0o600


def test_second_run_says_that_it_is_there_and_does_nothing(
    stack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main([])
    before = (stack / "logins.json").read_text()
    assert cli.main([]) == 0
    assert "is there already" in capsys.readouterr().out
    assert (stack / "logins.json").read_text() == before


def test_reset_makes_it_anew(stack: Path) -> None:
    cli.main([])
    before = (stack / "logins.json").read_text()
    assert cli.main(["--reset"]) == 0
    assert loading.is_loaded()
    assert (stack / "logins.json").read_text() != before, "authenticators are set up anew"


def test_a_load_that_was_cut_short_is_begun_anew(
    stack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> list[dict[str, object]]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(loading, "make_users", killed)
        with pytest.raises(KeyboardInterrupt):
            cli.main([])
    assert not loading.is_loaded()
    assert cli.main([]) == 0
    assert loading.is_loaded()


def test_removing_leaves_nothing_behind_and_touches_nobody_else(
    stack: Path, practice: PracticeId
) -> None:
    small_practice(practice)
    cli.main([])
    assert loading.remove() > 200
    assert loading.remove() == 0
    assert not loading.is_loaded()
    assert practice_setup(practice, fresh=True).practice.id == practice


def test_without_a_stack_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody() -> dict[str, str]:
        raise NotRunning("The local stack does not run: start it with scripts/run.")

    monkeypatch.setattr(cli, "environment", nobody)
    assert cli.main([]) == 1
    assert "scripts/run" in capsys.readouterr().err
