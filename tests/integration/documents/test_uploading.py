"""A file's way from the browser through quarantine into the chart."""

from __future__ import annotations

import boto3
import pytest
import requests

from caresmith.audit import AuditEntry
from caresmith.ids import DocumentId
from caresmith.permissions import Role
from caresmith.settings import Domain, bucket_name, table_name
from functions.documents import scanning, store
from tests.support.client import Caller, call
from tests.support.filing import PDF, Files

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def audited(files: Files) -> list[AuditEntry]:
    """All entries of the practice, in order."""
    client = boto3.client("dynamodb")
    keys = [
        (item["pk"]["S"], item["sk"]["S"])
        for page in client.get_paginator("scan").paginate(TableName=table_name(Domain.AUDIT))
        for item in page["Items"]
        if str(files.practice) in item["pk"]["S"] and item["entity"]["S"] == "entry"
    ]
    return sorted(AuditEntry.batch_get(keys), key=lambda entry: entry.sk)


def kept_keys(files: Files, prefix: str) -> list[str]:
    found = boto3.client("s3").list_objects_v2(
        Bucket=bucket_name("documents"), Prefix=f"{prefix}/{files.practice}/"
    )
    return [one["Key"] for one in found.get("Contents", [])]


def test_an_uploaded_pdf_stands_in_the_chart(files: Files) -> None:
    document = files.filed(
        category="correspondence", author="Dr. Vega", date="2026-01-05T10:00:00-06:00"
    )
    assert document["media_type"] == "application/pdf"
    assert document["type"]["codings"][0]["code"] == "11488-4"
    assert document["bytes"] == len(PDF)
    [listed] = files.listed()
    assert listed == document
    link = files.get(files.chart(f"/{document['document_id']}/content")).json
    answer = requests.get(link["url"], timeout=10)
    assert answer.content == PDF
    assert "attachment" in answer.headers["content-disposition"]


def test_completing_twice_files_it_once(files: Files) -> None:
    document = files.filed()
    again = files.post(f"/documents/uploads/{document['document_id']}/complete")
    assert again.status == 201
    assert again.json == document
    assert len(files.listed()) == 1


def test_the_upload_form_names_one_key_one_type_and_one_size(files: Files) -> None:
    form = files.began(PDF)
    assert form["fields"]["key"] == f"incoming/{files.practice}/{form['document_id']}"
    assert form["fields"]["Content-Type"] == "application/pdf"
    assert "policy" in form["fields"]


def test_before_the_file_has_come_there_is_nothing_to_complete(files: Files) -> None:
    form = files.began(PDF)
    reply = files.post(f"/documents/uploads/{form['document_id']}/complete")
    assert (reply.status, reply.json["type"].rpartition("/")[2]) == (409, "nothing-uploaded")
    unknown = files.post(f"/documents/uploads/{DocumentId.new()}/complete")
    assert unknown.status == 404


@pytest.mark.parametrize(
    ("body", "media_type", "filename", "reason"),
    [
        (b"MZ\x90\x00" + b"\0" * 200, "application/pdf", "scan.pdf", "program"),
        (b"\x7fELF" + b"\0" * 200, "application/pdf", None, "program"),
        (b"PK\x03\x04" + b"\0" * 200, "application/pdf", None, "archive"),
        (PDF + b"MZ hidden behind", "application/pdf", None, "polyglot"),
        (
            PDF.replace(b"trailer<<", b"trailer<</Encrypt 5 0 R"),
            "application/pdf",
            None,
            "encrypted",
        ),
        (PDF, "image/png", None, "wrong-type"),
        (PDF, "application/pdf", "holiday.jpg", "wrong-extension"),
        (PDF, "application/pdf", "letter.pdf.exe", "wrong-extension"),
        (b"%PDF-1.4\n" + EICAR + b"\n%%EOF", "application/pdf", None, "infected"),
        (b"hello, I am a letter", "application/pdf", None, "unknown-type"),
        (b"<html><body/></html>", "text/xml", None, "not-a-ccda"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml", None, "forbidden-xml"),
    ],
)
def test_what_is_not_as_it_says_is_refused_and_nothing_is_kept(
    files: Files, body: bytes, media_type: str, filename: str | None, reason: str
) -> None:
    said = {"filename": filename} if filename else {}
    reply = files.uploaded(body, media_type, **said)
    assert reply.status == 422, reply.text
    assert reply.json["reason"] == reason
    assert reply.json["errors"][0]["field"] == "file"
    assert files.listed() == []
    assert kept_keys(files, "kept") == []


def test_a_file_that_is_still_scanned_waits_and_then_stands_in_the_chart(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARESMITH_MALWARE_SCAN", "guardduty")
    form = files.began(PDF)
    requests.post(form["url"], data=form["fields"], files={"file": PDF}, timeout=10)
    path = f"/documents/uploads/{form['document_id']}/complete"
    waiting = files.post(path)
    assert waiting.status == 409
    assert waiting.json["type"].endswith("still-scanning")
    assert files.listed() == []
    tag(form["fields"]["key"], "NO_THREATS_FOUND")
    assert files.post(path).status == 201


@pytest.mark.parametrize(
    ("status", "answer"),
    [("THREATS_FOUND", "infected"), ("UNSUPPORTED", "unreadable")],
)
def test_what_the_scanner_finds_in_the_cloud_is_refused(
    files: Files, monkeypatch: pytest.MonkeyPatch, status: str, answer: str
) -> None:
    monkeypatch.setenv("CARESMITH_MALWARE_SCAN", "guardduty")
    form = files.began(PDF)
    requests.post(form["url"], data=form["fields"], files={"file": PDF}, timeout=10)
    tag(form["fields"]["key"], status)
    reply = files.post(f"/documents/uploads/{form['document_id']}/complete")
    assert (reply.status, reply.json["reason"]) == (422, answer)
    assert files.listed() == []


def tag(key: str, status: str) -> None:
    """What GuardDuty writes on an object that it has scanned."""
    boto3.client("s3").put_object_tagging(
        Bucket=bucket_name("documents"),
        Key=key,
        Tagging={"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": status}]},
    )


def test_what_was_looked_at_is_what_is_kept(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the filing somebody posts another file: it is not taken."""
    look = scanning.verdict

    def slowly(kept: store.Kept) -> scanning.Verdict:
        found = look(kept)
        boto3.client("s3").put_object(
            Bucket=bucket_name("documents"), Key=kept.key, Body=b"MZ program"
        )
        return found

    monkeypatch.setattr(scanning, "verdict", slowly)
    document = files.filed()
    link = files.get(files.chart(f"/{document['document_id']}/content")).json
    assert requests.get(link["url"], timeout=10).content == PDF


def test_nothing_is_uploaded_for_an_archived_or_unknown_patient(files: Files) -> None:
    manager = Caller(files.practice, roles=(Role.MANAGER,))
    archived = call(
        "POST",
        f"/patients/{files.patient}/archive",
        caller=manager,
        json_body={"reason": "moved away"},
        headers={"If-Match": '"1"'},
    )
    assert archived.status == 200, archived.text
    request = {
        "patient_id": files.patient,
        "title": "Late letter",
        "media_type": "application/pdf",
        "bytes": 10,
    }
    assert files.post("/documents/uploads", request).status == 409
    nobody = {**request, "patient_id": "pat_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"}
    assert files.post("/documents/uploads", nobody).status == 404


@pytest.mark.parametrize(
    "said",
    [{"bytes": 0}, {"bytes": 26 * 1024 * 1024}, {"media_type": "text/html"}, {"title": " "}],
)
def test_what_is_said_of_a_file_is_checked_before_it_comes(files: Files, said: object) -> None:
    request = {
        "patient_id": files.patient,
        "title": "Letter",
        "media_type": "application/pdf",
        "bytes": 10,
        **said,  # type: ignore[dict-item]
    }
    assert files.post("/documents/uploads", request).status == 422


def test_the_front_desk_scans_a_card_and_reads_nothing(files: Files) -> None:
    desk = files.as_role(Role.FRONT_DESK)
    document = desk.filed(title="Insurance card", category="administrative", origin="scan")
    assert desk.get(desk.chart()).status == 403
    assert desk.get(desk.chart(f"/{document['document_id']}/content")).status == 403
    assert files.listed()[0]["origin"] == "scan"


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.BILLER, Role.MANAGER])
def test_desk_and_office_see_insurance_cards_and_no_other_document(
    files: Files, role: Role
) -> None:
    scanning, desk = files.as_role(Role.FRONT_DESK), files.as_role(role)
    card = scanning.filed(title="Acme front", category="insurance-card", origin="scan")
    letter = scanning.filed(title="Letter of oncology", category="correspondence")
    listed = desk.get(f"/console/documents/cards/{files.patient}", front=card["document_id"])
    assert listed.status == 200, listed.text
    assert f'value="{card["document_id"]}" selected' in listed.text
    assert "oncology" not in listed.text
    assert ("Scan the card first" in listed.text) is (role is Role.FRONT_DESK)
    shown = desk.get(f"/console/documents/cards/{files.patient}/{card['document_id']}")
    assert shown.status == 200
    assert "X-Amz-Signature" in shown.text
    hidden = desk.get(f"/console/documents/cards/{files.patient}/{letter['document_id']}")
    assert hidden.status == 404
    assert "oncology" not in hidden.text
    [code] = [c["code"] for c in card["type"]["codings"]]
    assert code == "64290-0"


def test_each_download_and_each_upload_is_audited_with_its_patient(files: Files) -> None:
    document = files.filed()
    files.get(files.chart(f"/{document['document_id']}/content"))
    done = [(e.action, e.outcome) for e in audited(files) if files.patient in e.patient_ids]
    for action in ("begin-upload", "complete-upload", "download"):
        assert (f"documents.{action}", "success") in done
    [download] = [e for e in audited(files) if e.action == "documents.download"]
    assert document["document_id"] in download.records


def test_a_link_is_for_a_minute_and_its_address_names_nobody(files: Files) -> None:
    document = files.filed(title="Zebedee's HIV test")
    link = files.get(files.chart(f"/{document['document_id']}/content")).json
    assert "X-Amz-Expires=60" in link["url"]
    assert "Zebedee" not in link["url"]
    assert "HIV" not in link["url"]
