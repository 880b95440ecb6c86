"""The state machines, as far as the functions under test call Step Functions.

Nothing runs here unless it is asked for: what a definition does is tested with the
engine of the local stack, tests/conformance.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.core.config import default_user_config

from infra.manifest import WORKFLOWS
from scripts.localstack.system import ACCOUNT, Deployment
from scripts.localstack.workflows.definition import deployed


def make_machines(deployment: Deployment) -> None:
    """Every workflow of the manifest, so that executions can be started by its ARN."""
    client = boto3.client("stepfunctions")
    for workflow in WORKFLOWS:
        client.create_state_machine(
            name=deployment.prefix + workflow.name,
            definition=deployed(workflow, deployment.function_arn),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/{deployment.prefix}{workflow.name}",
        )


@contextmanager
def interpreted_by_moto() -> Iterator[None]:
    """While open, moto runs state machines, by an interpreter with machines of its own.

    A mock's own ``config`` would stay when it ends within another one.
    """
    runs = {"execute_state_machine": True}
    with mock_aws(), patch.dict(default_user_config, {"stepfunctions": runs}):
        yield
