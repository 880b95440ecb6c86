"""The note's drawers, the list of my work, phrases: as forms of the console."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from caresmith.permissions import Role
from tests.integration.encounters.conftest import Clinic, clinician
from tests.support.client import Caller, Reply, call
from tests.support.practices import add_patient


def post(clinic: Clinic, path: str, caller: Caller | None = None, **fields: Any) -> Reply:
    return call(
        "POST",
        f"/console/encounters/{path}",
        caller=caller or clinic.ana,
        form=[(name, str(value)) for name, value in fields.items()],
        headers={"HX-Request": "true"},
    )


def look(clinic: Clinic, path: str, caller: Caller | None = None, **query: str) -> Reply:
    return clinic.get(f"/console/encounters/{path}", caller=caller, **query)


@pytest.fixture
def written(clinic: Clinic) -> str:
    """A visit of Ana's with a note that is not signed yet."""
    key: str = clinic.open()["encounter_id"]
    clinic.editor(key).save("Wheezes at night.")
    return key


class TestSigning:
    def test_a_provider_signs_alone_and_the_page_shows_it(
        self, clinic: Clinic, written: str
    ) -> None:
        drawer = look(clinic, f"{written}/sign", version="1").text
        assert '<option value="">Nobody</option>' in drawer
        assert str(clinic.small.ana) not in drawer
        assert "a diagnosis" in drawer
        signed = post(clinic, f"{written}/sign", version=1)
        assert (signed.status, signed.headers["hx-redirect"]) == (
            204,
            f"/console/encounters/{written}",
        )
        assert clinic.note(written)["state"] == "signed"

    def test_with_a_cosigner_who_is_asked_and_signs(self, clinic: Clinic, written: str) -> None:
        assert (
            post(clinic, f"{written}/sign", version=1, cosigner_id=clinic.small.ben).status == 204
        )
        assert "It waits for Ben Example to co-sign." in look(clinic, written).text
        asked = look(clinic, written, clinic.ben).text
        assert "You are asked to co-sign this note." in asked
        assert f"/console/encounters/{written}/cosign" in asked
        assert look(clinic, f"{written}/cosign", clinic.ben).status == 200
        done = post(clinic, f"{written}/cosign", clinic.ben, attestation="I saw her too.")
        assert done.status == 204
        page = look(clinic, written).text
        assert "I saw her too." in page
        assert f"/console/encounters/{written}/cosign" not in page

    def test_the_author_is_not_offered_to_co_sign(self, clinic: Clinic, written: str) -> None:
        post(clinic, f"{written}/sign", version=1, cosigner_id=clinic.small.ben)
        assert f"{written}/cosign" not in look(clinic, written).text
        refused = post(clinic, f"{written}/cosign")
        assert refused.status == 403
        assert "did not sign" in refused.text

    def test_who_is_no_provider_must_name_one(self, clinic: Clinic, written: str) -> None:
        drawer = look(clinic, f"{written}/sign", clinic.assistant).text
        assert "Choose a provider" in drawer
        refused = post(clinic, f"{written}/sign", clinic.assistant, version=1)
        assert refused.status == 422
        assert 'id="f-cosigner_id-error"' in refused.text
        assert clinic.note(written)["state"] == "draft"

    @pytest.mark.parametrize("version", [0, 7, "x"])
    def test_only_what_the_signer_saw_is_signed(
        self, clinic: Clinic, written: str, version: int | str
    ) -> None:
        refused = post(clinic, f"{written}/sign", version=version)
        assert refused.status == 412
        assert refused.headers["x-form"] == "refused"
        assert clinic.note(written)["state"] == "draft"

    def test_text_that_waits_is_merged_first(self, clinic: Clinic, written: str) -> None:
        clinic.editor(written, clinic.ben).save("Other words")
        refused = post(clinic, f"{written}/sign", version=1)
        assert refused.status == 409
        assert "Text of another editor waits" in refused.text

    def test_what_comes_later_is_added(self, clinic: Clinic, written: str) -> None:
        post(clinic, f"{written}/sign", version=1)
        assert "<textarea" in look(clinic, f"{written}/addendum").text
        empty = post(clinic, f"{written}/addendum", text="  ")
        assert empty.status == 422
        assert 'id="f-text-error"' in empty.text
        assert post(clinic, f"{written}/addendum", text="Spacer given.").status == 204
        assert "Spacer given." in look(clinic, written).text


class TestLookingBack:
    def test_versions_say_who_and_each_what_changed(self, clinic: Clinic) -> None:
        key = clinic.open()["encounter_id"]
        editor = clinic.editor(key)
        editor.save("Wheezes.\nSleeps badly.")
        editor.save("Wheezes.\nSleeps <well>.")
        listed = look(clinic, f"{key}/versions").text
        assert listed.index("Version 2") < listed.index("Version 1")
        second = look(clinic, f"{key}/versions/2").text
        assert re.search(r"<ins>.*Sleeps &lt;well&gt;\.</ins>", second)
        assert re.search(r"<del>.*Sleeps badly\.</del>", second)
        assert "<ins>" not in second.split("Sleeps", 1)[0].split("Wheezes.")[0].split("History")[0]
        first = look(clinic, f"{key}/versions/1").text
        assert first.count("<ins>") == 2
        assert look(clinic, f"{key}/versions/3").status == 404

    def test_sections_of_an_earlier_note_are_offered(self, clinic: Clinic) -> None:
        before = clinic.open()["encounter_id"]
        clinic.editor(before).save("Known asthma.")
        bare = clinic.open()["encounter_id"]
        now = clinic.open()["encounter_id"]
        drawer = look(clinic, f"{now}/copy").text
        assert before in drawer
        assert f"copy/{now}" not in drawer
        assert "Known asthma." in look(clinic, f"{now}/copy/{before}").text
        assert "No note was written" in look(clinic, f"{now}/copy/{bare}").text

    def test_nobody_elses_note_is_offered(self, clinic: Clinic) -> None:
        other = clinic.open(patient_id=add_patient(clinic.small.practice))["encounter_id"]
        clinic.editor(other).save("Secret.")
        now = clinic.open()["encounter_id"]
        refused = look(clinic, f"{now}/copy/{other}")
        assert refused.status == 404
        assert "Secret" not in refused.text


class TestPhrases:
    def test_kept_changed_put_in_and_dropped(self, clinic: Clinic) -> None:
        kept = post(clinic, "phrases", name=".normal-lungs", text="Clear.", version=0)
        assert kept.status == 200
        assert '"normal-lungs": "Clear."' in unescape(kept.text)
        editing = look(clinic, "phrases", edit="normal-lungs").text
        assert "Change .normal-lungs" in editing
        clash = post(clinic, "phrases", name="normal-lungs", text="Other.", version=0)
        assert clash.status == 412
        changed = post(clinic, "phrases", name="normal-lungs", text="Clear both.", version=1)
        assert "Clear both." in changed.text
        assert "<b>.normal-lungs</b>" not in look(clinic, "phrases", clinic.ben).text
        dropped = post(clinic, "phrases/drop", name="normal-lungs", mine="true")
        assert "There is none yet." in dropped.text

    def test_one_for_everybody(self, clinic: Clinic) -> None:
        post(clinic, "phrases", name="bye", text="See you.", version=0, everybody="true")
        assert "See you." in look(clinic, "phrases", clinic.ben).text

    def test_a_name_that_is_none_is_refused_at_its_field(self, clinic: Clinic) -> None:
        refused = post(clinic, "phrases", name="Two words", text="", version=0)
        assert refused.status == 422
        assert 'id="f-name-error"' in refused.text
        assert 'id="f-text-error"' in refused.text
        assert "Two words" in refused.text


class TestMyWork:
    def test_notes_tasks_and_cosignatures_wait_here(self, clinic: Clinic, written: str) -> None:
        clinic.chart("tasks", {"what": "Call her", "owner_id": clinic.ben.user_id})
        clinic.chart("tasks", {"what": "Order inhalers"})
        other = clinic.open()["encounter_id"]
        clinic.editor(other).save("Short.")
        clinic.sign(other, 1, cosigner_id=clinic.small.ben)
        mine = look(clinic, "work").text
        assert f"/console/encounters/{written}" in mine
        assert "Call her" not in mine
        assert "Order inhalers" in mine
        bens = look(clinic, "work", clinic.ben).text
        assert "Read and co-sign" in bens
        assert f"/console/encounters/{other}" in bens
        assert "Call her" in bens
        assert ">2<" in look(clinic, "work/count", clinic.ben).text
        assert look(clinic, "work/count", clinic.assistant).text.strip() == ""

    def test_the_menu_leads_there(self, clinic: Clinic) -> None:
        assert 'href="/console/encounters/work"' in look(clinic, "work").text


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.BILLER, Role.MANAGER, Role.ADMIN])
    def test_nobody_else_reads_or_signs_a_note(
        self, clinic: Clinic, written: str, role: Role
    ) -> None:
        stranger = Caller(clinic.small.practice, roles=(role,))
        for path in ("", "/versions", "/versions/1", "/sign", "/addendum", "/cosign", "/copy"):
            refused = look(clinic, f"{written}{path}", stranger)
            assert refused.status == 403, path
            assert "Wheezes" not in refused.text
        assert look(clinic, "work", stranger).status == 403
        assert post(clinic, f"{written}/sign", stranger, version=1).status == 403
        assert clinic.note(written)["state"] == "draft"

    def test_in_an_emergency_nothing_is_offered_to_write(
        self, clinic: Clinic, written: str
    ) -> None:
        stranger = Caller(clinic.small.practice, roles=(Role.EMERGENCY,))
        page = look(clinic, written, stranger).text
        assert "Wheezes" in page
        assert "note-sign" not in page
        assert f"{written}/coding" not in page

    def test_another_practice_finds_no_note(self, clinic: Clinic, written: str) -> None:
        from caresmith.ids import PracticeId
        from tests.support.practices import small_practice

        elsewhere = small_practice(PracticeId.new())
        stranger = clinician(elsewhere.practice, elsewhere.ana)
        for path in ("", "/versions", "/sign", "/coding"):
            assert look(clinic, f"{written}{path}", stranger).status == 404
