"""How the payers behaved: those of the local stack, with the practice's contracts, and moods.

A payer pays what the practice's fee schedule expects of it, but where a rule here says
otherwise; so what the denial queue shows has its reason.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.money import Money
from caresmith.records.revenue.fee_rules import chain, per_unit
from scripts.payer.rules import Plan, Rule, Rules, default_rules
from scripts.sample_practice.payers import PAYERS
from scripts.sample_practice.tariff import SOLD, schedules

_MOODS: Final = (
    ("Enrolment not found", {"percent": 3}, {"do": "277ca", "category": "A7", "code": "562",
                                             "entity": "85"}),
    ("Member not found", {"percent": 2}, {"do": "277ca", "category": "A7", "code": "164",
                                          "entity": "IL"}),
    ("Lacks information", {"percent": 4}, {"do": "deny", "reason": "16", "remarks": ["M127"]}),
    ("Not necessary", {"percent": 2}, {"do": "deny", "reason": "50"}),
    ("No authorization", {"percent": 2}, {"do": "deny", "reason": "197"}),
    ("Not covered by the plan", {"percent": 2}, {"do": "deny", "group": "PR", "reason": "204"}),
    ("Coverage had ended", {"percent": 2}, {"do": "deny", "reason": "27"}),
    ("Another payer is first", {"percent": 1}, {"do": "deny", "reason": "22", "group": "OA"}),
    ("Bundled", {"modifier": "25", "percent": 15}, {"do": "deny", "reason": "97",
                                                    "remarks": ["M15"]}),
    ("Records are asked for", {"percent": 4}, {"do": "pend", "days": 45}),
    ("Paid below the contract", {"percent": 3}, {"do": "reduce", "percent": 25}),
    ("Taken back", {"percent": 2}, {"do": "takeback", "days": 12}),
)  # fmt: skip


def past_rules(today: dt.date, *more: Rule) -> Rules:
    """The rules of a day of the past; ``more`` are of that day alone."""
    usual = default_rules()
    of_payers = tuple(
        _with_contract(usual.plan(facts.wire_id), facts.wire_id, name, today)
        for name, (_, facts) in PAYERS.items()
    )
    moods = [Rule.model_validate({"name": n, "when": w, "then": t}) for n, w, t in _MOODS]
    return usual.model_copy(update={"plans": (*of_payers, *usual.plans), "rules": (*moods, *more)})


def _with_contract(plan: Plan, wire_id: str, name: str, today: dt.date) -> Plan:
    return plan.model_copy(
        update={"payer": wire_id, "name": name.upper(), "fees": contract(name, today)}
    )


def contract(name: str, today: dt.date) -> dict[str, Money]:
    """What the payer of that name allows for one unit, by code."""
    found = schedules(today)
    rows = {schedule.schedule_id: of for schedule, of in found}
    chained = chain([schedule for schedule, _ in found], PAYERS[name][0], today)
    priced = {sold.code: per_unit(chained, rows, sold.code, (), facility=False) for sold in SOLD}
    return {code: amount for code, amount in priced.items() if amount is not None}
