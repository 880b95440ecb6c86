"""The coding of a visit: read by whoever bills it, written by whoever treated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.errors import DomainError, VersionConflict
from caresmith.http import requires
from caresmith.ids import EncounterId, PatientId
from caresmith.permissions import Permission
from caresmith.records.clinical.coding import CPT, HCPCS, ICD10CM
from caresmith.records.clinical.condition import Condition
from caresmith.records.clinical.content import Read
from caresmith.records.clinical.encounter import BillingPart
from caresmith.web import pages as web
from caresmith.web.forms import (
    Form,
    FormRefused,
    flat,
    parse,
    rows_of,
    version_of,
    without_empty_rows,
)
from functions.encounters import coding, fields, visits
from functions.encounters.app import app
from functions.encounters.pages import form, fragment, page, query
from functions.encounters.status import WRITABLE
from functions.encounters.who import who

Html = Response[str]
_BLANK_ROWS: Final = 1
_LEAST_ROWS: Final = 3


@app.get("/console/encounters/<encounter_id>/coding", include_in_schema=False)
@requires(Permission.READ_ENCOUNTER_BILLING, action="read-billing")
def coding_page(encounter_id: EncounterId) -> Html:
    return _page(encounter_id, None)


def _page(encounter_id: EncounterId, shown: Form | None, error: DomainError | None = None) -> Html:
    actor = current_actor()
    read = coding.read(encounter_id, actor=actor)
    writes = actor.may(Permission.CHANGE_CHART) and read.visit.status in WRITABLE
    given = shown or as_form(read.billing)
    return page(
        "coding.html",
        status=error.status if error else 200,
        who=who(actor.practice_id, read.patient_id),
        read=read,
        visit=read.visit,
        form=given,
        writes=writes,
        problems=coding.problem_codes(read.patient_id, actor=actor) if writes else {},
        rows={
            name: rows_of(given, name, least=max(_LEAST_ROWS, len(held) + _BLANK_ROWS))
            for name, held in (
                ("diagnoses", read.billing.diagnoses),
                ("services", read.billing.services),
            )
        },
    )


@app.post("/console/encounters/<encounter_id>/coding", include_in_schema=False)
@requires(Permission.CHANGE_CHART, action="code")
def coding_form(encounter_id: EncounterId) -> Html:
    actor, given = current_actor(), form()
    read = coding.read(encounter_id, actor=actor)
    known = coding.problem_codes(read.patient_id, actor=actor)
    try:
        billing = billing_of(given, known, read.billing)
        visits.code(encounter_id, billing, version_of(given), actor=actor, now=app.clock.now())
    except FormRefused as refused:
        return _page(encounter_id, refused.form, refused)
    except VersionConflict as error:
        given.title = "Somebody changed this visit meanwhile. Compare with what stands, then save."
        return _page(encounter_id, given.refused(error), error)
    except DomainError as error:
        return _page(encounter_id, given.refused(error), error)
    return web.redirect(f"/console/encounters/{encounter_id}/coding#saved", app.current_event)


@app.get("/console/encounters/of/<patient_id>", include_in_schema=False)
@requires(Permission.READ_ENCOUNTER_BILLING, action="list-visits-to-bill")
def visits_part(patient_id: PatientId) -> Html:
    """The card on the patient's page: each visit with the way to its coding."""
    found, after = coding.visits_of(patient_id, query("cursor"), actor=current_actor())
    template = "visit_rows.html" if query("cursor") else "visits.html"
    return fragment(template, visits=found, after=after, patient_id=patient_id)


# -- the form ---------------------------------------------------------------------------


def as_form(billing: BillingPart) -> Form:
    """The coding in fields; modifiers and the diagnoses of a service as words of one field."""
    shown = flat(billing)
    for place, service in enumerate(billing.services):
        begin = f"services.{place}"
        fields.as_lines(shown, f"{begin}.modifiers", ())
        fields.as_lines(shown, f"{begin}.diagnoses", ())
        fields.put(shown, f"{begin}.modifiers", " ".join(service.modifiers))
        fields.put(shown, f"{begin}.diagnoses", " ".join(map(str, service.diagnoses)))
    return shown


def billing_of(
    given: Form, known: Mapping[str, Read[Condition]], before: BillingPart
) -> BillingPart:
    """Raises FormRefused with each complaint at its field."""
    rows = {"diagnoses": ("code.code",), "services": ("code.code",)}
    filled = without_empty_rows(Form(given.values, given.lists), rows)
    _diagnoses(filled, known, before)
    _services(filled, before)
    # Rows close up, and so do those that are shown again.
    kept = {k: v for k, v in filled.values.items() if not k.endswith((".system", ".display"))}
    try:
        return parse(filled, BillingPart, ignore=("version",))
    except FormRefused:
        shown = Form(_as_typed(kept, filled), {}, _placed(filled.errors))
        raise FormRefused(shown) from None


def _diagnoses(filled: Form, known: Mapping[str, Read[Condition]], before: BillingPart) -> None:
    named = {one.code.code: one for one in before.diagnoses}
    for place in rows_of(filled, "diagnoses"):
        begin = f"diagnoses.{place}"
        code = filled.values.get(f"{begin}.code.code", "").strip().upper()
        fields.put(filled, f"{begin}.code.code", code)
        fields.put(filled, f"{begin}.code.system", ICD10CM)
        if code in named:
            fields.put(filled, f"{begin}.code.display", named[code].code.display)
            fields.put(filled, f"{begin}.condition_id", named[code].condition_id)
        elif code in known:
            fields.put(filled, f"{begin}.code.display", known[code].content.code.words[:200])
            fields.put(filled, f"{begin}.condition_id", known[code].id)


def _services(filled: Form, before: BillingPart) -> None:
    named = {one.code.code: one.code.display for one in before.services}
    for place in rows_of(filled, "services"):
        begin = f"services.{place}"
        code = filled.values.get(f"{begin}.code.code", "").strip().upper()
        fields.put(filled, f"{begin}.code.code", code)
        # 837P 2400 SV101-1: both are told as HC; CPT is level I, five characters from a digit on.
        fields.put(filled, f"{begin}.code.system", CPT if code[:1].isdigit() else HCPCS)
        fields.put(filled, f"{begin}.code.display", named.get(code))
        lists = {}
        for name, usual in (("modifiers", ""), ("diagnoses", "1")):
            text = filled.values.get(f"{begin}.{name}", "").strip() or usual
            fields.put(filled, f"{begin}.{name}", None)
            lists[f"{begin}.{name}"] = re.split(r"[\s,]+", text.upper()) if text else []
        filled.lists = {**filled.lists, **lists}


def _as_typed(kept: dict[str, str], filled: Form) -> dict[str, str]:
    return {**kept, **{name: " ".join(found) for name, found in filled.lists.items()}}


_WRONG: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"(diagnoses\.\d+\.code)(\.\w+)?",
        r"\1.code",
        "This is no ICD-10-CM code: a letter, two characters, a dot before any others.",
    ),
    (
        r"(services\.\d+\.code)(\.\w+)?",
        r"\1.code",
        "This is no CPT or HCPCS code: five characters.",
    ),
    (
        r"(services\.\d+\.modifiers)(\.\d+)?",
        r"\1",
        "Modifiers have two characters; a service has four at most.",
    ),
    (
        r"(services\.\d+\.diagnoses)(\.\d+)?",
        r"\1",
        "Give the numbers of one to four diagnoses: 1 2",
    ),
)


def _placed(errors: Mapping[str, Any]) -> dict[str, str]:
    """Each complaint at its field, as somebody who codes would say it."""
    placed: dict[str, str] = {}
    for path, message in errors.items():
        for pattern, name, words in _WRONG:
            if found := re.fullmatch(pattern, path):
                placed[found.expand(name)] = words
                break
        else:
            placed[path] = str(message)
    return placed
