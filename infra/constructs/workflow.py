"""One state machine of the manifest with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import names
from infra.assets import ROOT
from infra.constructs.feature_function import FeatureFunction
from infra.manifest import Workflow
from infra.stage import Stage

WATCHING_ACTIONS: Final = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)


class StateMachine(Construct):
    """The workflow's definition as it lies beside its owner, run under a role of its own.

    The log tells of errors without what executions carry, which is ids at most.
    """

    def __init__(
        self,
        scope: Construct,
        spec: Workflow,
        stage: Stage,
        functions: Mapping[str, FeatureFunction],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, spec.name.title().replace("-", ""))
        self.spec = spec
        self._name = f"{stage.prefix}{spec.name}"
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))
        log = logs.LogGroup(
            self,
            "Logs",
            # Under this prefix the log delivery's resource policy stays within its limit.
            log_group_name=f"/aws/vendedlogs/states/{self._name}",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.DESTROY,
        )
        aliases = {name: functions[name].alias for name in spec.invokes}
        self.machine = sfn.StateMachine(
            self,
            "Machine",
            state_machine_name=self._name,
            definition_body=sfn.DefinitionBody.from_string((ROOT / spec.definition).read_text()),
            definition_substitutions={n: alias.function_arn for n, alias in aliases.items()},
            # Rights come from the one managed policy, never added on the way.
            role=role.without_policy_updates(),
            tracing_enabled=True,
            logs=sfn.LogOptions(
                destination=log, level=sfn.LogLevel.ERROR, include_execution_data=False
            ),
            encryption_configuration=sfn.CustomerManagedEncryptionConfiguration(key),
        )
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            statements=[
                iam.PolicyStatement(
                    actions=["lambda:InvokeFunction"],
                    resources=[alias.function_arn for alias in aliases.values()],
                ),
                *self._watching(),
                *self._sealing(stage, key),
            ],
            roles=[role],
        )
        self.machine.node.add_dependency(policy)

    def _watching(self) -> list[iam.PolicyStatement]:
        """Logs and traces, which have no resources to name.

        https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
        """
        return [iam.PolicyStatement(actions=list(WATCHING_ACTIONS), resources=["*"])]

    def _sealing(self, stage: Stage, key: kms.IKey) -> list[iam.PolicyStatement]:
        """https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html"""
        stack = Stack.of(self)
        machine = names.machine_arn(stack, stage, self.spec.name)
        delivery = stack.format_arn(service="logs", resource="*")
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("delivery.logs.amazonaws.com")],
                actions=["kms:Decrypt"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
            )
        )
        return [
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[key.key_arn],
                conditions={
                    "StringEquals": {"kms:EncryptionContext:aws:states:stateMachineArn": machine}
                },
            ),
            iam.PolicyStatement(
                actions=["kms:GenerateDataKey"],
                resources=[key.key_arn],
                conditions={"StringLike": {"kms:EncryptionContext:SourceArn": delivery}},
            ),
        ]
