"""The bus that carries domain events, and the archive they can be replayed from."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.stage import Stage


class BusStack(Stack):
    """``bus``: where the relay puts events and each consumer's rule listens."""

    def __init__(self, scope: Construct, stage: Stage, key: kms.IKey) -> None:
        super().__init__(scope, "Bus", stack_name=f"{stage.prefix}bus")
        self.bus = events.EventBus(self, "Bus", event_bus_name=f"{stage.prefix}bus", kms_key=key)
        self.bus.archive(
            "Archive",
            archive_name=f"{stage.prefix}archive",
            description="All domain events, to replay after an outage",
            event_pattern=events.EventPattern(source=events.Match.prefix("caresmith.")),
            retention=Duration.days(90),
        )
