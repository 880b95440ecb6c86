"""A report of the chart, made of what came in."""

from __future__ import annotations

from typing import Final

from caresmith.clock import Instant
from caresmith.ids import LabId, OrderId, PracticeId, ProviderId
from caresmith.records.clinical.observation import Observation
from caresmith.records.clinical.report import MOST_BYTES, Form, Report, ReportStatus, Study
from caresmith.records.practice import practice_setup
from functions.results import progress, store
from functions.results.incoming import Form as IncomingForm
from functions.results.incoming import IncomingReport
from functions.results.models import LabSettings

_LONG_TEXT: Final = 1_000
_ELSEWHERE: Final = "\n[The whole text is attached.]"


class TooLarge(Exception):
    """The report has more than a chart entry holds, even with its long texts put aside."""


def make_report(
    practice: PracticeId,
    lab: LabId,
    settings: LabSettings,
    came: IncomingReport,
    *,
    order: OrderId | None,
    responsible: ProviderId | None,
    now: Instant,
) -> Report:
    """The entry; its documents are kept first. Raises TooLarge."""
    observations = tuple(one.observation for one in came.observed)
    forms = [_keep(practice, form) for form in came.all_forms()]
    report = Report(
        code=came.code,
        status=came.status,
        category=came.category,
        effective=came.effective,
        collected_at=came.collected_at,
        issued=came.issued,
        performer=came.performer or settings.name,
        interpreter=came.interpreter or None,
        order_id=order,
        filler_number=came.filler_number,
        placer_number=came.placer_number or None,
        source=lab,
        responsible_id=responsible,
        specimen=came.specimen,
        observations=observations,
        conclusion=came.conclusion or None,
        forms=tuple(forms),
        study=_study(came, settings),
        flag=progress.flag_of(observations),
        # 45 CFR 171.103: what delays access without an exception is information blocking.
        released_at=None if came.status is ReportStatus.REGISTERED else now,
    )
    return fitted(practice, report)


def fitted(practice: PracticeId, report: Report) -> Report:
    """The report, its long texts as a document where it would be too large. Raises TooLarge."""
    if _size(report) <= MOST_BYTES:
        return report
    texts: list[str] = []
    observations = tuple(_shortened(one, texts) for one in report.observations)
    whole = "\n\n".join(texts).encode()
    forms = report.forms
    if texts:
        forms = (*forms, _keep(practice, IncomingForm("text/plain", whole, title="Long texts")))
    smaller = report.model_copy(update={"observations": observations, "forms": forms})
    if _size(smaller) > MOST_BYTES:
        raise TooLarge
    return smaller


def responsible_for(practice: PracticeId, came: IncomingReport) -> ProviderId | None:
    """The provider of the practice whom the lab names as who ordered it, by NPI."""
    providers = practice_setup(practice).providers.values()
    for number in came.orderer_ids:
        for provider in providers:
            if provider.npi == number:
                return provider.id
    return None


def _shortened(one: Observation, texts: list[str]) -> Observation:
    changes: dict[str, str] = {}
    for field in ("text", "note"):
        text = getattr(one, field)
        if text and len(text) > _LONG_TEXT:
            texts.append(f"{one.code.words}\n{text}")
            changes[field] = text[:_LONG_TEXT] + _ELSEWHERE
    return one.model_copy(update=changes) if changes else one


def _keep(practice: PracticeId, form: IncomingForm) -> Form:
    store.keep_form(practice, form.digest, form.data)
    return Form(
        content_type=form.content_type,
        digest=form.digest,
        size=len(form.data),
        title=" ".join(form.title.split())[:200] or None,
    )


def _study(came: IncomingReport, settings: LabSettings) -> Study | None:
    if not came.studies:
        return None
    found = came.studies[0]
    return Study.model_validate(
        {
            "uid": found.uid,
            "endpoint": found.endpoint or settings.dicomweb,
            "modality": found.modality,
        }
    )


def _size(report: Report) -> int:
    return len(report.model_dump_json(exclude_none=True).encode())
