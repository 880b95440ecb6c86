"""Sealing under a practice's own keys, against KMS as moto has it."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from caresmith import keystore
from caresmith.blindindex import BlindIndex
from caresmith.clock import SystemClock
from caresmith.errors import Unavailable
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys, forget_keys, key_ring, rotate_key
from caresmith.sealing import CannotUnseal, Sealer
from caresmith.settings import Domain


class Secret(BaseModel):
    text: str


def test_what_was_sealed_opens_for_the_same_record(practice: PracticeId) -> None:
    sealer = Sealer(practice, Domain.PATIENTS)
    sealed = sealer.seal("pat_1", "demographics", Secret(text="Ngọc Ánh"))
    assert "Ngọc".encode() not in sealed
    assert sealer.unseal("pat_1", "demographics", sealed, Secret) == Secret(text="Ngọc Ánh")


def test_it_opens_nowhere_else(practice: PracticeId, aws: str) -> None:
    other = PracticeId.new()
    create_keys(other, SystemClock())
    sealed = Sealer(practice, Domain.PATIENTS).seal("pat_1", "demographics", Secret(text="x"))
    elsewhere = [
        (practice, Domain.PATIENTS, "pat_2", "demographics"),
        (practice, Domain.PATIENTS, "pat_1", "contact"),
        (practice, Domain.SCHEDULE, "pat_1", "demographics"),
        (other, Domain.PATIENTS, "pat_1", "demographics"),
    ]
    for owner, domain, record, group in elsewhere:
        with pytest.raises(CannotUnseal):
            Sealer(owner, domain).unseal(record, group, sealed, Secret)


def test_one_changed_bit_is_noticed(practice: PracticeId) -> None:
    sealer = Sealer(practice, Domain.PATIENTS)
    sealed = sealer.seal("pat_1", "demographics", Secret(text="x"))
    for position in range(0, len(sealed), 7):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises(CannotUnseal):
            sealer.unseal_bytes("pat_1", "demographics", bytes(changed))


def test_after_rotation_old_records_open_and_tokens_stay(practice: PracticeId) -> None:
    sealer = Sealer(practice, Domain.PATIENTS)
    old = sealer.seal("pat_1", "demographics", Secret(text="old"))
    token = BlindIndex(practice, Domain.PATIENTS).token("family", "garcia")
    before = key_ring(practice, Domain.PATIENTS).current
    assert rotate_key(practice, Domain.PATIENTS, SystemClock()) == 2
    after = key_ring(practice, Domain.PATIENTS).current
    assert before.sealing != after.sealing
    assert sealer.unseal("pat_1", "demographics", old, Secret).text == "old"
    new = sealer.seal("pat_1", "demographics", Secret(text="new"))
    assert sealer.unseal("pat_1", "demographics", new, Secret).text == "new"
    assert BlindIndex(practice, Domain.PATIENTS).token("family", "garcia") == token


def test_a_warm_process_asks_kms_nothing_for_a_hundred_records(
    practice: PracticeId, monkeypatch: pytest.MonkeyPatch
) -> None:
    forget_keys()
    calls = []
    real = keystore.kms().decrypt
    monkeypatch.setattr(keystore.kms(), "decrypt", lambda **given: calls.append(1) or real(**given))
    sealer = Sealer(practice, Domain.PATIENTS)
    for number in range(100):
        sealed = sealer.seal(f"pat_{number}", "card", Secret(text="x"))
        sealer.unseal(f"pat_{number}", "card", sealed, Secret)
    assert len(calls) == 1


def test_tokens_of_two_practices_do_not_match(practice: PracticeId) -> None:
    other = PracticeId.new()
    create_keys(other, SystemClock())
    one, two = (BlindIndex(p, Domain.PATIENTS).token("family", "garcia") for p in (practice, other))
    assert one != two


def test_kind_and_value_do_not_run_together(practice: PracticeId) -> None:
    index = BlindIndex(practice, Domain.PATIENTS)
    assert index.token("a", "bc") != index.token("ab", "c")


def test_creating_keys_twice_changes_none(practice: PracticeId) -> None:
    before = key_ring(practice, Domain.PATIENTS).current
    create_keys(practice, SystemClock())
    forget_keys()
    assert key_ring(practice, Domain.PATIENTS).current == before


def test_a_practice_without_keys_is_told_so(aws: str) -> None:
    with pytest.raises(Unavailable):
        key_ring(PracticeId.new(), Domain.PATIENTS)
