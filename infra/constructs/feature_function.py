"""One function of the manifest with everything that belongs to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from caresmith.settings import Domain
from infra import patterns
from infra.assets import function_asset
from infra.constructs import permissions
from infra.constructs.encrypted_table import EncryptedTable
from infra.constructs.nag import accept
from infra.constructs.outward import Outward
from infra.manifest import Function, ScheduleTrigger, StreamTrigger
from infra.names import LIVE
from infra.stage import Stage

RUNTIME = lambda_.Runtime.PYTHON_3_14
MAX_RECEIVES = 5
_STREAM_RETRIES = 8


@dataclass(frozen=True)
class Surroundings:
    """What the deployment offers its functions."""

    stage: Stage
    tables: Mapping[Domain, EncryptedTable]
    buckets: Mapping[str, s3.Bucket]
    pools: Mapping[str, cognito.UserPool]
    clients: Mapping[str, cognito.UserPoolClient]
    bus: events.EventBus
    key: kms.IKey
    """For logs and queues."""
    outward: Outward
    layers: Mapping[str, lambda_.ILayerVersion]


class FeatureFunction(Construct):
    """A Lambda function with its own role, log group, dead-letter queues and triggers.

    ``alias`` is what others invoke: it points at the published version, which is
    SnapStarted where a person waits for it. ``dead_letters`` are the queues in
    which nothing should ever lie.
    """

    def __init__(self, scope: Construct, spec: Function, around: Surroundings) -> None:
        super().__init__(scope, spec.name.title().replace("_", ""))
        self.spec = spec
        self._around = around
        self._name = f"{around.stage.prefix}{spec.name}"
        self.dead_letters: list[sqs.Queue] = []
        self._failed = self._dead_letter_queue("failed")
        self._role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self._logs = logs.LogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{self._name}",
            encryption_key=around.key,
            retention=logs.RetentionDays.ONE_YEAR,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.function = self._function()
        self.alias = lambda_.Alias(
            self, "Live", alias_name=LIVE, version=self.function.current_version
        )
        statements = self._statements()
        for stream in spec.streams:
            self._connect_stream(stream)
        for schedule in spec.schedules:
            self._connect_schedule(schedule)
        if spec.events:
            statements += self._connect_events()
        policy = iam.ManagedPolicy(self, "Policy", statements=statements, roles=[self._role])
        # The function must not start before it may do its work.
        self.function.node.add_dependency(policy)
        self._accept_findings()

    def _function(self) -> lambda_.Function:
        spec, around = self.spec, self._around
        return lambda_.Function(
            self,
            "Function",
            function_name=self._name,
            description=spec.purpose,
            runtime=RUNTIME,
            architecture=lambda_.Architecture.ARM_64,
            handler=spec.handler,
            code=lambda_.Code.from_asset(str(function_asset(spec.name))),
            layers=[around.layers[name] for name in spec.layers],
            # Rights come from the one managed policy, never added on the way.
            role=self._role.without_policy_updates(),
            memory_size=spec.memory_mb,
            timeout=Duration.seconds(spec.timeout_seconds),
            reserved_concurrent_executions=spec.reserved_concurrency,
            environment=self._environment(),
            tracing=lambda_.Tracing.ACTIVE,
            dead_letter_queue=self._failed,
            log_group=self._logs,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if spec.on_user_path else None,
        )

    def _environment(self) -> dict[str, str]:
        spec, around = self.spec, self._around
        variables = {
            "CARESMITH_STAGE": around.stage.name,
            "CARESMITH_PREFIX": around.stage.prefix,
            "CARESMITH_ASSETS_DIR": "/opt/web",
            "CARESMITH_CODES_DIR": "/opt/codes",
            "POWERTOOLS_SERVICE_NAME": spec.name,
            "POWERTOOLS_METRICS_NAMESPACE": "Caresmith",
            "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
            "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
            **around.outward.variables(spec),
        }
        for grant in spec.buckets:
            name = f"CARESMITH_BUCKET_{grant.bucket.upper()}"
            variables[name] = around.buckets[grant.bucket].bucket_name
            if grant.bucket in permissions.SCANNED:
                variables["CARESMITH_MALWARE_SCAN"] = "guardduty"
        for pool in self._known_pools():
            variables[f"CARESMITH_{pool.upper()}_POOL_ID"] = around.pools[pool].user_pool_id
            variables[f"CARESMITH_{pool.upper()}_CLIENT_ID"] = around.clients[
                pool
            ].user_pool_client_id
        return variables

    def _known_pools(self) -> tuple[str, ...]:
        """The authorizer verifies tokens of every pool, though it calls none."""
        if self.spec.role_in_api == "authorizer":
            return tuple(self._around.pools)
        return self.spec.user_pools

    def _statements(self) -> list[iam.PolicyStatement]:
        spec, around = self.spec, self._around
        return [
            *permissions.table_statements(spec, around.tables),
            *permissions.stream_statements(spec, around.tables),
            *permissions.bucket_statements(spec, around.buckets),
            *permissions.other_statements(spec, around.bus, around.pools),
            *around.outward.statements(spec),
            iam.PolicyStatement(
                actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                resources=[f"{self._logs.log_group_arn}"],
            ),
            iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self._failed.queue_arn]),
            iam.PolicyStatement(
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[around.key.key_arn],
            ),
        ]

    # -- triggers ---------------------------------------------------------

    def _connect_stream(self, trigger: StreamTrigger) -> None:
        """Deliver a table's stream in order, retrying from the first failed record."""
        pattern = patterns.stream_pattern(trigger)
        lambda_.EventSourceMapping(
            self,
            f"{trigger.domain.capitalize()}Stream",
            target=self.alias,
            event_source_arn=self._around.tables[trigger.domain].table.table_stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=trigger.batch_size,
            bisect_batch_on_error=True,
            retry_attempts=_STREAM_RETRIES,
            report_batch_item_failures=True,
            filters=[{"pattern": json.dumps(pattern)}] if pattern else None,
            on_failure=sources.SqsDlq(self._failed),
        )

    def _connect_schedule(self, trigger: ScheduleTrigger) -> None:
        """Invoke on a clock with the job's name."""
        events.Rule(
            self,
            f"{trigger.name.title().replace('-', '')}Schedule",
            rule_name=f"{self._name}-{trigger.name}",
            schedule=events.Schedule.expression(trigger.expression),
            targets=[
                targets.LambdaFunction(
                    self.alias,
                    event=events.RuleTargetInput.from_object({"job": trigger.name}),
                    retry_attempts=2,
                )
            ],
        )

    def _connect_events(self) -> list[iam.PolicyStatement]:
        """Deliver domain events from the bus through a queue; returns the rights to read it."""
        wanted = patterns.event_pattern(self.spec.events)
        dead = self._dead_letter_queue("events-dlq")
        name = f"{self._name}-events"
        queue = sqs.Queue(
            self,
            "Events",
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._around.key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            visibility_timeout=Duration.seconds(6 * self.spec.timeout_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(max_receive_count=MAX_RECEIVES, queue=dead),
        )
        events.Rule(
            self,
            "EventsRule",
            rule_name=name,
            event_bus=self._around.bus,
            event_pattern=events.EventPattern(
                source=events.Match.prefix("caresmith."), detail_type=wanted["detail-type"]
            ),
            targets=[targets.SqsQueue(queue)],
        )
        lambda_.EventSourceMapping(
            self,
            "EventsMapping",
            target=self.alias,
            event_source_arn=queue.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
        )
        return [
            iam.PolicyStatement(
                actions=["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                resources=[queue.queue_arn],
            )
        ]

    def _dead_letter_queue(self, purpose: str) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            purpose.title().replace("-", ""),
            queue_name=f"{self._name}-{purpose}",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._around.key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
        )
        self.dead_letters.append(queue)
        return queue

    def _accept_findings(self) -> None:
        accept(
            self.function,
            LambdaInsideVPC=(
                "It talks to AWS services by IAM, and where its secrets say so to carriers and "
                "payers, over TLS or SSH with pinned host keys; there is no network of ours for "
                "a VPC to protect, and its cold start would suffer."
            ),
        )
        if self.spec.reserved_concurrency is None:
            accept(
                self.function,
                LambdaConcurrency=(
                    "The API's throttle bounds it; a fixed share would make one busy feature "
                    "refuse work while the account has capacity left."
                ),
            )
