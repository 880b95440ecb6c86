"""Exceptions from cdk-nag's rules, each with its reason beside the resource."""

from __future__ import annotations

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept(construct: IConstruct, **reasons: str) -> None:
    """Accept findings of the HIPAA pack on a construct and all below it.

    Names are rule ids without the pack's prefix: ``LambdaInsideVPC="reason"``.
    """
    Validations.of(construct).acknowledge(
        *(
            Acknowledgment(id=f"HIPAA.Security::HIPAA.Security-{rule}", reason=reason)
            for rule, reason in reasons.items()
        )
    )
