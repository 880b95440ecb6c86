"""The console's pages of payer rules: the list, one rule, and what it would say."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from aws_lambda_powertools.event_handler.openapi.params import Path

from caresmith.actor import current_actor
from caresmith.errors import DomainError, NotFound, VersionConflict
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.records.revenue.payer import payer_directory
from caresmith.web import pages as web
from caresmith.web.forms import Form, FormRefused, parse, version_of
from functions.claims import denial_rules, rules_service
from functions.claims.app import app
from functions.claims.pages import HOME, Html, fragment, page, posted_form
from functions.claims.rule_forms import CONDITIONS, REQUIREMENTS, RuleRefused, form_of, rule_of
from functions.claims.scrubbing.payer_rules.wording import sentence

RULES: Final = f"{HOME}/rules"
CAUSES: Final = "/console/payments/causes"
"""Where denials are looked at: it posts the form that makes a rule of them."""
_RuleId = Annotated[str, Path(pattern="^[0-9A-Za-z-]{1,40}$")]


@app.get(RULES, include_in_schema=False)
@requires(Permission.READ_CLAIMS, audited=False)
def rules_page() -> Html:
    practice = current_actor().practice_id
    return page(
        "rules.html",
        rules=rules_service.list_rules(practice).rules,
        payers={one.payer_id: one.facts.name for one in payer_directory(practice).payers},
    )


@app.get(f"{RULES}/new", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, audited=False)
def new_rule_page() -> Html:
    return _rule(Form({"active": "true", "severity": "warning"}))


@app.post(f"{RULES}/new", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, action="add-rule")
def add_rule_form() -> Html:
    form = posted_form()
    try:
        rules_service.add(rule_of(form), actor=current_actor(), now=app.clock.now())
    except RuleRefused as refused:
        return _rule(refused.form, status=422)
    except DomainError as error:
        return _rule(form.refused(error), status=error.status)
    return web.redirect(f"{RULES}#saved", app.current_event)


@app.post(f"{RULES}/try", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, action="try-rule")
def try_rule_part() -> Html:
    """What the rule says, and which recent claims it would have something against."""
    form = posted_form()
    try:
        rule = rule_of(form)
    except RuleRefused as refused:
        return fragment("rule_tried.html", errors=refused.form.errors, said="", tried=None)
    tried = rules_service.try_on(rule, actor=current_actor(), now=app.clock.now())
    return fragment("rule_tried.html", errors={}, said=sentence(rule), tried=tried)


@app.post(f"{RULES}/from-denials", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, action="add-rule-from-denials")
def rule_from_denials_form() -> Html:
    """What a payer keeps denying is held from now on; back to the page of root causes."""
    form = posted_form()
    try:
        asked = parse(form, denial_rules.DenialRule)
        denial_rules.make(asked, actor=current_actor(), now=app.clock.now())
    except FormRefused as refused:
        return _rule(refused.form, status=422)
    except VersionConflict:
        raise
    except DomainError as error:
        return _rule(_prefilled(form).refused(error), status=error.status)
    return web.redirect(_causes(form), app.current_event)


@app.post(f"{RULES}/<payer_rule>/undo", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, action="undo-rule-from-denials")
def undo_rule_form(payer_rule: _RuleId) -> Html:
    form = posted_form()
    denial_rules.undo(payer_rule, version_of(form), actor=current_actor(), now=app.clock.now())
    return web.redirect(_causes(form), app.current_event)


def _causes(form: Form) -> str:
    """The page of root causes as it was shown."""
    shown = {name: form.value(name) for name in ("month", "by") if form.value(name)}
    return f"{CAUSES}?{urlencode(shown)}#saved"


def _prefilled(form: Form) -> Form:
    """A rule's form as far as what was asked says it."""
    codes = "-".join(dict.fromkeys((form.value("first_code"), form.value("last_code"))))
    return Form(
        {
            "title": form.value("title"),
            "codes": codes,
            "message": form.value("message"),
            "requires": "needs-look",
            "severity": "warning",
            "active": "true",
        }
    )


@app.get(f"{RULES}/<payer_rule>", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, audited=False)
def rule_page(payer_rule: _RuleId) -> Html:
    read = rules_service.read_rule(current_actor().practice_id, payer_rule)
    return _rule(form_of(read.rule) or Form(), payer_rule, read.version, said=read.sentence)


@app.post(f"{RULES}/<payer_rule>", include_in_schema=False)
@requires(Permission.MANAGE_PAYER_RULES, action="change-rule")
def change_rule_form(payer_rule: _RuleId) -> Html:
    form = posted_form()
    version = version_of(form)
    kept = rules_service.read_rule(current_actor().practice_id, payer_rule).rule
    try:
        # One that a form can't say is only switched on and off here.
        rule = (
            rule_of(form, payer_rule)
            if form_of(kept) is not None
            else kept.model_copy(update={"active": form.value("active") == "true"})
        )
        if kept.origin.kind == "denials":
            rule = rule.model_copy(update={"origin": kept.origin})
        rules_service.change(rule, version, actor=current_actor(), now=app.clock.now())
    except RuleRefused as refused:
        return _rule(refused.form, payer_rule, version, status=422)
    except (NotFound, VersionConflict):
        raise
    except DomainError as error:
        return _rule(form.refused(error), payer_rule, version, status=error.status)
    return web.redirect(f"{RULES}#saved", app.current_event)


def _rule(
    form: Form, rule_id: str = "", version: int = 0, *, said: str = "", status: int = 200
) -> Html:
    practice = current_actor().practice_id
    kept = rules_service.read_rule(practice, rule_id) if rule_id else None
    directory = payer_directory(practice)
    return page(
        "rule.html",
        status=status,
        form=form,
        rule_id=rule_id,
        version=version,
        said=said or (kept.sentence if kept else ""),
        kept=kept,
        plain=kept is None or form_of(kept.rule) is not None,
        payers=[(one.payer_id, one.facts.name) for one in directory.payers],
        requirements=[(kind, words) for kind, (words, *_) in REQUIREMENTS.items()],
        conditions=CONDITIONS,
    )
