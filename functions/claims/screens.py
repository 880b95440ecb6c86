"""The console's page of one claim, and what is done with it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.claims.draft import NotSendable
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.ids import ClaimId
from caresmith.permissions import Permission
from caresmith.records.patient import patient_card
from caresmith.records.revenue.claim import ADJUDICATED, EDITABLE, Went
from caresmith.records.revenue.payer import Way, payer_directory
from caresmith.users import users_of
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, told_apart, version_of
from functions.claims import (
    acting,
    attachment_screens,
    board_screens,
    file_screens,
    finding_screens,
    printing,
    rule_screens,
    viewing,
)
from functions.claims import models as m
from functions.claims.acting import Asked
from functions.claims.app import app
from functions.claims.fact_changes import shown_at
from functions.claims.facts_of_claim import FACTS
from functions.claims.pages import HOME, Html, fragment, page, posted_form
from functions.claims.scrubbing.registry import EDITS
from functions.claims.standing import HERE, NO_CORRECTIONS, THERE, UNDER_WAY

__all__ = ["attachment_screens", "board_screens", "file_screens", "finding_screens", "rule_screens"]

_ONE: Final = f"{HOME}/<claim_id>"
_FACT: Final = "fact."
_FORMS: Final = (
    "hold",
    "void",
    "override",
    "resubmit",
    "anew",
    "reopening",
    "confirmed",
)
_PLACES: Final = (
    "payer",
    "subscriber",
    "patient",
    "billing",
    "providers",
    "others",
    "diagnoses",
    "numbers",
    "dates",
    "causes",
    "note",
    "place_of_service",
    "control_number",
    "frequency",
)
"""Fields of the draft beside which the page shows their findings."""


@app.get(_ONE, include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="read")
def claim_page(claim_id: ClaimId) -> Html:
    return _claim(claim_id, Form())


def _claim(claim_id: ClaimId, form: Form, opened: str = "", status: int = 200) -> Html:
    """The page, with one of its forms (``opened``) as it was sent and what is wrong with it."""
    practice = current_actor().practice_id
    read = viewing.read(practice, claim_id)
    payer = payer_directory(practice).get(read.payer_id or None)  # type: ignore[arg-type]
    facts = Form({_FACT + one.path: shown_at(read.draft, one) for one in FACTS})
    if opened == "facts":
        facts = Form({**facts.values, **form.values}, errors=form.errors, title=form.title)
    forms = told_apart({name: form if name == opened else Form() for name in _FORMS})
    return page(
        "claim.html",
        status=status,
        read=read,
        draft=read.draft,
        card=patient_card(practice, read.patient_id),
        payer=payer,
        wire=payer is None or payer.facts.ways.claims is Way.ELECTRONIC,
        forms=forms,
        opened=opened,
        form=form,
        fact_form=facts,
        facts=FACTS,
        names={one.user_id: one.display_name for one in users_of(practice)},
        editable=read.state in EDITABLE,
        is_here=read.state in HERE,
        is_there=read.state in THERE,
        adjudicated=read.state in ADJUDICATED,
        corrects=payer is None or payer.facts.filing not in NO_CORRECTIONS,
        forwarded=read.went == Went.CROSSOVER and read.state in UNDER_WAY,
        overridden={one.key: one for one in read.overrides},
        sources=EDITS,
        places=_PLACES,
        loop_id=lambda key: key.replace(":", "-"),
    )


@app.get(f"{_ONE}/x12", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="read-x12")
def x12_part(claim_id: ClaimId) -> Html:
    try:
        text = viewing.as_x12(current_actor().practice_id, claim_id)
    except NotSendable as flawed:
        return fragment("x12.html", text="", flaw=str(flawed))
    return fragment("x12.html", text=text, flaw="")


@app.get(f"{_ONE}/cms-1500", include_in_schema=False)
@requires(Permission.READ_CLAIMS, action="print")
def print_page(claim_id: ClaimId) -> Any:
    form = app.current_event.get_query_string_value("form", "") == "true"
    return printing.paper(current_actor().practice_id, claim_id, app.clock.now(), form=form)


_PLAIN: Final[dict[str, tuple[Permission, Callable[[Asked], Any]]]] = {
    "let-go": (Permission.WORK_CLAIMS, acting.let_go),
    "redraft": (Permission.WORK_CLAIMS, acting.redraft),
    "rescrub": (Permission.WORK_CLAIMS, acting.rescrub),
    "approve": (Permission.SUBMIT_CLAIMS, acting.approve),
    "withdraw": (Permission.SUBMIT_CLAIMS, acting.withdraw),
    "ask": (Permission.SUBMIT_CLAIMS, acting.ask),
}
"""What is done by one click and needs no words."""
_Name = Annotated[str, Path(pattern="^[a-z-]{3,20}$")]


@app.post(f"{_ONE}/work/<what>", include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="work")
def work_form(claim_id: ClaimId, what: _Name) -> Html:
    return _plain(claim_id, what, Permission.WORK_CLAIMS)


@app.post(f"{_ONE}/submit/<what>", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="submit")
def submit_form(claim_id: ClaimId, what: _Name) -> Html:
    return _plain(claim_id, what, Permission.SUBMIT_CLAIMS)


def _plain(claim_id: ClaimId, what: str, held: Permission) -> Html:
    permission, act = _PLAIN.get(what, (None, None))
    if act is None or permission is not held:
        raise NotFound
    return _act(claim_id, what, posted_form(), act)


def _act_for_a_reason(claim_id: ClaimId, name: str, act: Callable[[Asked, str], None]) -> Html:
    form = posted_form()
    return _act(
        claim_id,
        name,
        form,
        lambda asked: act(asked, parse(form, m.Reason, ignore=("version",)).reason),
    )


@app.post(f"{_ONE}/fix", include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="fix")
def fix_form(claim_id: ClaimId) -> Html:
    form = posted_form()
    return _act(claim_id, "fix", form, lambda asked: acting.fix(asked, form.value("key")))


@app.post(f"{_ONE}/override", include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="override")
def override_form(claim_id: ClaimId) -> Html:
    form = posted_form()

    def override(asked: Asked) -> None:
        said = parse(form, m.OverrideRequest, ignore=("version",))
        acting.override(asked, said.key, said.reason)

    return _act(claim_id, "override", form, override)


@app.post(f"{_ONE}/hold", include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="hold")
def hold_form(claim_id: ClaimId) -> Html:
    return _act_for_a_reason(claim_id, "hold", acting.hold)


@app.post(f"{_ONE}/facts", include_in_schema=False)
@requires(Permission.WORK_CLAIMS, action="edit")
def facts_form(claim_id: ClaimId) -> Html:
    form = posted_form()
    values = {
        name.removeprefix(_FACT): value
        for name, value in form.values.items()
        if name.startswith(_FACT)
    }
    # A box that is not ticked is not posted.
    values |= {one.path: "" for one in FACTS if one.kind == "flag" and one.path not in values}
    return _act(claim_id, "facts", form, lambda asked: acting.edit(asked, values))


@app.post(f"{_ONE}/void", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="void")
def void_form(claim_id: ClaimId) -> Html:
    return _act_for_a_reason(claim_id, "void", acting.void)


@app.post(f"{_ONE}/resubmit", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="resubmit")
def resubmit_form(claim_id: ClaimId) -> Html:
    return _act_for_a_reason(claim_id, "resubmit", acting.resubmit)


@app.post(f"{_ONE}/handed-over", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="hand-over")
def handed_over_form(claim_id: ClaimId) -> Html:
    form = posted_form()

    def handed(asked: Asked) -> None:
        said = parse(form, m.HandedOver, ignore=("version",))
        acting.mark_sent_elsewhere(asked, said.way, said.note)

    return _act(claim_id, "handed-over", form, handed)


@app.post(f"{_ONE}/reopening", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="ask-to-reopen")
def reopening_form(claim_id: ClaimId) -> Html:
    form = posted_form()

    def reopen(asked: Asked) -> None:
        said = parse(form, m.Reopening, ignore=("version",))
        acting.ask_to_reopen(asked, said.way, said.note)

    return _act(claim_id, "reopening", form, reopen)


@app.post(f"{_ONE}/confirmed", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="confirm")
def confirmed_form(claim_id: ClaimId) -> Html:
    form = posted_form()

    def confirm(asked: Asked) -> None:
        said = parse(form, m.Confirmed, ignore=("version",))
        acting.confirm(asked, said.payer_control_number, said.note)

    return _act(claim_id, "confirmed", form, confirm)


@app.post(f"{_ONE}/anew", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="send-anew")
def anew_form(claim_id: ClaimId) -> Html:
    form = posted_form()
    return _made(
        claim_id,
        "anew",
        form,
        lambda asked: acting.send_anew(asked, parse(form, m.Reason, ignore=("version",)).reason),
    )


@app.post(f"{_ONE}/correct", include_in_schema=False)
@requires(Permission.SUBMIT_CLAIMS, action="correct")
def correct_form(claim_id: ClaimId) -> Html:
    return _made(claim_id, "correct", posted_form(), acting.correct)


def _made(claim_id: ClaimId, name: str, form: Form, make: Callable[[Asked], ClaimId]) -> Html:
    """The page of the claim that is made."""
    return _act(claim_id, name, form, make, lambda made: f"{HOME}/{made}")


def _asked(claim_id: ClaimId, form: Form) -> Asked:
    return Asked.of(claim_id, version_of(form), actor=current_actor(), now=app.clock.now())


def _act(
    claim_id: ClaimId,
    name: str,
    form: Form,
    act: Callable[[Asked], Any],
    then: Callable[[Any], str] | None = None,
) -> Html:
    """The form of that name; ``then`` says where what was done leads, else to the claim."""
    try:
        done = act(_asked(claim_id, form))
    except FormRefused as refused:
        form.errors |= refused.form.errors
        return _claim(claim_id, form, name, 422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        if name == "facts":
            form.errors = {_FACT + one.field: one.message for one in error.fields}
            return _claim(claim_id, form, name, error.status)
        return _claim(claim_id, form.refused(error), name, error.status)
    return web.redirect(then(done) if then else f"{HOME}/{claim_id}#saved", app.current_event)
