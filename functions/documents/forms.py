"""What the pages' forms say, as the types that the API takes."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from caresmith.errors import DomainError
from caresmith.ids import PatientId
from caresmith.web.forms import Form, FormRefused, parse
from functions.documents import models as m
from functions.documents.errors import FileRefused
from functions.documents.sniffing import EXTENSIONS, MOST_BYTES, check_size

_NOON: Final = dt.time(12)
_BY_ENDING: Final = {
    ending: media_type for media_type, endings in EXTENSIONS.items() for ending in endings
}


def upload_request(form: Form, patient: PatientId, zone: ZoneInfo) -> m.UploadRequest:
    """What a page says of a file before it sends it. Raises FormRefused."""
    try:
        media_type = _type_of(form.value("filename"))
        check_size(_count(form.value("bytes")), MOST_BYTES)
    except FileRefused as refused:
        # The other fields are looked at as well, so that one look shows all that is wrong.
        form.refused(refused)
        media_type = "application/pdf"
        form.values = {**form.values, "bytes": "1"}
    said = Form(
        {
            **dated(form, zone).values,
            "patient_id": patient,
            "media_type": media_type,
            "filename": form.value("filename")[-200:],
        },
        errors=form.errors,
    )
    request = parse(said, m.UploadRequest)
    if form.errors:
        raise FormRefused(form)
    return request


def dated(form: Form, zone: ZoneInfo, name: str = "date") -> Form:
    """A day becomes its noon by the practice's clock; what is no day stays, to be refused."""
    try:
        day = dt.date.fromisoformat(form.values.get(name, ""))
    except ValueError:
        return form
    noon = dt.datetime.combine(day, _NOON, zone).isoformat()
    return Form({**form.values, name: noon}, form.lists, form.errors)


def told(form: Form, error: DomainError) -> Form:
    """The form with what a rule has against it, or against how it was filled in."""
    if isinstance(error, FormRefused):
        form.errors |= error.form.errors
        return form
    return form.refused(error)


def _type_of(filename: str) -> str:
    """By its ending alone: what it really is, is seen when it has come."""
    ending = filename.rpartition(".")[2].lower()
    try:
        return _BY_ENDING[ending]
    except KeyError:
        raise FileRefused(
            "unknown-type", "Only PDF, PNG, JPEG, TIFF and C-CDA (.xml) files can be taken."
        ) from None


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
