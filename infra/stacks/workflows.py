"""State machines, and what starts things once at a set time."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra import names
from infra.constructs.feature_function import FeatureFunction
from infra.constructs.workflow import StateMachine
from infra.manifest import FUNCTIONS, WORKFLOWS, Function
from infra.stage import Stage


class WorkflowsStack(Stack):
    """``machines`` by name; the schedule group ``once`` with a role for each that schedules."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        functions: Mapping[str, FeatureFunction],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, "Workflows", stack_name=f"{stage.prefix}workflows")
        self._stage_config = stage
        self.machines = {
            spec.name: StateMachine(self, spec, stage, functions, key) for spec in WORKFLOWS
        }
        scheduler.ScheduleGroup(self, "Once", schedule_group_name=f"{stage.prefix}once")
        for function in FUNCTIONS:
            if function.starts_once:
                self._once_role(function, key)

    def _once_role(self, function: Function, key: kms.IKey) -> None:
        """Scheduler may start what this function may start later, and nothing else."""
        stage = self._stage_config
        role = iam.Role(
            self,
            f"{function.name.title().replace('_', '')}Once",
            role_name=names.once_role_name(stage, function.name),
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                # Else any schedule of any account could borrow the role.
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": self.account,
                        "aws:SourceArn": names.once_group_arn(self, stage),
                    }
                },
            ),
        )
        statements = []
        for target in function.starts_once:
            starts = target.startswith("workflow:")
            action = "states:StartExecution" if starts else "lambda:InvokeFunction"
            arn = names.target_arn(self, stage, target)
            statements.append(iam.PolicyStatement(actions=[action], resources=[arn]))
            if starts:
                statements.append(_use_of(key, f"states.{self.region}.amazonaws.com"))
        iam.ManagedPolicy(role, "Policy", statements=statements, roles=[role])


def _use_of(key: kms.IKey, service: str) -> iam.PolicyStatement:
    """Who starts an encrypted machine's execution must be able to encrypt its input."""
    return iam.PolicyStatement(
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=[key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": service}},
    )
