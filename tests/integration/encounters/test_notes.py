"""A note through the front door: saved, fought over, signed, added to, co-signed, closed."""

from __future__ import annotations

import pytest

from caresmith.events import EncounterClosed, NoteSigned
from caresmith.ids import EncounterId, ProviderId
from caresmith.records.clinical.layout import encounter_key
from caresmith.sealing import Sealer
from caresmith.settings import Domain
from functions.encounters.records import Signature, sign_key
from functions.encounters.signatures import Signed
from tests.integration.encounters.conftest import CODED, Clinic
from tests.support.events import told


def hpi(note: dict[str, object]) -> str:
    sections = {s["key"]: s["text"] for s in note["sections"]}  # type: ignore[attr-defined]
    return str(sections["hpi"])


def test_a_visit_from_its_first_word_to_its_charge(clinic: Clinic) -> None:
    opened = clinic.open(reason="Cough")
    key = opened["encounter_id"]
    assert (opened["status"], opened["missing"]) == (
        "arrived",
        ["signature", "diagnosis", "service"],
    )
    editor = clinic.editor(key)
    assert editor.save("Coughs since Monday.").json["note_version"] == 1
    assert clinic.encounter(key)["status"] == "in-progress"
    assert editor.save("Coughs since Monday. No fever.").json["note_version"] == 2

    signed = clinic.sign(key, 2)
    assert signed.status == 200, signed.text
    assert (signed.json["state"], signed.json["intact"]) == ("signed", True)
    assert clinic.encounter(key)["missing"] == ["diagnosis", "service"]
    coded = clinic.code(key)
    assert coded.status == 200, coded.text
    assert (coded.json["status"], coded.json["missing"]) == ("finished", [])
    closed = told(clinic.small.practice, EncounterClosed)
    assert [(e.encounter_id, e.chargeable) for e in closed] == [(key, True)]
    assert len(told(clinic.small.practice, NoteSigned)) == 1
    assert clinic.summary()["encounters"] == []


def test_it_closes_too_when_the_codes_were_there_first(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save("Well.")
    assert clinic.code(key).json["status"] == "in-progress"
    assert clinic.sign(key, 1).status == 200
    assert clinic.encounter(key)["status"] == "finished"
    assert len(told(clinic.small.practice, EncounterClosed)) == 1


def test_a_visit_that_is_not_charged_closes_without_codes(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save("Dressing changed.")
    assert clinic.code(key, {"no_charge": "Post-operative, global period"}).status == 200
    assert clinic.sign(key, 1).status == 200
    assert [e.chargeable for e in told(clinic.small.practice, EncounterClosed)] == [False]


def test_of_two_editors_the_second_is_told_and_both_texts_are_kept(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    ana, assistant = clinic.editor(key), clinic.editor(key, clinic.assistant)
    assert ana.save("Ana writes.").status == 200
    late = assistant.save("The assistant writes.")
    assert (late.status, late.json["type"].rpartition("/")[2]) == (412, "note-conflict")
    assert late.json["current_version"] == 1
    note = clinic.note(key)
    assert hpi(note) == "Ana writes."
    [side] = note["waiting"]
    assert side["body"]["sections"][0]["text"] == "The assistant writes."
    assert side["saved_by"] == clinic.assistant.user_id

    again = assistant.send("The assistant writes.", 0, 1)
    assert again.status == 412
    assert len(clinic.note(key)["waiting"]) == 1, "a repeated try is kept once"

    refused = clinic.sign(key, 1)
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "texts-to-merge")
    assistant.read = 1
    merged = assistant.save("Ana writes. The assistant writes.", merges=(side["side_id"],))
    assert merged.json["note_version"] == 2
    assert clinic.note(key)["waiting"] == []
    assert clinic.sign(key, 2).status == 200


def test_an_editor_that_lost_the_answer_goes_on_without_a_conflict(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    editor = clinic.editor(key)
    assert editor.send("One", 0, 1).json["note_version"] == 1
    assert editor.send("One", 0, 1).json["note_version"] == 1, "the same text once"
    assert editor.send("One two", 0, 2).json["note_version"] == 2, "its own next text"
    assert editor.send("One tw", 1, 1).json["note_version"] == 2, "one that comes late is kept"
    assert hpi(clinic.note(key)) == "One two"
    assert clinic.note(key)["waiting"] == []
    stranger = clinic.editor(key, clinic.ben)
    assert stranger.send("Mine", 1, 1).status == 412


def test_a_signed_text_never_changes_and_what_comes_later_is_kept_beside_it(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    editor, late = clinic.editor(key), clinic.editor(key, clinic.assistant)
    editor.save("Signed words.")
    late.read = 1
    assert clinic.sign(key, 1).status == 200
    refused = late.save("Signed words. And more.")
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "note-signed")
    note = clinic.note(key)
    assert hpi(note) == "Signed words."
    assert note["waiting"][0]["body"]["sections"][0]["text"] == "Signed words. And more."
    assert note["intact"]
    text = clinic.get(f"/encounters/{key}/note/versions/1").json
    assert text["sections"][0]["text"] == "Signed words."


def test_addenda_add_and_the_same_one_sent_twice_stands_once(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save("Signed words.")
    path = f"/encounters/{key}/note/addenda"
    early = clinic.post(path, {"text": "Later I learned"})
    assert (early.status, early.json["type"].rpartition("/")[2]) == (409, "note-not-signed")
    clinic.sign(key, 1)
    for _ in range(2):
        added = clinic.post(path, {"text": "Later I learned"})
        assert added.status == 201, added.text
    assert (added.json["fhir_status"], added.json["intact"]) == ("amended", True)
    roles = [(s["number"], s["role"], s["text"]) for s in added.json["signatures"]]
    assert roles == [(1, "author", ""), (2, "addendum", "Later I learned")]
    assert hpi(added.json) == "Signed words."


def test_an_assistant_signs_with_a_cosigner_and_the_visit_waits_for_them(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key, clinic.assistant).save("Seen by the assistant.")
    clinic.code(key)
    alone = clinic.sign(key, 1, caller=clinic.assistant)
    assert (alone.status, alone.json["type"].rpartition("/")[2]) == (409, "needs-cosigner")
    unknown = clinic.sign(key, 1, caller=clinic.assistant, cosigner_id=ProviderId.new())
    assert unknown.status == 422
    signed = clinic.sign(key, 1, caller=clinic.assistant, cosigner_id=clinic.small.ben)
    assert signed.json["fhir_status"] == "preliminary"
    assert clinic.encounter(key)["missing"] == ["cosignature"]
    to_do = clinic.get("/encounters/to-finish", caller=clinic.ben).json["encounters"]
    assert [(e["encounter_id"], e["what"]) for e in to_do] == [(key, "cosign")]

    path = f"/encounters/{key}/note/cosignature"
    assert clinic.post(path, {}, caller=clinic.assistant).status == 403
    done = clinic.post(path, {"attestation": "Agreed."}, caller=clinic.ben)
    assert done.status == 200, done.text
    assert clinic.post(path, {"attestation": "Agreed."}, caller=clinic.ben).status == 200
    assert [s["role"] for s in clinic.note(key)["signatures"]] == ["author", "cosigner"]
    assert clinic.encounter(key)["status"] == "finished"
    assert clinic.get("/encounters/to-finish", caller=clinic.ben).json["encounters"] == []
    assert clinic.get("/encounters/to-finish").json["encounters"] == []


def test_an_empty_note_an_old_version_and_a_second_signature_are_refused(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    assert clinic.sign(key, 0).status == 404
    editor = clinic.editor(key)
    editor.save("   ")
    assert clinic.sign(key, 1).status == 422
    editor.save("Words")
    assert clinic.sign(key, 1).status == 412
    assert clinic.sign(key, 2).status == 200
    assert clinic.sign(key, 2).status == 200, "the same signature, sent again"
    other = clinic.sign(key, 2, caller=clinic.ben)
    assert (other.status, other.json["type"].rpartition("/")[2]) == (409, "note-signed")
    assert len(clinic.note(key)["signatures"]) == 1


def test_a_note_of_a_megabyte_is_refused_and_nothing_is_written(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    editor = clinic.editor(key)
    huge = editor.save("word " * 210_000)
    assert (huge.status, huge.json["type"].rpartition("/")[2]) == (413, "body-too-large")
    long = editor.save("word " * 22_000)
    assert long.status == 422, long.text
    assert "sections" in long.text or "100 KB" in long.text
    assert clinic.get(f"/encounters/{key}/note").status == 404
    assert clinic.encounter(key)["note_version"] == 0
    fits = editor.save("word " * 20_000)
    assert fits.status == 200, fits.text


def test_a_text_that_was_changed_underneath_shows(clinic: Clinic) -> None:
    key = EncounterId(clinic.open()["encounter_id"])
    clinic.editor(key).save("Signed words.")
    clinic.sign(key, 1)
    practice = clinic.small.practice
    item = Signature.get(encounter_key(practice, key), sign_key(1))
    sealer = Sealer(practice, Domain.CLINICAL)
    record = f"{key}#sign#1"
    signed = sealer.unseal(record, "signature", item.sealed, Signed)
    forged = signed.model_copy(update={"text_sha256": "0" * 64})
    item.sealed = sealer.seal(record, "signature", forged)
    item.save()
    assert clinic.note(key)["intact"] is False


def test_what_nobody_sees_is_taken_out_and_every_word_stays(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    clinic.editor(key).save("\ufeffZeile\r\nna\u00efve\u202e cafe\u0301\x0bend\x00")
    assert hpi(clinic.note(key)) == "Zeile\nnaïve café\nend"


def test_copied_lines_are_marked_until_they_are_edited(clinic: Clinic) -> None:
    first = clinic.open()["encounter_id"]
    clinic.editor(first).save("Asthma since 2019.\nUses a spacer.")
    second = clinic.open()["encounter_id"]
    editor = clinic.editor(second)
    body = {"from_encounter": first, "sections": ["hpi"], "editor": editor.name, "turn": 1}
    path = f"/encounters/{second}/note/copy-forward"
    copied = clinic.post(path, body, headers={"If-Match": '"0"'})
    assert copied.status == 200, copied.text
    section = clinic.note(second)["sections"][0]
    assert section["text"] == "Asthma since 2019.\nUses a spacer."
    marks = [(c["line"], c["encounter_id"], c["note_version"]) for c in section["copied"]]
    assert marks == [(0, first, 1), (1, first, 1)]

    editor.read, editor.turn = 1, 1
    editor.save("New today.\nAsthma since 2019.\nNo longer uses a spacer.")
    section = clinic.note(second)["sections"][0]
    assert [c["line"] for c in section["copied"]] == [1]
    again = clinic.post(path, {**body, "turn": 3}, headers={"If-Match": '"2"'})
    assert again.status == 200
    text = clinic.note(second)["sections"][0]["text"]
    assert text.startswith("New today.\nAsthma since 2019.\nNo longer uses a spacer.\nAsthma")


def test_a_note_is_copied_from_the_same_patient_only(clinic: Clinic) -> None:
    from tests.support.practices import add_patient

    other = clinic.open(patient_id=add_patient(clinic.small.practice, "Roe"))["encounter_id"]
    clinic.editor(other).save("Somebody else's words.")
    mine = clinic.open()["encounter_id"]
    body = {"from_encounter": other, "sections": ["hpi"], "editor": "editor-x", "turn": 1}
    path = f"/encounters/{mine}/note/copy-forward"
    assert clinic.post(path, body, headers={"If-Match": '"0"'}).status == 404


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_nothing_is_written_about_a_visit_that_was_not(clinic: Clinic, status: str) -> None:
    opened = clinic.open()
    key = opened["encounter_id"]
    moved = clinic.post(
        f"/encounters/{key}/status", {"status": status}, headers={"If-Match": '"1"'}
    )
    assert moved.status == 200, moved.text
    refused = clinic.editor(key).save("Words")
    assert (refused.status, refused.json["type"].rpartition("/")[2]) == (409, "encounter-over")


def test_codes_that_make_no_claim_are_refused(clinic: Clinic) -> None:
    key = clinic.open()["encounter_id"]
    wrong = {
        "services": [{"code": {"system": CODED["services"][0]["code"]["system"], "code": "99213"}}]
    }
    assert clinic.code(key, wrong).status == 422
    points_nowhere = {**CODED, "services": [{**CODED["services"][0], "diagnoses": [2]}]}
    assert clinic.code(key, points_nowhere).status == 422
    snomed = {"diagnoses": [{"code": {"system": "http://snomed.info/sct", "code": "195967001"}}]}
    assert clinic.code(key, snomed).status == 422
    assert clinic.encounter(key)["missing"] == ["signature", "diagnosis", "service"]
