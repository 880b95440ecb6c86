"""The state machines, as far as the functions under test call Step Functions.

Nothing runs here: what a definition does is tested with the engine of the local
stack, tests/conformance.
"""

from __future__ import annotations

import boto3

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
