"""The console's pages of a chart's documents: the list, the upload, one document."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
import requests

from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Role
from functions.documents import store
from tests.integration.documents.test_uploading import EICAR, audited, tag
from tests.support.client import Reply, call
from tests.support.filing import PDF, Files

BASE = "/console/documents"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def seen(files: Files, path: str) -> str:
    reply = call("GET", path, caller=files.caller)
    assert reply.status == 200, reply.text
    return unescape(reply.text)


def sent(files: Files, path: str, **fields: Any) -> Reply:
    return call("POST", path, caller=files.caller, form=[(k, str(v)) for k, v in fields.items()])


def chart(files: Files, path: str = "") -> str:
    return f"{BASE}/patients/{files.patient}{path}"


def adding(files: Files) -> str:
    """The page on which files are added to the chart."""
    return f"{BASE}/uploads/{files.patient}"


def of(files: Files, document: Any, path: str = "") -> str:
    return chart(files, f"/{document['document_id']}{path}")


def begun(files: Files, **said: Any) -> Reply:
    """What the page says of a file before it sends it."""
    given = {"title": "Referral", "category": "correspondence", "filename": "referral.pdf"}
    return sent(files, adding(files), **{**given, "bytes": len(PDF), **said})


def posted(form: Any, body: bytes = PDF) -> str:
    """Post the file as the page does; returns where the page asks what has become of it."""
    answer = requests.post(form["url"], data=form["fields"], files={"file": body}, timeout=10)
    assert answer.status_code in {200, 204}
    return f"{BASE}/uploads/{form['document_id']}"


# -- the list -------------------------------------------------------------------


def test_the_list_tells_kind_date_and_whether_somebody_must_look(files: Files) -> None:
    files.filed(title="Old letter", category="correspondence", date="2024-02-03T12:00:00Z")
    files.filed(title="Potassium", category="lab", author="Acme Labs", needs_review=True)
    text = seen(files, chart(files))
    for shown in ("Old letter", "02/03/2024", "Letter", "Potassium", "Acme Labs", "To review"):
        assert shown in text
    assert text.index("Potassium") < text.index("Old letter"), "the latest first"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {"Old letter", "Potassium", "Chest film"}),
        ({"category": "lab"}, {"Potassium"}),
        ({"text": "ACME pot"}, {"Potassium"}),
        ({"text": "vega"}, {"Old letter"}),
        ({"last": "2024-12-31"}, {"Old letter"}),
        ({"first": "2025-01-01", "category": "imaging"}, {"Chest film"}),
        ({"text": "nothing like it"}, set()),
    ],
)
def test_documents_are_found_by_kind_day_and_words(
    files: Files, asked: dict[str, str], found: set[str]
) -> None:
    files.filed(
        title="Old letter",
        category="correspondence",
        author="Dr. Vega",
        date="2024-02-03T12:00:00Z",
    )
    files.filed(title="Potassium", category="lab", author="Acme Labs")
    files.filed(title="Chest film", category="imaging", date="2025-06-01T12:00:00Z")
    reply = sent(files, chart(files, "/rows"), **asked)
    assert reply.status == 200
    shown = {title for title in ("Old letter", "Potassium", "Chest film") if title in reply.text}
    assert shown == found
    assert ("No document fits" in reply.text) is (not found)


def test_a_day_that_is_none_gets_a_sentence(files: Files) -> None:
    reply = sent(files, chart(files, "/rows"), first="soon")
    assert (reply.status, "From:" in reply.text) == (422, True)


def test_the_page_may_reach_the_bucket_and_nothing_else(files: Files) -> None:
    policy = call("GET", chart(files), caller=files.caller).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["connect-src"] == f"'self' {store.origin()}"
    assert rules["frame-src"] == store.origin()
    assert rules["img-src"] == f"'self' data: {store.origin()}"
    assert (rules["default-src"], rules["script-src"]) == ("'none'", "'self'")
    assert files.began(PDF)["url"].startswith(store.origin())


# -- uploading ------------------------------------------------------------------


def test_a_file_is_said_posted_scanned_and_then_in_the_chart(files: Files) -> None:
    reply = begun(files, date="2026-01-05", needs_review="true")
    assert reply.status == 201, reply.text
    part = sent(files, f"{posted(reply.json)}/complete")
    assert "in the chart" in part.text
    assert part.headers["hx-trigger"] == "documents-changed"
    [filed] = files.listed()
    assert (filed["title"], filed["category"], filed["needs_review"]) == (
        "Referral",
        "correspondence",
        True,
    )
    assert filed["date"].startswith("2026-01-05"), "the day of the practice's own clock"
    assert "Not in the chart yet" not in seen(files, chart(files))


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"title": ""}, "title", "This is needed."),
        ({"date": "yesterday"}, "date", "datetime"),
        ({"category": "x"}, "category", "Input should be"),
        ({"bytes": 0}, "file", "The file is empty."),
        ({"bytes": 26 * 1024 * 1024}, "file", "more than 25 MB"),
        ({"filename": "setup.exe"}, "file", "Only PDF, PNG, JPEG, TIFF and C-CDA"),
        ({"filename": "letter"}, "file", "Only PDF"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_before_a_byte_is_sent(
    files: Files, said: dict[str, Any], field: str, sentence: str
) -> None:
    reply = begun(files, **said)
    assert reply.status == 422
    assert sentence in json.loads(reply.text)["errors"][field]
    assert "Not in the chart yet" not in seen(files, chart(files))


def test_all_that_is_wrong_is_said_at_once(files: Files) -> None:
    assert set(begun(files, title="", bytes=0).json["errors"]) == {"title", "file"}


@pytest.mark.parametrize(
    ("body", "sentence", "advice"),
    [
        (b"MZ\x90\0" + b"\0" * 99, "The file is a program", "Do not open it."),
        (b"%PDF-1.4\n" + EICAR + b"\n%%EOF", "holds malware", "Ask the sender for a clean copy"),
        (PNG, "is image/png, not application/pdf", "Rename the file"),
    ],
)
def test_a_refused_file_is_told_with_what_to_do_and_leaves_nothing(
    files: Files, body: bytes, sentence: str, advice: str
) -> None:
    path = posted(begun(files).json, body)
    told = unescape(sent(files, f"{path}/complete").text)
    assert sentence in told
    assert advice in told
    assert files.listed() == []
    assert "Not in the chart yet" in seen(files, chart(files)), "it is not lost from sight"
    assert "Taken off the list" in sent(files, f"{path}/forget").text
    assert "Not in the chart yet" not in seen(files, chart(files))


def test_while_the_scan_runs_the_page_asks_again_and_leaving_it_loses_nothing(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARESMITH_MALWARE_SCAN", "guardduty")
    form = begun(files).json
    path = posted(form)
    told = sent(files, f"{path}/complete").text
    assert "Being scanned" in told
    assert f'hx-post="{path}/complete"' in told
    listed = seen(files, chart(files))
    assert "Not in the chart yet" in listed
    assert f'hx-post="{path}/complete"' in listed
    tag(form["fields"]["key"], "NO_THREATS_FOUND")
    assert "in the chart" in sent(files, f"{path}/complete").text


def test_a_file_that_never_came_is_said_to_be_missing(files: Files) -> None:
    form = begun(files).json
    told = sent(files, f"{BASE}/uploads/{form['document_id']}/complete")
    assert "has not arrived" in told.text
    assert sent(files, f"{BASE}/uploads/{DocumentId.new()}/complete").status == 404
    assert sent(files, f"{BASE}/uploads/{DocumentId.new()}/forget").status == 404


def test_the_front_desk_adds_documents_and_sees_only_its_own_on_their_way(files: Files) -> None:
    desk = files.as_role(Role.FRONT_DESK)
    files.filed(title="Oncology letter")
    begun(files, title="Biopsy")
    begun(desk, title="Insurance card")
    text = seen(desk, adding(desk))
    assert "Insurance card" in text
    assert "Biopsy" not in text
    assert "Oncology" not in text
    path = posted(begun(desk).json)
    told = sent(desk, f"{path}/complete").text
    assert "in the chart" in told
    assert "href" not in told, "no way to what it may not open"
    for closed in (chart(desk), f"{BASE}/faxes/settled", chart(desk, "/export")):
        assert call("GET", closed, caller=desk.caller).status == 403
    nothing = files.as_role(Role.BILLER)
    assert call("GET", adding(nothing), caller=nothing.caller).status == 403


def test_the_registration_page_leads_who_may_only_add_to_the_upload(files: Files) -> None:
    page = f"/console/patients/{files.patient}"
    desk, manager = files.as_role(Role.FRONT_DESK), files.as_role(Role.MANAGER)
    assert adding(files) in seen(desk, page)
    assert f'"{chart(files)}"' in seen(files, page)
    assert chart(files) not in seen(manager, page)
    assert f'"{chart(files)}"' in seen(files, f"/console/charts/{files.patient}")


# -- one document -----------------------------------------------------------------


def test_a_pdf_is_shown_by_the_browser_for_a_minute_and_each_look_is_audited(
    files: Files,
) -> None:
    document = files.filed()
    text = seen(files, of(files, document))
    assert "Referral letter" in text
    assert f'hx-get="{of(files, document, "/preview")}"' in text
    part = seen(files, of(files, document, "/preview"))
    link = re.search(r'<iframe[^>]* src="([^"#]+)', part)
    assert link is not None, part
    assert "X-Amz-Expires=60" in link[1]
    answer = requests.get(link[1], timeout=10)
    assert answer.content == PDF
    assert answer.headers["content-disposition"] == "inline"
    [entry] = [one for one in audited(files) if one.action == "documents.view"]
    assert files.patient in str(entry.patient_ids)
    saved = call("GET", of(files, document, "/download"), caller=files.caller)
    assert saved.status == 303
    assert "attachment" in saved.headers["location"]


def test_pictures_are_shown_and_a_tiff_is_given_to_be_saved(files: Files) -> None:
    picture = files.filed(PNG, "image/png", title="Rash")
    assert "<img" in seen(files, of(files, picture, "/preview"))
    tiff = b"II*\0\x08\0\0\0\1\0" + b"\0" * 40
    scan = files.filed(tiff, "image/tiff", title="Old scan")
    told = seen(files, of(files, scan, "/preview"))
    assert "Download it" in told
    assert "<img" not in told


def test_it_is_retitled_and_refiled_and_what_was_said_before_stays(files: Files) -> None:
    document = files.filed(title="Scan 1", category="lab", author="Acme", note="p. 1")
    path = of(files, document)
    said = {"version": 1, "title": "Stress test", "category": "imaging", "date": "2026-03-04"}
    reply = sent(files, f"{path}/change", **said, author="Acme", note="")
    assert (reply.status, reply.headers["location"]) == (303, f"{path}#saved")
    now = files.get(files.chart(f"/{document['document_id']}")).json["document"]
    assert (now["title"], now["category"], now["note"]) == ("Stress test", "imaging", None)
    assert now["type"]["codings"][0]["code"] == "18748-4", "what an image is called in LOINC"
    assert now["date"].startswith("2026-03-04")
    text = seen(files, path)
    assert "What was said before" in text
    assert "Scan 1" in text
    wrong = sent(files, f"{path}/change", **{**said, "version": 2, "title": ""})
    assert (wrong.status, "is needed" in wrong.text) == (422, True)
    assert "<details open>" in wrong.text, "the form that is wrong stands open"
    late = sent(files, f"{path}/change", **said)
    assert late.status == 412


def test_it_is_reviewed_released_withheld_and_marked_as_entered_in_error(files: Files) -> None:
    document = files.filed(needs_review=True)
    path = of(files, document)
    assert "I have reviewed it" in seen(files, path)
    assert sent(files, f"{path}/reviewed", version=1).status == 303
    assert "I have reviewed it" not in seen(files, path)
    assert sent(files, f"{path}/release", version=2, released="true").status == 303
    assert "May see it in the portal" in seen(files, path)
    refused = sent(files, f"{path}/release", version=3, released="false")
    assert (refused.status, "say why the patient" in refused.text) == (422, True)
    withheld = {"released": "false", "withheld_because": "Told in person first."}
    assert sent(files, f"{path}/release", version=3, **withheld).status == 303
    assert "Told in person first." in seen(files, path)
    assert sent(files, f"{path}/entered-in-error", version=4, reason="").status == 422
    assert sent(files, f"{path}/entered-in-error", version=4, reason="Of another.").status == 303
    text = seen(files, path)
    assert "was entered in error" in text
    assert "Retitle or refile" not in text
    [entry] = [one for one in audited(files) if one.action == "documents.mark-in-error"][-1:]
    assert entry.reason == "Of another."


def test_who_may_read_and_not_change_gets_no_form(files: Files) -> None:
    document = files.filed()
    reader = files.as_role(Role.EMERGENCY)
    text = seen(reader, of(reader, document))
    assert "Retitle or refile" not in text
    assert "Add documents" not in seen(reader, chart(reader))
    forms = ("change", "reviewed", "release", "entered-in-error")
    for form in forms:
        assert sent(reader, of(reader, document, f"/{form}"), version=1).status == 403


def test_there_is_no_page_for_a_chart_or_document_that_is_not_there(files: Files) -> None:
    nobody = f"{BASE}/patients/{PatientId.new()}"
    for path in (
        nobody,
        f"{BASE}/uploads/{PatientId.new()}",
        f"{nobody}/export",
        chart(files, f"/{DocumentId.new()}"),
    ):
        assert call("GET", path, caller=files.caller).status == 404


def test_the_chart_is_exported_as_a_file(files: Files) -> None:
    reply = call("GET", chart(files, "/export"), caller=files.caller)
    assert reply.status == 200
    assert reply.headers["content-disposition"] == f'attachment; filename="{files.patient}.xml"'
    assert "ClinicalDocument" in reply.text
    [entry] = [one for one in audited(files) if one.action == "documents.export-ccd"]
    assert files.patient in str(entry.patient_ids)
