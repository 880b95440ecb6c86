"""The console's review of a clinical document: what it tells beside what the chart has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, invalid
from caresmith.http import requires
from caresmith.ids import DocumentId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.content import Content
from caresmith.records.clinical.layout import Kind
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse, posted
from functions.documents import proposing, wording
from functions.documents.app import app
from functions.documents.errors import OtherPerson
from functions.documents.forms import told
from functions.documents.pages import BASE, card_of, page

Html = Response[str]
_PROPOSAL = f"{BASE}/patients/<patient_id>/<document_id>/proposal"


@dataclass(frozen=True)
class Row:
    """One thing: as the document tells it, as the chart has it, or both."""

    proposed: proposing.Proposed | None
    told: Content | None
    present: Content | None


@dataclass(frozen=True)
class Group:
    """The rows of one kind."""

    kind: Kind
    rows: list[Row]
    only_here: list[Content]
    """What the chart alone has."""

    @property
    def fresh(self) -> int:
        return sum(1 for row in self.rows if row.proposed and row.proposed.state == "new")


@app.get(_PROPOSAL, include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="read-proposal")
def proposal_page(patient_id: PatientId, document_id: DocumentId) -> Html:
    return _proposal(patient_id, document_id, Form())


def _proposal(patient: PatientId, document: DocumentId, form: Form, status: int = 200) -> Html:
    card = card_of(patient)
    beside = proposing.beside(patient, document, actor=current_actor())
    return page(
        "proposal.html",
        status=status,
        card=card,
        document_id=document,
        proposal=beside.proposal,
        groups=list(_groups(beside)),
        most=proposing.MOST_AT_ONCE,
        form=form,
    )


def _groups(beside: proposing.Beside) -> Iterator[Group]:
    for kind in wording.KINDS:
        chart = beside.chart.get(kind, {})
        rows = [
            Row(one, beside.told.get(one.key), chart.get(one.entry_id or ""))
            for one in beside.proposal.entries
            if one.kind == kind
        ]
        if rows:
            matched = {row.proposed.entry_id for row in rows if row.proposed}
            alone = [content for entry, content in chart.items() if entry not in matched]
            yield Group(kind, rows, alone)


@app.post(f"{_PROPOSAL}/accept", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="accept-proposal")
def accept_form(patient_id: PatientId, document_id: DocumentId) -> Html:
    form = posted(app.form_lists())
    try:
        chosen = form.values_of("keys")
        if not chosen:
            raise invalid("keys", "Tick what is to be taken into the chart.")
        if len(chosen) > proposing.MOST_AT_ONCE:
            raise invalid(
                "keys",
                f"{len(chosen)} entries are ticked; at most {proposing.MOST_AT_ONCE} can be "
                "taken at a time.",
            )
        proposing.accept(
            patient_id,
            document_id,
            parse(form, proposing.Acceptance),
            actor=current_actor(),
            now=app.clock.now(),
        )
    except NotFound:
        raise
    except OtherPerson as error:
        form.errors["confirmed_same_person"] = "Compare them first, and say that it is the same."
        return _proposal(patient_id, document_id, form, error.status)
    except DomainError as error:
        return _proposal(patient_id, document_id, told(form, error), error.status)
    return web.redirect(
        f"{BASE}/patients/{patient_id}/{document_id}/proposal#saved", app.current_event
    )
