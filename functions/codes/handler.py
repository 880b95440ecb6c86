"""Public code sets: what a code says, and which one is meant. Nobody's data is here."""

from __future__ import annotations

from datetime import date
from pathlib import Path as File
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.codes.icd10cm import Icd10Code, dotted, icd10cm
from caresmith.dispatch import make_handler
from caresmith.errors import NotFound
from caresmith.http import FeatureApp, reply, requires
from caresmith.permissions import Permission
from caresmith.web.pages import Pages
from functions.codes import models as m

app: Final = FeatureApp("codes")
_pages: Final = Pages(File(__file__).with_name("templates"))

Words = Annotated[str, Query(min_length=2, max_length=100)]
Day = Annotated[date | None, Query()]


@app.get("/codes/icd-10-cm")
@requires(Permission.SIGNED_IN, action="search", audited=False)
def search(
    text: Words,
    on: Day = None,
    billable: Annotated[bool, Query()] = True,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response[list[m.DiagnosisCode]]:
    """The codes that the words, or the beginning of a code, mean; the likeliest first."""
    found = icd10cm().search(text, on=on, billable=billable, limit=limit)
    return reply([m.DiagnosisCode.of(code) for code in found])


@app.get("/codes/icd-10-cm/<code>")
@requires(Permission.SIGNED_IN, action="read", audited=False)
def read(
    code: Annotated[str, Path(max_length=12)], on: Day = None
) -> Response[m.DiagnosisCodeDetails]:
    """What a code or heading says, its notes, what stands below it, and whether it is valid."""
    index, day = icd10cm(), on or app.clock.now().date()
    found = index.find(code)
    if found is None or not found.is_code:
        raise NotFound
    return reply(
        m.DiagnosisCodeDetails(
            **m.DiagnosisCode.of(found).model_dump(),
            terms=list(found.terms),
            validity=index.validity(found.code, day),
            release_known=index.knows(day),
            notes=index.notes(dotted(code)),
            below=[m.DiagnosisCode.of(each) for each in index.below(code)],
        )
    )


@app.get("/console/codes/icd-10-cm", include_in_schema=False)
@requires(Permission.SIGNED_IN, action="pick", audited=False)
def picks(text: Annotated[str, Query(max_length=100)] = "") -> Response[str]:
    """The fragment below a field in which a diagnosis is searched."""
    asked = text.strip()
    enough = len(asked) > 1
    today = app.clock.now().date()
    found: list[Icd10Code] = icd10cm().search(asked, on=today, limit=10) if enough else []
    return _pages.render("codes/picks.html", here="", found=found, asked=asked if enough else "")


handler = make_handler(app)
