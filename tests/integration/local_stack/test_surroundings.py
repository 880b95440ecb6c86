"""What functions under test find outside: schedules, secrets, machines, mail."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime

import boto3

from caresmith import later

WHEN = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)


def test_a_one_time_schedule_is_made_changed_and_cancelled(aws: str) -> None:
    client = boto3.client("scheduler")
    later.at(WHEN, name="step-1", target="workflow:reminder", payload={"step_id": "a"})
    later.at(WHEN.replace(hour=16), name="step-1", target="workflow:reminder", payload={})
    found = client.get_schedule(GroupName=later.group(), Name="step-1")
    assert found["ScheduleExpression"] == "at(2026-12-01T16:30:00)"
    assert found["Target"]["Arn"] == os.environ["CARESMITH_ONCE_WORKFLOW_REMINDER"]
    later.cancel("step-1")
    later.cancel("step-1")
    names = [s["Name"] for s in client.list_schedules(GroupName=later.group())["Schedules"]]
    assert "step-1" not in names


def test_the_carriers_secret_can_be_read_and_mail_be_sent(aws: str) -> None:
    name = os.environ["CARESMITH_SECRET_TWILIO"]
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=name)
    assert set(json.loads(secret["SecretString"])) == {"account_sid", "auth_token"}
    sent = boto3.client("sesv2").send_email(
        FromEmailAddress="front@practice.example.org",
        Destination={"ToAddresses": ["jo@example.org"]},
        Content={"Simple": {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "T"}}}},
        ConfigurationSetName=os.environ["CARESMITH_SES_CONFIGURATION_SET"],
    )
    assert sent["MessageId"]


def test_an_execution_can_be_started_and_a_task_completed(aws: str) -> None:
    client = boto3.client("stepfunctions")
    machine = os.environ["CARESMITH_ONCE_WORKFLOW_REMINDER"]
    started = client.start_execution(stateMachineArn=machine, name="one", input="{}")
    assert started["executionArn"].endswith(":one")
    client.send_task_success(taskToken="token", output="{}")
