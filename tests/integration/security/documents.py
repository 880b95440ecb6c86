"""Documents of the marked patient: what is said of them must not leak either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3

from caresmith.ids import DocumentId
from caresmith.settings import bucket_name
from tests.unit.documents.test_ccd import chart, summary

if TYPE_CHECKING:
    from tests.integration.security.conftest import Full

DOCUMENT_MARKS = ("Letter-of-oncology-ZQ", "Doctor-Author-ZQ", "Problem-from-outside-ZQ")


def fill_documents(full: Full, patient: str) -> dict[str, str]:
    """File a clinical document in the chart; returns its id."""
    from caresmith.records.clinical.coding import Concept
    from caresmith.records.clinical.condition import Condition
    from caresmith.records.clinical.layout import Kind
    from functions.documents.ccda.outgoing.ccd import ccd

    who = chart(
        names=[{"given": ["Zebedee"], "family": "Quillfeather"}],
        birth_date="1961-07-23",
        gender="male",
    )
    told = Condition(code=Concept(text="Problem-from-outside-ZQ"))
    body = ccd(summary({Kind.CONDITION: [told]}, who)).encode()
    form = full.made(
        "/documents/uploads",
        {
            "patient_id": patient,
            "title": "Letter-of-oncology-ZQ",
            "author": "Doctor-Author-ZQ",
            "media_type": "text/xml",
            "bytes": len(body),
            "filename": "Letter-of-oncology-ZQ.xml",
        },
    )
    boto3.client("s3").put_object(
        Bucket=bucket_name("documents"), Key=form["fields"]["key"], Body=body
    )
    document = DocumentId(form["document_id"])
    filed = full.made(f"/documents/uploads/{document}/complete", {})
    return {"document_id": filed["document_id"]}
