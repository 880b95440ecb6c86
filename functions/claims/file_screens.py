"""The console's pages of files: those of a day, one of them, and handing one in."""

from __future__ import annotations

import datetime as dt

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.audit import audit
from caresmith.http import requires
from caresmith.ids import ExchangeFileId, PatientId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.records.revenue.exchanged import claims_in_file, known_file, read_bytes
from caresmith.web.forms import Form
from functions.claims.answers import filing
from functions.claims.app import CONSOLE_FILES, app
from functions.claims.errors import EmptyFile
from functions.claims.pages import HOME, Html, page

_MOST_SHOWN = 60_000
_MOST_CLAIMS = 100


@app.get(CONSOLE_FILES, include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="list-files")
def files_page() -> Html:
    text = app.current_event.get_query_string_value("day", "") or ""
    form = Form({"day": text})
    day = None
    if text:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            form.errors["day"] = "That is no date."
    found = filing.list_files(current_actor().practice_id, day, app.clock.now())
    form.values = {"day": text or found.day.isoformat()}
    return page("files.html", found=found, form=form, status=422 if form.errors else 200)


@app.post(CONSOLE_FILES, include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="take-file")
def take_part() -> Html:
    """The file's bytes as they are, sent by the page's script; where its page is."""
    name = app.current_event.get_query_string_value("name", "") or ""
    try:
        taken = filing.take(
            name, app.raw_body(), "upload", actor=current_actor(), now=app.clock.now()
        )
    except EmptyFile as error:
        return _said(422, error.title)
    return _said(200 if taken.known else 201, f"{HOME}/files/{taken.file.file_id}")


@app.get(f"{CONSOLE_FILES}/<file_id>", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="read-file")
def file_page(file_id: ExchangeFileId) -> Html:
    practice = current_actor().practice_id
    file = filing.read_file(practice, file_id)
    claims = []
    if file.direction == "out":
        claims = claims_in_file(practice, file_id, limit=_MOST_CLAIMS)
        audit().about(*(PatientId(one.patient_id) for one in claims))
    kept = bool(file.sha256)
    text = read_bytes(known_file(practice, file_id)).decode("ascii", "replace") if kept else ""
    lines = text if "\n" in text else text.replace("~", "~\n")
    return page(
        "file.html",
        file=file,
        claims=claims,
        cards=patient_cards(practice, [PatientId(one.patient_id) for one in claims]),
        text=lines[:_MOST_SHOWN],
        cut=len(lines) > _MOST_SHOWN,
        kept=kept,
    )


@app.get(f"{CONSOLE_FILES}/<file_id>/content", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="read-file-content")
def content_file(file_id: ExchangeFileId) -> Html:
    return filing.content(current_actor().practice_id, file_id)


def _said(status: int, body: str) -> Html:
    return Response(
        status,
        content_type="text/plain; charset=utf-8",
        headers={"Cache-Control": "no-store"},
        body=body,
    )
