"""Whatever editors, signers and networks do to a note, no word is lost and nothing signed changes.

Editors save over what they read, lose answers, repeat requests, send them late;
people sign, add and co-sign in between. After every step: each text that was
taken or told to be kept can be read; each signed version says what it said;
the signatures hold.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from caresmith.clock import SystemClock
from caresmith.ids import PracticeId
from caresmith.keystore import create_keys
from tests.integration.encounters.conftest import Clinic, Editor, clinician
from tests.support.client import Reply
from tests.support.practices import add_patient, small_practice

WORDS = ["fever", "cough", "rash", "better", "worse", "naïve", "痛み"]
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
WHICH = st.integers(0, 2)
KEPT = {"note-conflict", "note-signed"}


def kind(reply: Reply) -> str:
    return str(reply.json["type"].rpartition("/")[2]) if reply.status >= 400 else ""


class NoteMachine(RuleBasedStateMachine):
    practice: PracticeId

    @initialize()
    def open(self) -> None:
        small = small_practice(self.practice)
        self.clinic = Clinic(
            small,
            add_patient(self.practice),
            clinician(self.practice, small.ana),
            clinician(self.practice, small.ben),
            clinician(self.practice, None),
        )
        self.key = self.clinic.open()["encounter_id"]
        people = (self.clinic.ana, self.clinic.ben, self.clinic.assistant)
        self.editors: list[Editor] = [self.clinic.editor(self.key, who) for who in people]
        self.sent: list[tuple[int, str, int, int]] = []
        self.acknowledged: set[str] = set()
        self.signed: dict[int, Any] = {}
        self.addenda: list[str] = []

    # -- what people do -----------------------------------------------------

    def _took(self, text: str, reply: Reply) -> None:
        assert reply.status in (200, 409, 412), reply.text
        if reply.status == 200 or kind(reply) in KEPT:
            self.acknowledged.add(text)

    @rule(which=WHICH, text=TEXTS)
    def save(self, which: int, text: str) -> None:
        editor = self.editors[which]
        read = editor.read
        reply = editor.save(text)
        self.sent.append((which, text, read, editor.turn))
        self._took(text, reply)

    @rule(which=WHICH, text=TEXTS)
    def save_and_lose_the_answer(self, which: int, text: str) -> None:
        editor = self.editors[which]
        editor.turn += 1
        self.sent.append((which, text, editor.read, editor.turn))
        self._took(text, editor.send(text, editor.read, editor.turn))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        which, text, read, turn = data.draw(st.sampled_from(self.sent))
        self._took(text, self.editors[which].send(text, read, turn))

    @rule(which=WHICH)
    def read_again(self, which: int) -> None:
        reply = self.clinic.get(f"/encounters/{self.key}/note")
        if reply.status == 200:
            self.editors[which].read = reply.json["note_version"]

    @rule(which=WHICH, text=TEXTS)
    def merge_what_waits(self, which: int, text: str) -> None:
        reply = self.clinic.get(f"/encounters/{self.key}/note")
        if reply.status != 200 or not reply.json["waiting"]:
            return
        editor = self.editors[which]
        editor.read = reply.json["note_version"]
        merges = tuple(side["side_id"] for side in reply.json["waiting"])
        self._took(text, editor.save(text, merges=merges))

    @rule(which=WHICH, cosigned=st.booleans())
    def sign(self, which: int, cosigned: bool) -> None:
        editor = self.editors[which]
        body = {"cosigner_id": self.clinic.small.ben} if cosigned else {}
        reply = self.clinic.sign(self.key, editor.read, caller=editor.caller, **body)
        assert reply.status in (200, 404, 409, 412, 422), reply.text
        if reply.status == 200 and not self.signed:
            version = reply.json["note_version"]
            self.signed[version] = self.clinic.get(self._version(version)).json

    @rule(which=WHICH, text=TEXTS)
    def add(self, which: int, text: str) -> None:
        path = f"/encounters/{self.key}/note/addenda"
        reply = self.clinic.post(path, {"text": text}, caller=self.editors[which].caller)
        assert reply.status in (201, 404, 409), reply.text
        if reply.status == 201:
            self.addenda.append(text)

    @rule(which=WHICH)
    def cosign(self, which: int) -> None:
        path = f"/encounters/{self.key}/note/cosignature"
        reply = self.clinic.post(path, {}, caller=self.editors[which].caller)
        assert reply.status in (200, 403, 404, 409), reply.text

    @rule(charged=st.booleans())
    def code(self, charged: bool) -> None:
        reply = self.clinic.code(self.key, None if charged else {"no_charge": "Courtesy"})
        assert reply.status in (200, 409), reply.text

    # -- what must be true --------------------------------------------------

    def _version(self, version: int) -> str:
        return f"/encounters/{self.key}/note/versions/{version}"

    @invariant()
    def every_word_can_be_read(self) -> None:
        reply = self.clinic.get(f"/encounters/{self.key}/note")
        if reply.status == 404:
            assert not self.acknowledged
            return
        lines = self.clinic.get(f"/encounters/{self.key}/note/versions").json["versions"]
        numbers = [line["note_version"] for line in lines]
        assert numbers == list(range(1, reply.json["note_version"] + 1))
        texts = {self.clinic.get(self._version(n)).json["sections"][0]["text"] for n in numbers}
        sides = self.clinic.get(f"/encounters/{self.key}/note/beside").json["texts"]
        texts |= {side["body"]["sections"][0]["text"] for side in sides}
        assert self.acknowledged <= texts
        waiting = {side["side_id"] for side in reply.json["waiting"]}
        assert waiting == {side["side_id"] for side in sides if side["merged_in"] is None}

    @invariant()
    def what_was_signed_stands(self) -> None:
        for version, text in self.signed.items():
            assert self.clinic.get(self._version(version)).json == text
            note = self.clinic.note(self.key)
            assert note["intact"]
            assert (note["state"], note["note_version"]) == ("signed", version)
            roles = [signature["role"] for signature in note["signatures"]]
            assert roles[0] == "author"
            assert roles.count("author") == 1
            assert roles.count("cosigner") <= 1
            kept = [s["text"] for s in note["signatures"] if s["role"] == "addendum"]
            assert set(kept) == set(self.addenda)
        visit = self.clinic.encounter(self.key)
        assert (visit["status"] == "finished") is (visit["missing"] == [])


@pytest.mark.parametrize("examples", [12])
def test_no_sequence_loses_a_word_or_changes_what_was_signed(aws: str, examples: int) -> None:
    practice = PracticeId.new()
    create_keys(practice, SystemClock())
    NoteMachine.practice = practice
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        NoteMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
