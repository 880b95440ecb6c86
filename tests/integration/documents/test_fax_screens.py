"""The console's fax inbox."""

from __future__ import annotations

import re

import pytest

from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Role
from tests.integration.documents.conftest import PDF, Files
from tests.integration.documents.test_faxes import came, fax, waiting
from tests.integration.documents.test_screens import BASE, adding, chart, seen, sent
from tests.integration.documents.test_uploading import EICAR, audited
from tests.support.client import call

FAXES = f"{BASE}/faxes"


def test_a_fax_is_seen_matched_to_a_patient_and_then_in_the_history(files: Files) -> None:
    document = came(files)
    text = seen(files, FAXES)
    for shown in ("+1 312 555 0177", f"{FAXES}/{document}", "Mar 2, 8:15 AM"):
        assert shown in text
    page = seen(files, f"{FAXES}/{document}")
    assert "Whose is it?" in page
    assert 'hx-post="/console/patients/pick"' in page
    assert 'value="2026-03-02"' in page
    assert "<iframe" in seen(files, f"{FAXES}/{document}/preview")
    assert (
        "X-Amz-Expires=60"
        in call("GET", f"{FAXES}/{document}/download", caller=files.caller).headers["location"]
    )
    reply = sent(
        files,
        f"{FAXES}/{document}/assign",
        patient_id=files.patient,
        patient_name="Ana Example",
        text="",
        title="Records from Lakeside",
        category="lab",
        date="2026-03-01",
    )
    assert (reply.status, reply.headers["location"]) == (303, f"{FAXES}#saved"), reply.text
    [filed] = files.listed()
    assert (filed["title"], filed["origin"]) == ("Records from Lakeside", "fax")
    assert filed["date"].startswith("2026-03-01")
    assert filed["needs_review"] is False, "the box was not ticked"
    assert "No fax waits." in seen(files, FAXES)
    history = seen(files, f"{FAXES}/settled")
    assert "Example, Ana" in history
    assert chart(files, f"/{document}") in history
    actions = {entry.action for entry in audited(files)}
    assert {"documents.view-fax", "documents.download-fax", "documents.assign-fax"} <= actions


def test_what_is_left_out_is_said_beside_its_field_and_the_fax_waits_on(files: Files) -> None:
    document = came(files)
    reply = sent(files, f"{FAXES}/{document}/assign", patient_id="", title="", category="lab")
    assert reply.status == 422
    assert reply.text.count("This is needed.") == 2
    gone = {"patient_id": PatientId.new(), "title": "Records", "category": "lab"}
    reply = sent(files, f"{FAXES}/{document}/assign", **gone)
    assert (reply.status, "no such chart" in reply.text) == (404, True)
    reply = sent(files, f"{FAXES}/{document}/dismiss", reason="")
    assert (reply.status, "<details open>" in reply.text) == (422, True)
    assert len(waiting(files)) == 1


def test_an_advertisement_is_dismissed_and_stays_in_the_history(files: Files) -> None:
    document = came(files)
    reply = sent(files, f"{FAXES}/{document}/dismiss", reason="Advertisement")
    assert (reply.status, reply.headers["location"]) == (303, f"{FAXES}#saved")
    assert "Dismissed" in seen(files, f"{FAXES}/settled")
    late = sent(files, f"{FAXES}/{document}/assign", patient_id=files.patient, title="A")
    assert (late.status, "already" in late.text) == (409, True)


def test_an_infected_fax_is_never_shown_and_says_what_to_do(files: Files) -> None:
    document = came(files, fax(b"%PDF-1.4\n" + EICAR + b"\n%%EOF"))
    told = seen(files, f"{FAXES}/{document}/preview")
    assert "holds malware" in told
    assert "Dismiss it" in told
    assert "amz" not in told.lower()
    assert call("GET", f"{FAXES}/{document}/download", caller=files.caller).status == 422
    given = {"patient_id": files.patient, "title": "Records", "category": "lab"}
    reply = sent(files, f"{FAXES}/{document}/assign", **given)
    assert (reply.status, "holds malware" in reply.text) == (422, True)
    assert files.listed() == []


def test_while_a_fax_is_scanned_the_page_asks_again(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARESMITH_MALWARE_SCAN", "guardduty")
    document = came(files)
    told = seen(files, f"{FAXES}/{document}/preview")
    assert "Being scanned" in told
    assert re.search(rf'hx-get="{FAXES}/{document}/preview"[^>]*delay', told)


def test_the_menu_counts_what_waits_for_who_may_read_it(files: Files) -> None:
    came(files)
    came(files, fax(fax_id="vendor-2"))
    assert ">2<" in seen(files, f"{FAXES}/count")
    assert f'href="{FAXES}"' in seen(files, chart(files))
    desk = files.as_role(Role.FRONT_DESK)
    assert f'href="{FAXES}"' not in seen(desk, adding(desk))
    assert call("GET", f"{FAXES}/count", caller=desk.caller).status == 403


def test_who_may_read_and_not_change_sees_a_fax_without_its_forms(files: Files) -> None:
    document = came(files)
    reader = files.as_role(Role.EMERGENCY)
    assert "Whose is it?" not in seen(reader, f"{FAXES}/{document}")
    for form in ("assign", "dismiss"):
        assert sent(reader, f"{FAXES}/{document}/{form}").status == 403


def test_there_is_no_page_for_a_fax_that_never_came(files: Files) -> None:
    for part in ("", "/preview", "/download"):
        path = f"{FAXES}/{DocumentId.new()}{part}"
        assert call("GET", path, caller=files.caller).status == 404


def test_a_tiff_is_given_to_be_saved(files: Files) -> None:
    document = came(files, fax(b"II*\0\x08\0\0\0\1\0" + b"\0" * 40))
    assert "Download it" in seen(files, f"{FAXES}/{document}/preview")
    assert PDF not in seen(files, f"{FAXES}/{document}").encode()
