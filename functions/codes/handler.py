"""Public code sets: what a code says, and which one is meant. Nobody's data is here."""

from __future__ import annotations

from datetime import date
from pathlib import Path as File
from typing import Annotated, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query

from caresmith.codes.icd10cm import Icd10Code, dotted, icd10cm
from caresmith.codes.loinc import loinc
from caresmith.codes.rxnorm import rxnorm
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


@app.get("/codes/rxnorm")
@requires(Permission.SIGNED_IN, action="search", audited=False)
def search_drugs(
    text: Words, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response[m.DrugsFound]:
    """The drugs that the words mean, the likeliest first, and from which release they are."""
    index = rxnorm()
    found = [m.DrugCode.of(drug) for drug in index.search(text, limit=limit)]
    return reply(m.DrugsFound(source=m.Source.of_drugs(index.release), drugs=found))


@app.get("/codes/rxnorm/<rxcui>")
@requires(Permission.SIGNED_IN, action="read", audited=False)
def read_drug(rxcui: Annotated[str, Path(pattern=r"^\d{1,8}$")]) -> Response[m.DrugCode]:
    """What a code of RxNorm says. One that the short list lacks may still be right."""
    found = rxnorm().find(rxcui)
    if found is None:
        raise NotFound
    return reply(m.DrugCode.of(found))


@app.get("/codes/loinc")
@requires(Permission.SIGNED_IN, action="search", audited=False)
def search_tests(
    text: Words, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Response[m.LabTestsFound]:
    """The laboratory tests that the words mean, the likeliest first, and from which release."""
    index = loinc()
    found = [m.LabTestCode.of(test) for test in index.search(text, limit=limit)]
    return reply(m.LabTestsFound(source=m.Source.of_tests(index.version), tests=found))


# -- fragments below a field in which a code is searched ---------------------------------

Typed = Annotated[str, Query(max_length=100)]
_MOST_PICKS: Final = 10


@app.get("/console/codes/icd-10-cm", include_in_schema=False)
@requires(Permission.SIGNED_IN, action="pick", audited=False)
def picks(text: Typed = "") -> Response[str]:
    asked, today = _enough(text), app.clock.now().date()
    found: list[Icd10Code] = icd10cm().search(asked, on=today, limit=_MOST_PICKS) if asked else []
    return _pages.render("codes/picks.html", here="", found=found, asked=asked)


@app.get("/console/codes/rxnorm", include_in_schema=False)
@requires(Permission.SIGNED_IN, action="pick", audited=False)
def drug_picks(text: Typed = "") -> Response[str]:
    asked, index = _enough(text), rxnorm()
    found = index.search(asked, limit=_MOST_PICKS) if asked else []
    source = m.Source.of_drugs(index.release)
    return _pages.render("codes/drugs.html", here="", found=found, asked=asked, source=source)


@app.get("/console/codes/loinc", include_in_schema=False)
@requires(Permission.SIGNED_IN, action="pick", audited=False)
def laboratory_picks(text: Typed = "") -> Response[str]:
    asked, index = _enough(text), loinc()
    found = index.search(asked, limit=_MOST_PICKS) if asked else []
    source = m.Source.of_tests(index.version)
    return _pages.render("codes/tests.html", here="", found=found, asked=asked, source=source)


def _enough(text: str) -> str:
    """What was typed, where it is enough to look for."""
    asked = text.strip()
    return asked if len(asked) > 1 else ""


handler = make_handler(app)
