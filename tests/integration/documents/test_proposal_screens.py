"""The console's clinical documents: read as words, and taken entry by entry beside the chart."""

from __future__ import annotations

import re
from typing import Any

from caresmith.permissions import Role
from tests.integration.documents.test_ccda import exported, filed, outside, proposal
from tests.integration.documents.test_screens import chart, seen
from tests.support.client import Reply, call
from tests.support.filing import Files


def take(files: Files, document: str, *keys: str, **more: str) -> Reply:
    form = [("keys[]", key) for key in keys] + list(more.items())
    return call(
        "POST", chart(files, f"/{document}/proposal/accept"), caller=files.caller, form=form
    )


def badges(text: str) -> list[str]:
    return re.findall(r">(New|Duplicate|Taken|Unusable)</span>", text)


def narrated(text: str, body: bytes | None = None) -> bytes:
    """A document whose first narrative says something else."""
    told = (body or outside()).decode()
    return re.sub(r"<(ns0:)?text>.*?</(ns0:)?text>", text, told, count=1, flags=re.DOTALL).encode()


def test_what_the_document_tells_stands_beside_what_the_chart_has(files: Files) -> None:
    document = filed(files, outside())
    text = seen(files, chart(files, f"/{document}/proposal"))
    for shown in (
        "Problems",
        "Medications",
        "Allergies",
        "Results",
        "Metformin",
        "Lakeside Family",
    ):
        assert shown in text
    assert set(badges(text)) == {"New"}
    assert 'value="condition.0"' in text
    assert "Is this the same person?" not in text
    assert "Take entries into the chart" in seen(files, chart(files, f"/{document}"))


def test_the_ticked_entries_go_into_the_chart_and_no_others(files: Files) -> None:
    document = filed(files, outside())
    reply = take(files, document, "condition.0", "medication.0")
    assert (reply.status, reply.headers["location"].rpartition("/")[2]) == (303, "proposal#saved")
    text = seen(files, chart(files, f"/{document}/proposal"))
    assert badges(text).count("Taken") == 2
    assert 'value="condition.0"' not in text, "what was taken can't be ticked again"
    assert b"Pneumonia" not in exported(files)


def test_duplicates_are_marked_and_beside_them_stands_the_charts_own_entry(files: Files) -> None:
    first = filed(files, outside())
    every = [one["key"] for one in proposal(files, first)["entries"]]
    assert take(files, first, *every).status == 303
    text = seen(files, chart(files, f"/{filed(files, outside())}/proposal"))
    assert set(badges(text)) == {"Duplicate"}
    assert "Nothing like it" not in text


def test_what_the_chart_alone_has_is_shown_too(files: Files) -> None:
    made = files.post(
        f"/charts/{files.patient}/conditions", {"content": {"code": {"text": "Gout of long ago"}}}
    )
    assert made.status == 201, made.text
    text = seen(files, chart(files, f"/{filed(files, outside())}/proposal"))
    assert "Gout of long ago" in text
    assert "Not in the document" in text


def test_nothing_ticked_and_too_much_ticked_get_a_sentence(files: Files) -> None:
    document = filed(files, outside())
    reply = take(files, document)
    assert (reply.status, "Tick what is to be taken" in reply.text) == (422, True)
    many = [f"condition.{place}" for place in range(31)]
    reply = take(files, document, *many)
    assert "31 entries are ticked; at most 30" in reply.text
    assert 'value="condition.0" data-state="new" aria-label' in reply.text
    assert "checked" in reply.text, "the ticks stay"
    reply = take(files, document, "condition.0", "condition.99")
    assert (reply.status, "no entry of the document" in reply.text) == (422, True)
    assert b"44054006" not in exported(files), "all or none"


def test_another_persons_document_is_taken_only_by_who_has_compared_them(files: Files) -> None:
    document = filed(files, outside(birth_date="1975-01-01", gender="male"))
    text = seen(files, chart(files, f"/{document}/proposal"))
    assert "Is this the same person?" in text
    assert "the birth date and the gender" in text
    reply = take(files, document, "condition.0")
    assert (reply.status, "Compare them first" in reply.text) == (409, True)
    assert take(files, document, "condition.0", confirmed_same_person="true").status == 303


def test_who_may_not_change_the_chart_gets_no_proposal(files: Files) -> None:
    document = filed(files, outside())
    reader = files.as_role(Role.EMERGENCY)
    assert "Take entries into the chart" not in seen(reader, chart(reader, f"/{document}"))
    path = chart(reader, f"/{document}/proposal")
    assert call("GET", path, caller=reader.caller).status == 403
    picture = files.filed(title="Letter")
    path = chart(files, f"/{picture['document_id']}/proposal")
    assert call("GET", path, caller=files.caller).status == 409


def test_a_clinical_document_is_read_as_words_that_can_do_nothing(files: Files) -> None:
    told: Any = (
        "<text xmlns='urn:hl7-org:v3'>Before <br/>the table"
        "<table onclick='x()'><caption>What hurts</caption>"
        "<tr><th colspan='2' style='x'>Head</th></tr>"
        "<tr><td>&lt;script&gt;alert(1)&lt;/script&gt;</td>"
        "<td><linkHtml href='https://evil.example/x'>a link</linkHtml></td></tr></table>"
        "<list listType='ordered'><item>first</item><item>second</item></list>"
        "<renderMultiMedia referencedObject='x'/><paragraph>After</paragraph></text>"
    )
    document = filed(files, narrated(told))
    path = chart(files, f"/{document}/preview")
    raw = call("GET", path, caller=files.caller).text
    for shown in ("What hurts", '<th class="text-prewrap" colspan="2">Head</th>', "<ol>", "After"):
        assert shown in raw
    assert "Before\nthe table" in raw
    assert "&lt;script&gt;alert(1)" in raw
    assert "[picture left out]" in raw
    for active in ("<script", "evil.example", "onclick", "<a ", "<img", "style="):
        assert active not in raw
    assert "Ana Example" in raw
