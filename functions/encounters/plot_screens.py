"""The page of plots: a child's growth, and everybody's vital signs over time."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.http import requires
from caresmith.ids import PatientId
from caresmith.measures.age import age
from caresmith.permissions import Permission
from functions.encounters import plots
from functions.encounters.app import app
from functions.encounters.pages import page, today, zone_here
from functions.encounters.who import who

Html = Response[str]


@app.get("/console/charts/<patient_id>/plots", include_in_schema=False)
@requires(Permission.READ_CHART, action="read-plots")
def plots_page(patient_id: PatientId) -> Html:
    actor = current_actor()
    person = who(actor.practice_id, patient_id)
    about = person.chart.demographics
    values = plots.read_values(patient_id, actor=actor)
    child = age(about.birth_date, max(about.birth_date, today())).months < plots.GROWN_UP_MONTHS
    sex = plots.sex_of(about)
    grown = (
        plots.growth_plots(values, about.birth_date, sex, zone_here(), today())
        if child and sex
        else []
    )
    return page(
        "plots.html",
        who=person,
        child=child,
        sex=sex,
        growth=[(plot, _data(plot)) for plot in grown],
        trends=[(plot, _data(plot)) for plot in plots.over_time(values)],
    )


def _data(plot: Any) -> str:
    """What the picture is drawn from, without the words of the table."""
    return json.dumps({k: v for k, v in asdict(plot).items() if k != "rows"})
