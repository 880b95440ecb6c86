"""ARNs made from names, where a reference would make stacks depend on each other in a circle.

A function may start a workflow that itself invokes that function: each knows the
other by its name, which the stage's prefix makes unique.
"""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack

from infra.stage import Stage

LIVE = "live"
"""The alias under which every function is invoked."""


def machine_arn(stack: Stack, stage: Stage, workflow: str) -> str:
    return stack.format_arn(
        service="states",
        resource="stateMachine",
        resource_name=f"{stage.prefix}{workflow}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def function_arn(stack: Stack, stage: Stage, function: str) -> str:
    """Of the alias that others invoke."""
    return stack.format_arn(
        service="lambda",
        resource="function",
        resource_name=f"{stage.prefix}{function}:{LIVE}",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def target_arn(stack: Stack, stage: Stage, target: str) -> str:
    """Of what the manifest's ``starts_once`` names: a function, or ``workflow:<name>``."""
    kind, _, name = target.rpartition(":")
    make = machine_arn if kind == "workflow" else function_arn
    return make(stack, stage, name)


def once_role_name(stage: Stage, function: str) -> str:
    """The role that Scheduler takes for the function's one-time schedules."""
    return f"{stage.prefix}{function}-once"


def once_role_arn(stack: Stack, stage: Stage, function: str) -> str:
    return stack.format_arn(
        service="iam",
        region="",
        resource="role",
        resource_name=once_role_name(stage, function),
    )


def once_group_arn(stack: Stack, stage: Stage) -> str:
    return stack.format_arn(
        service="scheduler", resource="schedule-group", resource_name=f"{stage.prefix}once"
    )


def once_schedules_arn(stack: Stack, stage: Stage) -> str:
    """All schedules of the group."""
    return stack.format_arn(
        service="scheduler", resource="schedule", resource_name=f"{stage.prefix}once/*"
    )
