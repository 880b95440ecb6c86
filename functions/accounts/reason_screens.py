"""The page of the practice's words and scales: reasons, financial assistance, statements' words."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from caresmith.actor import current_actor
from caresmith.errors import DomainError, invalid
from caresmith.http import requires
from caresmith.money import Money
from caresmith.permissions import Permission
from caresmith.records.revenue.ledger import ReasonCode
from caresmith.text import Line, Note
from caresmith.web import pages as web
from caresmith.web.forms import Form, parse, rows_of, version_of, without_empty_rows
from functions.accounts import rules, wording
from functions.accounts.app import app
from functions.accounts.models import Amount
from functions.accounts.pages import BASE, Html, form_sent, page, told
from functions.accounts.settings import AccountSettings, GivenUp, SlidingStep

_REASONS: Final = f"{BASE}/rules/reasons"
_ROWS: Final = {
    "reasons": ("code", "words"),
    "steps": ("up_to_percent", "discount_percent"),
    "messages": ("text",),
}
"""What makes a row of the form worth keeping."""
_MOST_ROWS: Final = 50


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReasonRow(_Closed):
    code: ReasonCode
    words: Annotated[Line, StringConstraints(max_length=80)]
    meaning: GivenUp
    percent: int | None = Field(default=None, ge=1, le=100)
    most: Amount | None = None
    active: bool = False


class MessageRow(_Closed):
    text: Annotated[Note, StringConstraints(max_length=400)]


class ReasonsForm(_Closed):
    reasons: tuple[ReasonRow, ...] = Field(min_length=1, max_length=_MOST_ROWS)
    year: int = Field(ge=2024, le=2100)
    first_person: Amount
    each_more: Amount
    steps: tuple[SlidingStep, ...] = Field(default=(), max_length=10)
    messages: tuple[MessageRow, ...] = Field(min_length=1, max_length=12)

    def on(self, settings: AccountSettings) -> AccountSettings:
        """The rules with what the form says. Raises InvalidRequest."""
        self._check()
        return AccountSettings.model_validate(
            {
                **settings.model_dump(),
                "reasons": [
                    {
                        **row.model_dump(exclude={"most"}),
                        "most_cents": row.most.cents if row.most else None,
                    }
                    for row in self.reasons
                ],
                "sliding": {
                    "year": self.year,
                    "first_person_cents": self.first_person.cents,
                    "each_more_cents": self.each_more.cents,
                    "steps": [step.model_dump() for step in self.steps],
                },
                "statements": {
                    **settings.statements.model_dump(),
                    "messages": [row.text for row in self.messages],
                },
            }
        )

    def _check(self) -> None:
        codes: set[str] = set()
        for place, row in enumerate(self.reasons):
            if row.code in codes:
                raise invalid(f"reasons.{place}.code", "this code is in the list already")
            codes.add(row.code)
        last = 0
        for place, step in enumerate(self.steps):
            if step.up_to_percent <= last:
                raise invalid(
                    f"steps.{place}.up_to_percent", "each step goes further than the one before"
                )
            last = step.up_to_percent


@app.get(_REASONS, include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="read-rules")
def reasons_page() -> Html:
    settings, version = rules.read(actor=current_actor())
    return _shown(Form(_values(settings, version)))


@app.post(_REASONS, include_in_schema=False)
@requires(Permission.MANAGE_BILLING_RULES, action="change-rules")
def reasons_form() -> Html:
    form = without_empty_rows(form_sent(), _ROWS)
    settings, _ = rules.read(actor=current_actor())
    money = (
        "first_person",
        "each_more",
        *(f"reasons.{place}.most" for place in range(_MOST_ROWS)),
    )
    try:
        request = parse(form, ReasonsForm, ignore=("version",), money=money)
        rules.change(request.on(settings), version_of(form), actor=current_actor())
    except DomainError as error:
        return _shown(told(form, error), error.status)
    return web.redirect(_REASONS, app.current_event)


def _shown(form: Form, status: int = 200) -> Html:
    # One more row of each, to write a new one into.
    rows = {path: rows_of(form, path, least=len(rows_of(form, path)) + 1) for path in _ROWS}
    meanings = [(one.value, wording.meaning(one)) for one in GivenUp]
    return page("reasons.html", status=status, form=form, rows=rows, meanings=meanings)


def _values(settings: AccountSettings, version: int) -> dict[str, str]:
    sliding = settings.sliding
    values = {
        "version": str(version),
        "year": str(sliding.year),
        "first_person": str(Money(sliding.first_person_cents)),
        "each_more": str(Money(sliding.each_more_cents)),
    }
    for place, reason in enumerate(settings.reasons):
        row = {
            "code": reason.code,
            "words": reason.words,
            "meaning": reason.meaning.value,
            "percent": str(reason.percent or ""),
            "most": str(Money(reason.most_cents)) if reason.most_cents else "",
            "active": str(reason.active).lower(),
        }
        values |= {f"reasons.{place}.{name}": value for name, value in row.items()}
    for place, step in enumerate(sliding.steps):
        values[f"steps.{place}.up_to_percent"] = str(step.up_to_percent)
        values[f"steps.{place}.discount_percent"] = str(step.discount_percent)
    values |= {
        f"messages.{place}.text": words for place, words in enumerate(settings.statements.messages)
    }
    return values
