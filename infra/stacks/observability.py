"""What wakes somebody up, and the page that they then look at."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.feature_function import FeatureFunction
from infra.constructs.workflow import StateMachine
from infra.stage import Stage

_FIVE_MINUTES = Duration.minutes(5)
_NEAR_TIMEOUT = 0.8
_STREAM_LAG = Duration.minutes(10)


class ObservabilityStack(Stack):
    """Alarms on every function, dead-letter queue and workflow, one topic, one dashboard."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        functions: Mapping[str, FeatureFunction],
        machines: Mapping[str, StateMachine],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, "Observability", stack_name=f"{stage.prefix}observability")
        self._topic = sns.Topic(
            self,
            "Alarms",
            topic_name=f"{stage.prefix}alarms",
            master_key=key,
            enforce_ssl=True,
        )
        if stage.alarm_email:
            self._topic.add_subscription(subscriptions.EmailSubscription(stage.alarm_email))
        self._dashboard = cloudwatch.Dashboard(
            self, "Dashboard", dashboard_name=f"{stage.prefix}overview"
        )
        for function in functions.values():
            self._watch(function)
        for machine in machines.values():
            self._watch_workflow(machine)

    def _watch(self, function: FeatureFunction) -> None:
        name, timeout = function.spec.name, function.spec.timeout_seconds
        errors = function.function.metric_errors(period=_FIVE_MINUTES)
        throttles = function.function.metric_throttles(period=_FIVE_MINUTES)
        slowest = function.function.metric_duration(period=_FIVE_MINUTES, statistic="p95")
        self._alarm(f"{name}-errors", errors, 1)
        self._alarm(f"{name}-throttles", throttles, 1)
        self._alarm(f"{name}-slow", slowest, timeout * 1000 * _NEAR_TIMEOUT)
        for queue in function.dead_letters:
            depth = queue.metric_approximate_number_of_messages_visible(period=_FIVE_MINUTES)
            self._alarm(f"{name}-{queue.node.id.lower()}", depth, 1)
        if function.spec.streams:
            age = function.function.metric("IteratorAge", statistic="Maximum", period=_FIVE_MINUTES)
            self._alarm(f"{name}-stream-lag", age, _STREAM_LAG.to_milliseconds())
        self._dashboard.add_widgets(
            cloudwatch.GraphWidget(
                title=name,
                left=[function.function.metric_invocations(period=_FIVE_MINUTES), errors],
                right=[slowest],
                width=8,
            )
        )

    def _watch_workflow(self, workflow: StateMachine) -> None:
        """A failed execution has told the front desk, if it could: somebody looks why."""
        name, machine = workflow.spec.name, workflow.machine
        started = machine.metric_started(period=_FIVE_MINUTES)
        failed = machine.metric_failed(period=_FIVE_MINUTES)
        timed_out = machine.metric_timed_out(period=_FIVE_MINUTES)
        throttled = machine.metric_throttled(period=_FIVE_MINUTES)
        self._alarm(f"{name}-workflow-failed", failed, 1)
        self._alarm(f"{name}-workflow-timed-out", timed_out, 1)
        self._alarm(f"{name}-workflow-throttled", throttled, 1)
        self._dashboard.add_widgets(
            cloudwatch.GraphWidget(
                title=f"{name} workflow", left=[started], right=[failed, timed_out], width=8
            )
        )

    def _alarm(self, name: str, metric: cloudwatch.Metric, threshold: float) -> None:
        alarm = metric.create_alarm(
            self,
            name,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self._topic))
