"""What an operator may fill in for an SFTP server, and what of it is refused."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from caresmith.exchange_door import door, fingerprint, pins

KEY = b"\x00\x00\x00\x0bssh-ed25519\x00\x00\x00 " + b"k" * 32
BLOB = b64encode(KEY).decode()
PRINT = fingerprint(KEY)


def secret(**other: Any) -> dict[str, Any]:
    return {
        "base_url": "sftp://user@sftp.example.test:2222/claims/acme",
        "host_keys": PRINT,
        "password": "secret of the test",
        **other,
    }


def test_address_folders_and_credential_are_read() -> None:
    found = door(secret())
    assert (found.host, found.port, found.user) == ("sftp.example.test", 2222, "user")
    assert found.send_folder == "/claims/acme/inbound"
    assert found.receive_folder == "/claims/acme/outbound"
    assert "secret of the test" not in repr(found)


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("sftp://u@h", "inbound"),
        ("sftp://u@h/", "inbound"),
        ("sftp://u@h/~/claims", "claims/inbound"),
        ("sftp://u@h/a%20b/", "/a b/inbound"),
    ],
)
def test_a_folder_is_the_log_in_s_own_unless_it_says_otherwise(url: str, folder: str) -> None:
    assert door(secret(base_url=url)).send_folder == folder
    assert door(secret(base_url=url)).port == 22


def test_folders_have_the_clearinghouse_s_names() -> None:
    found = door(secret(send_folder="/SendFiles/", receive_folder="ReceiveFiles"))
    assert found.send_folder == "/claims/acme/SendFiles"
    assert found.receive_folder == "/claims/acme/ReceiveFiles"


@pytest.mark.parametrize(
    "line",
    [
        PRINT,
        f"ssh-ed25519 {BLOB}",
        f"sftp.example.test ssh-ed25519 {BLOB} a comment",
        f"[sftp.example.test]:2222,203.0.113.5 ssh-ed25519 {BLOB}",
        f"|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 {BLOB}",
    ],
)
def test_a_host_key_is_pinned_in_every_form_that_tools_print(line: str) -> None:
    assert pins(f"# from ssh-keyscan\n{line}\n\n") == {PRINT}
    assert pins([line]) == {PRINT}


@pytest.mark.parametrize(
    "wrong",
    [
        {"host_keys": ""},
        {"host_keys": "# nothing"},
        {"host_keys": "SHA256:short"},
        {"host_keys": f"@cert-authority *.example.test ssh-ed25519 {BLOB}"},
        {"host_keys": f"@revoked * ssh-ed25519 {BLOB}"},
        {"host_keys": "sftp.example.test ssh-ed25519 %%%"},
        {"host_keys": "sftp.example.test"},
        {"base_url": "sftp://sftp.example.test"},
        {"base_url": "sftp://user@"},
        {"base_url": "sftp://user:word@sftp.example.test"},
        {"base_url": "sftp://user@sftp.example.test:port"},
        {"password": ""},
        {"private_key": "both"},
    ],
)
def test_what_is_not_understood_is_refused_as_a_whole(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - some are the library's own
        door(secret(**wrong))
    assert "secret of the test" not in str(refused.value)
