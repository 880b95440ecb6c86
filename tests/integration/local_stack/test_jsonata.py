"""Guards the one seam through which moto's Step Functions evaluate JSONata."""

import json
import time

import boto3

from scripts.localstack import jsonata
from tests.support.workflows import interpreted_by_moto

DEFINITION = {
    "QueryLanguage": "JSONata",
    "StartAt": "Sum",
    "States": {
        "Sum": {
            "Type": "Pass",
            "Output": {"total": "{% $sum($states.input.lines.cents) %}"},
            "Next": "Large?",
        },
        "Large?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.total > 100 %}", "Next": "Large"}],
            "Default": "Small",
        },
        "Large": {"Type": "Pass", "Output": {"size": "large"}, "End": True},
        "Small": {"Type": "Pass", "Output": {"size": "small"}, "End": True},
    },
}


def test_state_machine_computes_and_branches_by_jsonata():
    with interpreted_by_moto(), jsonata.evaluated():
        client = boto3.client("stepfunctions")
        machine = client.create_state_machine(
            name="sums",
            definition=json.dumps(DEFINITION),
            roleArn="arn:aws:iam::123456789012:role/x",
        )["stateMachineArn"]
        sizes = []
        for cents in (60, 30):
            lines = {"lines": [{"cents": cents}, {"cents": 50}]}
            run = client.start_execution(
                stateMachineArn=machine, name=f"run-{cents}", input=json.dumps(lines)
            )
            for _ in range(100):
                told = client.describe_execution(executionArn=run["executionArn"])
                if told["status"] != "RUNNING":
                    break
                time.sleep(0.05)
            assert told["status"] == "SUCCEEDED", told
            sizes.append(json.loads(told["output"])["size"])
    assert sizes == ["large", "small"]
