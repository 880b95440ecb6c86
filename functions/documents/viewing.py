"""What a browser is shown of a document: the file itself, or a PDF that is made of it."""

from __future__ import annotations

from dataclasses import dataclass

from caresmith.ids import DocumentId, PracticeId
from functions.documents import paging, store
from functions.documents.sniffing import MOST_BYTES, PDF, TIFF


@dataclass(frozen=True)
class View:
    """What there is to show: a link, or why there is none."""

    media_type: str
    link: str = ""
    pages: int = 0
    """How many are shown, where that is not all."""
    why_not: str = ""


def view(practice: PracticeId, document: DocumentId, key: str, media_type: str) -> View:
    """A link to what the browser shows of an object that was looked through.

    Of a TIFF, a PDF is made when it is looked at first, and kept for a day.
    """
    if media_type in store.SHOWN:
        return View(media_type, store.view_url(key, media_type))
    if media_type != TIFF:
        return View(media_type, why_not="a browser can't show such files")
    made = store.view_key(practice, document)
    told = store.facts(made)
    if told is None:
        kept = store.read(key, MOST_BYTES)
        if kept is None:
            return View(media_type, why_not="its file is not there")
        try:
            paged = paging.as_pdf(kept.body)
        except paging.CantShow as error:
            return View(media_type, why_not=str(error))
        told = {"pages": str(paged.pages), "more": "yes" if paged.more else ""}
        store.write(made, paged.pdf, PDF, told)
    pages = int(told.get("pages", "0")) if told.get("more") else 0
    return View(PDF, store.view_url(made, PDF), pages)
