"""What a function may do beyond its own data, and the names it is told for it.

Both come from the manifest: one-time schedules, answers to waiting workflows,
texts and e-mails, secrets.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from infra import names
from infra.manifest import Function
from infra.stacks.carriers import CarriersStack
from infra.stage import Stage
from infra.variables import once_variable, secret_variable


@dataclass(frozen=True)
class Outward:
    """The stage and its carriers, as one function sees them from its stack."""

    stack: Stack
    stage: Stage
    carriers: CarriersStack

    # -- rights -------------------------------------------------------------

    def statements(self, function: Function) -> Iterable[iam.PolicyStatement]:
        if function.starts_once:
            yield from self._once(function)
        for workflow in function.answers_workflows:
            yield iam.PolicyStatement(
                actions=[
                    "states:SendTaskSuccess",
                    "states:SendTaskFailure",
                    "states:SendTaskHeartbeat",
                ],
                resources=[names.machine_arn(self.stack, self.stage, workflow)],
            )
        if "email" in function.carriers:
            yield iam.PolicyStatement(
                actions=["ses:SendEmail"],
                # A practice writes from an address of its own, which the operator has verified.
                resources=[
                    self._arn("ses", "identity", "*"),
                    self._arn("ses", "configuration-set", f"{self.stage.prefix}mail"),
                ],
            )
        if "sms" in function.carriers:
            yield from self._texts()
        for secret in function.secrets:
            yield iam.PolicyStatement(
                actions=["secretsmanager:GetSecretValue"],
                resources=[self.carriers.secrets[secret].secret_arn],
            )

    def _once(self, function: Function) -> Iterable[iam.PolicyStatement]:
        yield iam.PolicyStatement(
            actions=[
                "scheduler:CreateSchedule",
                "scheduler:UpdateSchedule",
                "scheduler:DeleteSchedule",
                "scheduler:GetSchedule",
            ],
            resources=[names.once_schedules_arn(self.stack, self.stage)],
        )
        yield iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[names.once_role_arn(self.stack, self.stage, function.name)],
            conditions={"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}},
        )

    def _texts(self) -> Iterable[iam.PolicyStatement]:
        yield iam.PolicyStatement(
            actions=["sms-voice:SendTextMessage"],
            resources=[
                self._arn("sms-voice", "phone-number", "*"),
                self._arn("sms-voice", "pool", "*"),
                self._arn("sms-voice", "configuration-set", f"{self.stage.prefix}texts"),
            ],
        )
        # A telephone number has no ARN: all that is no topic and no endpoint.
        yield iam.PolicyStatement(actions=["sns:Publish"], not_resources=["arn:*:sns:*:*:*"])

    def _arn(self, service: str, resource: str, name: str) -> str:
        return self.stack.format_arn(service=service, resource=resource, resource_name=name)

    # -- names --------------------------------------------------------------

    def variables(self, function: Function) -> dict[str, str]:
        """As :meth:`scripts.localstack.system.Deployment.granted` tells them locally."""
        told = {"CARESMITH_PUBLIC_URL": self.stage.public_url}
        if function.starts_once:
            role = names.once_role_arn(self.stack, self.stage, function.name)
            told["CARESMITH_ONCE_ROLE"] = role
        for target in function.starts_once:
            told[once_variable(target)] = names.target_arn(self.stack, self.stage, target)
        for secret in function.secrets:
            told[secret_variable(secret)] = f"{self.stage.prefix}{secret}"
        if "sms" in function.carriers:
            told["CARESMITH_SMS_CARRIER"] = self.stage.sms_carrier
            told["CARESMITH_SMS_CONFIGURATION_SET"] = f"{self.stage.prefix}texts"
        if "email" in function.carriers:
            told["CARESMITH_SES_CONFIGURATION_SET"] = f"{self.stage.prefix}mail"
        if function.hears_carriers:
            topics = (topic.topic_arn for topic in self.carriers.topics.values())
            told["CARESMITH_SNS_TOPICS"] = ",".join(topics)
        return told
