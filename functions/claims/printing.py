"""A claim as a CMS-1500, for payers that take paper."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from aws_lambda_powertools.event_handler import Response

from caresmith.clock import Instant
from caresmith.ids import ClaimId, PracticeId
from caresmith.records.practice import practice_setup
from functions.claims import viewing
from functions.claims.paper.drawing import cms_1500


def paper(practice: PracticeId, claim_id: ClaimId, now: Instant, *, form: bool) -> Response[Any]:
    """The PDF, to be shown. Raises NotFound."""
    read = viewing.read(practice, claim_id)
    signed_on = practice_setup(practice).practice.day_at(now)
    answer = Response[Any](
        200,
        content_type="application/pdf",
        headers={
            "Cache-Control": "no-store",
            "Content-Disposition": f'inline; filename="{read.control_number}.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
        body=b64encode(cms_1500(read.draft, signed_on, form=form)).decode(),
    )
    answer.base64_encoded = True
    return answer
