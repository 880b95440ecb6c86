"""My work: notes to finish and to co-sign, my tasks, and those that nobody has yet."""

from __future__ import annotations

from typing import Final

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import requires
from caresmith.permissions import Permission
from caresmith.records.patient import patient_cards
from caresmith.web.counts import count_badge
from functions.encounters import models as m
from functions.encounters import todos, visits
from functions.encounters.app import app
from functions.encounters.pages import page
from functions.encounters.records import NOBODY

Html = Response[str]
WORK: Final = "/console/encounters/work"


@app.get(WORK, include_in_schema=False)
@requires(Permission.WRITE_NOTES, action="list-own-work")
def work_page() -> Html:
    actor = current_actor()
    notes: list[m.OpenEncounter] = []
    if actor.provider_id is not None:
        notes = visits.to_finish(actor.provider_id, actor=actor).encounters
    mine = todos.of_owner(actor.user_id, actor=actor, until=None)
    nobodys = todos.of_owner(NOBODY, actor=actor, until=None)
    about = [one.patient_id for one in notes]
    about += [one.patient_id for one in (*mine, *nobodys)]
    return page(
        "work.html",
        here=WORK,
        finish=[one for one in notes if one.what == "finish"],
        cosign=[one for one in notes if one.what == "cosign"],
        mine=mine,
        nobodys=nobodys,
        cards=patient_cards(actor.practice_id, list(dict.fromkeys(about))),
    )


@app.get(f"{WORK}/count", include_in_schema=False)
@requires(Permission.WRITE_NOTES, audited=False)
def work_count() -> Html:
    """The badge beside the menu's entry: how many co-signatures and tasks wait for me."""
    actor = current_actor()
    count = todos.count_of(actor.practice_id, actor.user_id)
    if actor.provider_id is not None:
        count += visits.count_to_cosign(actor.practice_id, actor.provider_id)
    return count_badge(count, "waiting for you")
