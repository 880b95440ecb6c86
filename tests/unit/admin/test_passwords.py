"""Temporary passwords fit every pool's policy and never repeat."""

from __future__ import annotations

import re

from functions.admin.pool import new_password


def test_a_temporary_password_has_a_letter_of_each_kind() -> None:
    for _ in range(200):
        password = new_password()
        assert len(password) == 20
        for kind in (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]"):
            assert re.search(kind, password)


def test_a_temporary_password_holds_nothing_that_looks_alike() -> None:
    assert not set("".join(new_password() for _ in range(200))) & set("O0Il1")


def test_no_two_temporary_passwords_are_alike_or_shaped_alike() -> None:
    made = [new_password() for _ in range(200)]
    assert len(set(made)) == len(made)
    assert len({password[0].isupper() for password in made}) == 2
