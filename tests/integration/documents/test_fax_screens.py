"""The console's fax inbox."""

from __future__ import annotations

import re

import pytest
import requests

from caresmith.ids import DocumentId, PatientId, ProviderId
from caresmith.permissions import Role
from functions.documents import paging
from tests.integration.documents.test_faxes import came, fax, waiting
from tests.integration.documents.test_screens import BASE, adding, chart, seen, sent
from tests.integration.documents.test_uploading import EICAR, audited
from tests.support.client import Caller, call
from tests.support.filing import Files
from tests.support.practices import small_practice
from tests.support.tiffs import tiff

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
    assert f'href="{FAXES}"' in seen(desk, adding(desk))
    assert ">2<" in seen(desk, f"{FAXES}/count")
    for other in (Role.MANAGER, Role.BILLER, Role.ADMIN, Role.EMERGENCY):
        stranger = files.as_role(other)
        assert call("GET", f"{FAXES}/count", caller=stranger.caller).status == 403


def test_the_front_desk_files_a_fax_and_sees_it_no_more(files: Files) -> None:
    document = came(files)
    desk = files.as_role(Role.FRONT_DESK)
    assert "+1 312 555 0177" in seen(desk, FAXES)
    assert "What became of earlier ones" not in seen(desk, FAXES)
    assert "Whose is it?" in seen(desk, f"{FAXES}/{document}")
    assert "<iframe" in seen(desk, f"{FAXES}/{document}/preview")
    given = {"patient_id": files.patient, "title": "Records", "category": "lab"}
    assert sent(desk, f"{FAXES}/{document}/assign", **given).status == 303
    # In the chart, as the desk said; the desk itself has no way to it any more.
    [filed] = files.listed()
    assert (filed["title"], filed["category"]) == ("Records", "lab")
    for part in ("", "/preview", "/download"):
        assert call("GET", f"{FAXES}/{document}{part}", caller=desk.caller).status == 409, part
    for path in (
        f"/documents/faxes/{document}/content",
        chart(files),
        chart(files, f"/{document}"),
        chart(files, f"/{document}/preview"),
        chart(files, f"/{document}/download"),
        f"{FAXES}/settled",
        f"{FAXES}/reviews",
        "/documents/reviews",
        files.chart(),
        files.chart(f"/{document}"),
        files.chart(f"/{document}/content"),
    ):
        reply = call("GET", path, caller=desk.caller)
        assert reply.status in {403, 409}, path
        assert "amz" not in reply.text.lower(), path
    assert "No fax waits." in seen(desk, FAXES)


def test_the_front_desk_changes_nothing_of_a_chart_but_files_into_it(files: Files) -> None:
    document = files.filed()["document_id"]
    desk = files.as_role(Role.FRONT_DESK)
    for part, form in (
        ("/reviewed", {"version": "1"}),
        ("/change", {"version": "1", "title": "B"}),
        ("/release", {"version": "1", "released": "true"}),
        ("/entered-in-error", {"version": "1", "reason": "No"}),
    ):
        assert sent(desk, chart(files, f"/{document}{part}"), **form).status == 403, part


def test_a_fax_goes_to_the_provider_who_must_look_at_it(files: Files) -> None:
    document = came(files)
    desk = files.as_role(Role.FRONT_DESK)
    practice = small_practice(files.practice)
    ana, ben = practice.ana, practice.ben
    assert "Ana Example" in seen(desk, f"{FAXES}/{document}")
    given = {"patient_id": files.patient, "title": "Records", "category": "lab"}
    wrong = sent(desk, f"{FAXES}/{document}/assign", **given, reviewer_id=ProviderId.new())
    assert (wrong.status, "no provider of this practice" in wrong.text) == (422, True)
    # Whom to ask says that it must be looked at, tick or none.
    assert sent(desk, f"{FAXES}/{document}/assign", **given, reviewer_id=ana).status == 303
    [filed] = files.listed()
    assert (filed["needs_review"], filed["reviewer_id"]) == (True, ana)
    hers = Files(files.practice, as_provider(files, ana), files.patient)
    his = Files(files.practice, as_provider(files, ben), files.patient)
    assert [one["document_id"] for one in hers.get("/documents/reviews").json["documents"]] == [
        document
    ]
    assert his.get("/documents/reviews").json["documents"] == []
    page = seen(hers, f"{FAXES}/reviews")
    assert ("Records" in page, "Example, Ana" in page) == (True, True)
    assert "For me to review" in seen(hers, FAXES)
    assert "Ana Example" in seen(hers, chart(hers, f"/{document}"))
    assert sent(hers, chart(hers, f"/{document}/reviewed"), version=1).status == 303
    assert hers.get("/documents/reviews").json["documents"] == []


def as_provider(files: Files, provider: str) -> Caller:
    return Caller(files.practice, roles=(Role.CLINICIAN,), extra={"provider_id": provider})


def test_there_is_no_page_for_a_fax_that_never_came(files: Files) -> None:
    for part in ("", "/preview", "/download"):
        path = f"{FAXES}/{DocumentId.new()}{part}"
        assert call("GET", path, caller=files.caller).status == 404


def test_a_fax_that_is_a_tiff_is_shown_as_pages_before_and_after_it_is_filed(files: Files) -> None:
    document = came(files, fax(tiff(3)))
    part = seen(files, f"{FAXES}/{document}/preview")
    pdf = fetched(part)
    assert pdf.startswith(b"%PDF-")
    assert re.findall(rb"/Count (\d+)", pdf)[-1] == b"3"
    assert "Download it to see the rest" not in part
    given = {"patient_id": files.patient, "title": "Records", "category": "lab"}
    assert sent(files, f"{FAXES}/{document}/assign", **given).status == 303
    assert fetched(seen(files, chart(files, f"/{document}/preview"))) == pdf
    # What is downloaded is what came.
    link = call("GET", chart(files, f"/{document}/download"), caller=files.caller)
    saved = requests.get(link.headers["location"], timeout=10)
    assert saved.content == tiff(3)
    viewed = [entry for entry in audited(files) if entry.action == "documents.view"]
    assert [document in entry.records for entry in viewed] == [True]


def test_a_tiff_with_many_pages_is_shown_in_part_and_says_so(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "MOST_PAGES", 2)
    document = came(files, fax(tiff(3)))
    for _ in ("made", "kept"):
        part = seen(files, f"{FAXES}/{document}/preview")
        assert "The first 2 pages are shown. Download it to see the rest." in part


def test_a_broken_tiff_says_that_it_cant_be_shown(files: Files) -> None:
    document = came(files, fax(b"II*\0\x08\0\0\0\1\0" + b"\0" * 40))
    told = seen(files, f"{FAXES}/{document}/preview")
    assert "This TIFF can't be shown here: its pages can't be read." in told
    assert "amz" not in told.lower()


def fetched(part: str) -> bytes:
    """What the frame of a preview shows."""
    [link] = re.findall(r'<iframe[^>]* src="([^"#]+)', part)
    answer = requests.get(link, timeout=10)
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content
