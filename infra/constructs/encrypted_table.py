"""One domain's table under its own key."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.manifest import TableSpec
from infra.stage import Stage


class EncryptedTable(Construct):
    """A DynamoDB table with a customer-managed key, point-in-time recovery and no way to lose it.

    45 CFR 164.312(a)(2)(iv) (encryption), 164.308(a)(7)(ii)(A) (data backup).
    """

    def __init__(self, scope: Construct, spec: TableSpec, stage: Stage) -> None:
        super().__init__(scope, f"{spec.domain.capitalize()}Data")
        self.spec = spec
        self.key = kms.Key(
            self,
            "Key",
            alias=stage.key_alias(spec.domain),
            description=f"Caresmith {stage.name}: {spec.domain}",
            enable_key_rotation=True,
            removal_policy=stage.removal_policy,
        )
        sort_key = dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING)
        self.table = dynamodb.Table(
            self,
            "Table",
            table_name=stage.table_name(spec.domain),
            partition_key=dynamodb.Attribute(
                name="pk" if spec.has_sort_key else "id", type=dynamodb.AttributeType.STRING
            ),
            sort_key=sort_key if spec.has_sort_key else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if spec.stream else None,
            time_to_live_attribute=spec.ttl,
            deletion_protection=stage.keeps_data,
            removal_policy=(RemovalPolicy.RETAIN if stage.keeps_data else RemovalPolicy.DESTROY),
        )
