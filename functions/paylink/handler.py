"""The routes behind a pay link. Nobody is signed in: the link and its question prove who it is.

======================  ====================================================================
 ``/pay/<token>``        asks who opens it; a right answer begins a session of 15 idle minutes
 ``/pay/my/...``         the statement, its file, the way to the card page, what was confirmed
 ``/pay/returned``       where the card page leads back to
======================  ====================================================================

Looking at a link changes nothing: mail scanners follow links.
"""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.audit import Outcome
from caresmith.cards import NoProcessor
from caresmith.dispatch import make_handler
from caresmith.errors import DomainError, InvalidRequest
from caresmith.http import requires
from caresmith.ids import PracticeId
from caresmith.permissions import Permission
from caresmith.records.revenue.paylink import (
    PayLinkItem,
    digest_of,
    find_link,
    opened,
    take_try,
)
from caresmith.web.forms import Form, FormRefused, parse, posted
from functions.paylink import looking, pages, paying, store
from functions.paylink.app import app
from functions.paylink.edge import acting_by, as_page, kept, present_session, redirect, who
from functions.paylink.errors import LinkOver, PageElsewhere
from functions.paylink.looking import Look
from functions.paylink.pages import HEADERS, Html
from functions.paylink.paying import LEAST_CENTS, PayForm
from functions.paylink.proving import Proof, is_theirs
from functions.paylink.session import Session, begin

__all__ = ["app", "handler"]

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_MY: Final = "/pay/my"
MOST_LOOKS: Final = 40
"""So often the page looks by itself whether a payment was confirmed: two minutes."""


def _found(token: str) -> tuple[PracticeId, PayLinkItem]:
    """Raises LinkOver."""
    found = find_link(digest_of(token)) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise LinkOver
    return found


# -- who opens it --------------------------------------------------------------------


@app.get("/pay/<token>", include_in_schema=False)
@requires(Permission.PUBLIC, action="look")
@as_page
def ask(token: str) -> Html:
    practice, link = _found(token)
    with acting_by(practice, link, "look"):
        looking.look_to_open(practice, link, app.clock.now())
        return _question(practice, link, Form())


def _question(practice: PracticeId, link: PayLinkItem, form: Form, status: int = 200) -> Html:
    return pages.page("ask", practice, link.language, status=status, form=form)


@app.post("/pay/<token>", include_in_schema=False)
@requires(Permission.PUBLIC, action="open")
@as_page
def enter(token: str) -> Html:
    practice, link = _found(token)
    form, now = posted(app.form_lists()), app.clock.now()
    with acting_by(practice, link, "open") as trail:
        found = looking.look_to_open(practice, link, now)
        try:
            proof = parse(form, Proof)
        except FormRefused as refused:
            # Nothing was answered: that is no wrong answer.
            return _question(practice, link, _told(form, refused), 422)
        if not take_try(link):
            raise LinkOver
        if not is_theirs(found.person, proof):
            form.errors["proof"] = "proof"
            trail.close(Outcome.REFUSED, 422)
            return _question(practice, link, form, 422)
        if not opened(link, now):
            raise LinkOver
        return kept(redirect(f"{_MY}/statement"), begin(practice, link, now))


def _told(form: Form, refused: FormRefused) -> Form:
    """Which part is missing, as codes that the page has words for."""
    wrong = {one.field for one in refused.fields}
    form.errors = {}
    if wrong - {"other"}:
        form.errors["born"] = "date"
    if "other" in wrong:
        form.errors["other"] = "missing"
    return form


# -- what it shows ----------------------------------------------------------------------


@app.get(f"{_MY}/statement", include_in_schema=False)
@requires(Permission.PUBLIC, action="read")
@as_page
def statement() -> Html:
    session = present_session()
    with acting_by(session.practice, session.link, "read"):
        found = looking.look_within(session.practice, session.link)
        return _statement(session, found, Form())


def _statement(session: Session, found: Look, form: Form, status: int = 200) -> Html:
    due = str(found.due).replace("$", "").replace(",", "")
    content = found.content
    answer = pages.page(
        "statement",
        session.practice,
        session.link.language,
        status=status,
        content=content,
        visits=looking.visits(content),
        found=found,
        payable=found.due.cents >= LEAST_CENTS,
        form=Form({"amount": due, **form.values}, errors=form.errors),
        once=secrets.token_urlsafe(9),
        form_token=session.form_token,
    )
    return kept(answer, session.used(app.clock.now()))


@app.get(f"{_MY}/file", include_in_schema=False)
@requires(Permission.PUBLIC, action="read-file")
@as_page
def file() -> Html:
    session = present_session()
    with acting_by(session.practice, session.link, "read-file"):
        found = looking.look_within(session.practice, session.link)
        name = f"statement-{found.statement.day}.pdf"
        answer: Html = Response(
            200,
            content_type="application/pdf",
            headers={
                **HEADERS,
                "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Content-Disposition": f'attachment; filename="{name}"',
            },
            body=b64encode(store.read(found.statement.key)).decode(),
        )
        answer.base64_encoded = True
        return kept(answer, session.used(app.clock.now()))


# -- paying ---------------------------------------------------------------------------------


@app.post(f"{_MY}/card", include_in_schema=False)
@requires(Permission.PUBLIC, action="pay")
@as_page
def to_card_page() -> Html:
    session, now = present_session(), app.clock.now()
    form = posted(app.form_lists())
    with acting_by(session.practice, session.link, "pay") as trail:
        found = looking.look_within(session.practice, session.link)
        try:
            _own_form(session, form)
            wanted = parse(form, PayForm, ignore=("form_token",), money=("amount",))
            url = paying.open_page(found, wanted, by=who(session.link), now=now)
        except (InvalidRequest, NoProcessor, PageElsewhere) as error:
            trail.close(Outcome.FAILED, error.status)
            form.errors = {"amount": _code(error)}
            return _statement(session, found, form, error.status)
        if url is None:
            return kept(redirect(f"{_MY}/status"), session.used(now))
        going = pages.page("going", session.practice, session.link.language, url=url)
        return kept(going, session.used(now))


def _own_form(session: Session, form: Form) -> None:
    """Raises InvalidRequest for what was not sent from this session's page."""
    if not session.carries(form.value("form_token")):
        raise InvalidRequest("form")


def _code(error: DomainError) -> str:
    """For which the page has a sentence."""
    if isinstance(error, FormRefused):
        return "amount" if "amount" in error.form.errors else "form"
    if isinstance(error, InvalidRequest):
        return error.fields[0].message if error.fields else error.detail
    return error.kind


@app.get("/pay/returned", include_in_schema=False)
@requires(Permission.PUBLIC, audited=False)
def returned() -> Html:
    return pages.returned()


@app.get(f"{_MY}/status", include_in_schema=False)
@requires(Permission.PUBLIC, action="read-status")
@as_page
def status() -> Html:
    session = present_session()
    answer = _status(session, "status", looks=0)
    return kept(answer, session.used(app.clock.now()))


@app.get(f"{_MY}/status/part", include_in_schema=False)
@requires(Permission.PUBLIC, action="read-status")
@as_page
def status_part() -> Html:
    """Asked by the page itself: that is no work, and keeps no session alive."""
    looks = app.current_event.get_query_string_value("looks", "0") or "0"
    count = int(looks) if looks.isdecimal() and len(looks) < 4 else MOST_LOOKS  # noqa: PLR2004
    return _status(present_session(), "status_part", looks=count)


def _status(session: Session, name: str, *, looks: int) -> Html:
    with acting_by(session.practice, session.link, "read-status"):
        found = looking.look_within(session.practice, session.link)
        return pages.page(
            name,
            session.practice,
            session.link.language,
            found=found,
            confirmed=paying.confirmed(found),
            looks=looks + 1,
            looks_on=looks < MOST_LOOKS,
        )


@app.post(f"{_MY}/leave", include_in_schema=False)
@requires(Permission.PUBLIC, action="leave")
@as_page
def leave() -> Html:
    """On a device that others use as well."""
    session = present_session()
    with acting_by(session.practice, session.link, "leave"):
        return kept(pages.page("left", session.practice, session.link.language), None)


handler = make_handler(app)
