"""Files go to a clearinghouse over SFTP once in effect, and only to the server that is meant."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from caresmith import exchange_sftp
from caresmith.exchange import (
    ExchangeFailed,
    Garbled,
    HostKeyUnknown,
    KeyRefused,
    Misconfigured,
    NameTaken,
    NoFolder,
    NotConfigured,
    TimedOut,
    Unreachable,
)
from caresmith.exchange_door import door
from caresmith.exchange_sftp import SftpExchange
from tests.support.sftp_server import (
    PASSWORD,
    SftpDesk,
    fingerprint,
    key,
    known_hosts_line,
    sftp_server,
    touched,
)

CLAIMS = b"ISA*00*" + b"claims " * 20_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SftpDesk]:
    with sftp_server(tmp_path) as served:
        yield served


@contextmanager
def line(desk: SftpDesk, **told: Any) -> Iterator[SftpExchange]:
    with closing(SftpExchange(door(desk.secret(**told)))) as opened:
        yield opened


def refusal(desk: SftpDesk, **told: Any) -> ExchangeFailed:
    with line(desk, **told) as to, pytest.raises(ExchangeFailed) as refused:
        to.send("a.837", CLAIMS)
    return refused.value


def test_a_file_arrives_whole_and_under_its_own_name_alone(desk: SftpDesk) -> None:
    with line(desk) as to:
        assert to.send("a.837", CLAIMS) == "taken"
    assert desk.names() == {"a.837"}
    assert (desk.inbound / "a.837").read_bytes() == CLAIMS


def test_the_same_again_is_known_and_other_bytes_are_refused(desk: SftpDesk) -> None:
    with line(desk) as to:
        assert to.send("a.837", CLAIMS) == "taken"
        assert to.send("a.837", CLAIMS) == "known"
    with line(desk) as to:
        assert to.send("a.837", CLAIMS) == "known"
        for other in (CLAIMS[:-1], CLAIMS[:-1] + b"!"):
            with pytest.raises(NameTaken):
                to.send("a.837", other)
    assert (desk.inbound / "a.837").read_bytes() == CLAIMS


def test_all_calls_of_a_look_share_one_connection(desk: SftpDesk) -> None:
    with line(desk) as to:
        for number in range(5):
            to.send(f"{number}.837", b"ISA")
        to.waiting()
    assert desk.connections == 1


def test_a_server_with_another_key_gets_neither_name_nor_file(desk: SftpDesk) -> None:
    failed = refusal(desk, host_keys=known_hosts_line(key("ssh-ed25519", 1)))
    assert isinstance(failed, HostKeyUnknown)
    assert not failed.temporary
    assert desk.connections > 0
    assert (desk.greeted, desk.names()) == ([], set())


def test_a_key_that_changes_later_is_noticed(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as first, line(first) as to:
        to.send("a.837", CLAIMS)
        pinned = first.secret()["host_keys"]
    with sftp_server(tmp_path, [key("ssh-ed25519", 2)]) as changed:
        assert isinstance(refusal(changed, host_keys=pinned), HostKeyUnknown)
        assert changed.greeted == []


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
@pytest.mark.parametrize("form", [fingerprint, known_hosts_line])
def test_any_of_the_server_s_keys_may_be_pinned_in_either_form(
    tmp_path: Path, kind: str, form: Any
) -> None:
    keys = [key("ssh-ed25519"), key("ecdsa-sha2-nistp256"), key("ssh-rsa")]
    pinned = next(one for one in keys if one.get_algorithm() == kind)
    with sftp_server(tmp_path, keys) as desk, line(desk, host_keys=form(pinned)) as to:
        assert to.send("a.837", CLAIMS) == "taken"


def test_a_password_will_do_and_a_wrong_one_is_told_apart(desk: SftpDesk) -> None:
    with line(desk, private_key="", password=PASSWORD) as to:
        assert to.send("a.837", CLAIMS) == "taken"
    for wrong in (
        {"private_key": "", "password": "another"},
        {"private_key": key("ssh-ed25519", 5).export_private_key().decode()},
    ):
        failed = refusal(desk, **wrong)
        assert isinstance(failed, KeyRefused)
        assert not failed.temporary


def test_a_key_that_is_none_is_the_operator_s_to_mend(desk: SftpDesk) -> None:
    assert isinstance(refusal(desk, private_key="no key"), Misconfigured)


def test_half_an_upload_is_never_taken_for_the_file(desk: SftpDesk) -> None:
    desk.breaks_after = 60_000
    failed = refusal(desk)
    assert isinstance(failed, Unreachable)
    assert failed.temporary
    assert desk.names() == {"a.837.part"}
    assert (desk.inbound / "a.837.part").stat().st_size < len(CLAIMS)
    desk.breaks_after = None
    # It may be that another still writes it.
    assert isinstance(refusal(desk), Unreachable)
    touched(desk.inbound / "a.837.part", exchange_sftp.ABANDONED_SECONDS + 5)
    with line(desk) as to:
        assert to.send("a.837", CLAIMS) == "taken"
    assert desk.names() == {"a.837"}
    assert (desk.inbound / "a.837").read_bytes() == CLAIMS


def test_whoever_is_second_finds_the_file_known(desk: SftpDesk) -> None:
    def another() -> None:
        desk.before_rename = None
        (desk.inbound / "a.837").write_bytes(CLAIMS)

    desk.before_rename = another
    with line(desk) as to:
        assert to.send("a.837", CLAIMS) == "known"
    assert desk.names() == {"a.837"}


def test_a_dead_server_may_do_better_later(desk: SftpDesk) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        failed = refusal(desk, base_url=f"sftp://caresmith@127.0.0.1:{port}")
    assert isinstance(failed, Unreachable)


def test_one_that_never_speaks_is_not_waited_for(
    desk: SftpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange_sftp, "CONNECT_SECONDS", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        failed = refusal(desk, base_url=f"sftp://caresmith@127.0.0.1:{port}")
    assert isinstance(failed, Unreachable)


def test_one_that_stops_in_the_middle_is_given_up(
    desk: SftpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.hangs_after = 60_000
    monkeypatch.setattr(exchange_sftp, "FILES_SECONDS", 1.0)
    failed = refusal(desk)
    assert isinstance(failed, TimedOut)
    assert failed.temporary


def test_a_folder_that_is_not_there_is_said(desk: SftpDesk) -> None:
    assert isinstance(refusal(desk, send_folder="elsewhere"), NoFolder)
    with line(desk, receive_folder="elsewhere") as to, pytest.raises(NoFolder):
        to.waiting()


def test_what_waits_is_listed_by_its_age_page_by_page_and_stays(desk: SftpDesk) -> None:
    for number in range(7):
        desk.has(f"{number}.835", b"x" * number, age=9000 - number)
    (desk.outbound / "archive").mkdir()
    desk.has(".hidden", b"x")
    desk.has("next.835.part", b"x")
    desk.has("now.835", b"x", age=0)
    with line(desk) as to:
        first = to.waiting(limit=5)
        assert [one.name for one in first.files] == [f"{n}.835" for n in range(5)]
        assert [one.size for one in first.files] == list(range(5))
        assert {one.sha256 for one in first.files} == {None}
        assert first.next is not None
        second = to.waiting(first.next, limit=5)
        assert [one.name for one in second.files] == ["5.835", "6.835"]
        assert second.next is None
        assert to.fetch("6.835") == b"x" * 6
    # What appears late among older ones is seen by the next look.
    desk.has("late.835", b"x", age=8000 + 3600)
    with line(desk) as to:
        again = to.waiting(second.resume or "")
    assert "late.835" in [one.name for one in again.files]
    assert len(list(desk.outbound.iterdir())) == 12


def test_old_files_are_left_behind_at_last(desk: SftpDesk) -> None:
    desk.has("old.835", b"x", age=exchange_sftp.OVERLAP_SECONDS + 7200)
    desk.has("new.835", b"x")
    with line(desk) as to:
        resume = to.waiting().resume
    with line(desk) as to:
        assert [one.name for one in to.waiting(resume or "").files] == ["new.835"]


def test_one_that_is_gone_or_too_large_is_not_read(
    desk: SftpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.has("big.835", b"x" * 100)
    monkeypatch.setattr(exchange_sftp, "MOST_FILE_BYTES", 99)
    with line(desk) as to:
        for name in ("big.835", "gone.835"):
            with pytest.raises(Garbled):
                to.fetch(name)


def test_questions_in_real_time_need_another_way(desk: SftpDesk) -> None:
    with line(desk) as to, pytest.raises(NotConfigured):
        to.ask(b"ISA")
