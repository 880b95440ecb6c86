"""Workflows, one-time schedules, carriers and secrets: deployed as the manifest says, no more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.assets import ROOT
from infra.constructs.workflow import WATCHING_ACTIONS
from infra.manifest import FUNCTIONS, SECRETS, TOPICS, WORKFLOWS, Function, function_named
from infra.variables import once_variable, secret_variable
from scripts.localstack.system import Deployment, System
from scripts.localstack.workflows.definition import deployed, read
from tests.infra.conftest import Templates

PREFIX = "caresmith-prod-"
LOCAL = Deployment("prod", "", "")


def text_of(value: Any) -> str:
    """An ARN with its intrinsic functions as plain text, good enough to look for names in."""
    return json.dumps(value)


def by_name(templates: Templates, kind: str, key: str) -> dict[str, dict[str, Any]]:
    return {p[key]: p for p in templates.of_type(kind).values() if key in p}


# -- workflows ----------------------------------------------------------------


def test_the_deployed_definition_is_the_file_that_the_engine_runs(templates: Templates) -> None:
    machines = by_name(templates, "AWS::StepFunctions::StateMachine", "StateMachineName")
    assert set(machines) == {PREFIX + workflow.name for workflow in WORKFLOWS}
    for workflow in WORKFLOWS:
        machine = machines[PREFIX + workflow.name]
        assert machine["DefinitionString"] == (ROOT / workflow.definition).read_text()
        assert set(machine["DefinitionSubstitutions"]) == set(workflow.invokes)
        for name, arn in machine["DefinitionSubstitutions"].items():
            assert f"{name.title()}Live" in text_of(arn)
        # What the engine of the local stack is given differs in the ARNs alone.
        ours = deployed(workflow, lambda name: f"<{name}>")
        theirs = machine["DefinitionString"]
        for name in workflow.invokes:
            theirs = theirs.replace("${" + name + "}", f"<{name}>")
        assert ours == theirs
        assert "${" not in ours
        assert [w.name for w in System().workflows] == [w.name for w in WORKFLOWS]


def test_a_workflow_logs_no_data_is_encrypted_and_wakes_somebody_when_it_fails(
    templates: Templates,
) -> None:
    alarms = {
        (alarm.get("MetricName"), text_of(alarm.get("Dimensions")))
        for alarm in templates.of_type("AWS::CloudWatch::Alarm").values()
    }
    metrics = {name for name, _ in alarms if name}
    assert {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled"} <= metrics
    for machine in templates.of_type("AWS::StepFunctions::StateMachine").values():
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["LoggingConfiguration"]["Level"] == "ERROR"
        assert machine["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"
        assert machine["TracingConfiguration"] == {"Enabled": True}


def _workflow_statements(templates: Templates, workflow: str) -> list[dict[str, Any]]:
    resources = templates.stacks[f"{PREFIX}workflows"]["Resources"]
    [policy] = [
        resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and name.startswith(f"{workflow}Policy")
    ]
    statements: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return statements


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_a_workflow_invokes_only_its_functions(templates: Templates, workflow: Any) -> None:
    statements = _workflow_statements(templates, workflow.name.title())
    allowed = set()
    for statement in statements:
        actions = statement["Action"]
        actions = {actions} if isinstance(actions, str) else set(actions)
        if statement["Resource"] == "*":
            assert actions == set(WATCHING_ACTIONS)
        elif "lambda:InvokeFunction" in actions:
            assert actions == {"lambda:InvokeFunction"}
            told = text_of(statement["Resource"])
            allowed |= {f.name for f in FUNCTIONS if f"{f.name.title()}Live" in told}
        else:
            assert actions <= {"kms:Decrypt", "kms:GenerateDataKey"}
            assert statement["Condition"]
    assert allowed == set(workflow.invokes)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_a_function_ends_before_the_task_that_calls_it_times_out(workflow: Any) -> None:
    """So the function's own timeout tells the error, here and in the cloud alike."""
    definition = read(deployed(workflow, lambda name: name))
    for name, state in definition.states.items():
        if state["Type"] == "Task" and not state["Resource"].endswith("waitForTaskToken"):
            called = function_named(state["Arguments"]["FunctionName"])
            assert called.timeout_seconds < state["TimeoutSeconds"], name


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_every_task_retries_and_catches_everything(workflow: Any) -> None:
    definition = read(deployed(workflow, lambda name: name))
    for name, state in definition.states.items():
        if state["Type"] == "Task":
            assert state["Retry"], name
            assert all(rule.get("JitterStrategy") == "FULL" for rule in state["Retry"]), name
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], name


# -- one-time schedules ---------------------------------------------------------


def _once_roles(templates: Templates) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    resources = templates.stacks[f"{PREFIX}workflows"]["Resources"]
    found = {}
    for name, resource in resources.items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::IAM::Role" and "RoleName" in properties:
            [policy] = [
                other["Properties"]["PolicyDocument"]["Statement"]
                for other in resources.values()
                if other["Type"] == "AWS::IAM::ManagedPolicy"
                and {"Ref": name} in other["Properties"]["Roles"]
            ]
            found[properties["RoleName"]] = (properties, policy)
    return found


def test_a_schedule_may_start_only_what_its_function_may_start_later(templates: Templates) -> None:
    roles = _once_roles(templates)
    scheduling = [function for function in FUNCTIONS if function.starts_once]
    assert set(roles) == {f"{PREFIX}{function.name}-once" for function in scheduling}
    [group] = templates.of_type("AWS::Scheduler::ScheduleGroup").values()
    assert group["Name"] == f"{PREFIX}once"
    for function in scheduling:
        role, statements = roles[f"{PREFIX}{function.name}-once"]
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert f"schedule-group/{PREFIX}once" in text_of(trust["Condition"])
        started = [
            text_of(statement["Resource"])
            for statement in statements
            if statement["Action"] in ("states:StartExecution", "lambda:InvokeFunction")
        ]
        assert len(started) == len(function.starts_once)
        for target in function.starts_once:
            kind, _, name = target.rpartition(":")
            end = f":stateMachine:{PREFIX}{name}" if kind else f":function:{PREFIX}{name}:live"
            assert any(end in arn for arn in started), target


# -- functions ------------------------------------------------------------------


def _variables(templates: Templates, function: Function) -> dict[str, Any]:
    functions = by_name(templates, "AWS::Lambda::Function", "FunctionName")
    told: dict[str, Any] = functions[PREFIX + function.name]["Environment"]["Variables"]
    return told


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_the_cloud_and_the_local_stack_tell_a_function_the_same_names(
    templates: Templates, function: Function
) -> None:
    told = _variables(templates, function)
    here = LOCAL.granted(function)
    # Only here is there a carrier of our own; only there are texts' receipts set up by name.
    only_here = {"CARESMITH_TWILIO_URL", "CARESMITH_SNS_CERTIFICATE_HOST"}
    only_there = {"CARESMITH_SMS_CONFIGURATION_SET"}
    families = ("_ONCE_", "_SECRET_", "_SMS_", "_SES_", "_SNS_", "_TWILIO_")
    outward = {name for name in told if any(part in name for part in families)}
    assert outward - only_there == set(here) - only_here
    assert "CARESMITH_PUBLIC_URL" in told
    for target in function.starts_once:
        name = target.rpartition(":")[2]
        assert f"{PREFIX}{name}" in text_of(told[once_variable(target)])
        assert f"{PREFIX}{name}" in here[once_variable(target)]
    for secret in function.secrets:
        assert told[secret_variable(secret)] == here[secret_variable(secret)]


def _outward(templates: Templates, function: Function) -> dict[str, list[dict[str, Any]]]:
    """The function's statements by action, of services that reach beyond its own data."""
    resources = templates.stacks[f"{PREFIX}functions"]["Resources"]
    [policy] = [
        resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
        and name.startswith(f"{function.name.title().replace('_', '')}Policy")
    ]
    found: dict[str, list[dict[str, Any]]] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            found.setdefault(action, []).append(statement)
    return found


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_a_function_reaches_out_only_as_the_manifest_grants(
    templates: Templates, function: Function
) -> None:
    outward = _outward(templates, function)
    services = ("scheduler:", "iam:", "states:", "ses:", "sms-voice:", "sns:", "secretsmanager:")
    wanted: set[str] = set()
    if function.starts_once:
        verbs = ("Create", "Update", "Delete", "Get")
        wanted |= {f"scheduler:{verb}Schedule" for verb in verbs} | {"iam:PassRole"}
    if function.answers_workflows:
        wanted |= {f"states:SendTask{what}" for what in ("Success", "Failure", "Heartbeat")}
    if "email" in function.carriers:
        wanted |= {"ses:SendEmail"}
    if "sms" in function.carriers:
        wanted |= {"sms-voice:SendTextMessage", "sns:Publish"}
    if function.secrets:
        wanted |= {"secretsmanager:GetSecretValue"}
    assert {action for action in outward if action.startswith(services)} == wanted
    for action in wanted:
        for statement in outward[action]:
            assert statement.get("Resource") != "*", action


def test_a_function_passes_only_its_own_role_and_only_to_the_scheduler(
    templates: Templates,
) -> None:
    for function in FUNCTIONS:
        for statement in _outward(templates, function).get("iam:PassRole", []):
            assert f"role/{PREFIX}{function.name}-once" in text_of(statement["Resource"])
            passed = statement["Condition"]["StringEquals"]["iam:PassedToService"]
            assert passed == "scheduler.amazonaws.com"


def test_a_text_by_sns_goes_to_a_telephone_and_to_no_topic(templates: Templates) -> None:
    [statement] = _outward(templates, function_named("messaging"))["sns:Publish"]
    assert statement["NotResource"] == "arn:*:sns:*:*:*"


def test_a_task_is_answered_only_for_the_function_s_workflows(templates: Templates) -> None:
    for function in FUNCTIONS:
        statements = _outward(templates, function).get("states:SendTaskSuccess", [])
        assert len(statements) == len(function.answers_workflows)
        for statement, workflow in zip(statements, function.answers_workflows, strict=True):
            assert f":stateMachine:{PREFIX}{workflow}" in text_of(statement["Resource"])


# -- carriers -------------------------------------------------------------------


def test_secrets_and_topics_are_encrypted_and_those_of_the_manifest(templates: Templates) -> None:
    secrets = by_name(templates, "AWS::SecretsManager::Secret", "Name")
    assert set(secrets) == {PREFIX + name for name in SECRETS}
    assert all(secret["KmsKeyId"] for secret in secrets.values())
    topics = by_name(templates, "AWS::SNS::Topic", "TopicName")
    assert {PREFIX + name for name in TOPICS} <= set(topics)
    assert all(topic["KmsMasterKeyId"] for topic in topics.values())


def test_what_becomes_of_mail_and_texts_is_told_in_the_topics(templates: Templates) -> None:
    [news] = templates.of_type("AWS::SES::ConfigurationSetEventDestination").values()
    destination = news["EventDestination"]
    assert {"bounce", "complaint", "delivery"} <= set(destination["MatchingEventTypes"])
    assert "MailTopic" in text_of(destination["SnsDestination"])
    [texts] = templates.of_type("AWS::SMSVOICE::ConfigurationSet").values()
    assert "TextsTopic" in text_of(texts["EventDestinations"])


def test_with_a_public_url_the_topics_deliver_to_the_webhooks() -> None:
    from aws_cdk import App
    from aws_cdk.assertions import Template

    from infra.stacks.carriers import CarriersStack
    from infra.stacks.data import DataStack
    from infra.stage import Stage

    app = App(context={"stage": "prod", "publicUrl": "https://care.example.org/"})
    stage = Stage.of(app)
    made = CarriersStack(app, stage, DataStack(app, stage).operations_key)
    found = Template.from_stack(made).find_resources("AWS::SNS::Subscription")
    endpoints = [resource["Properties"]["Endpoint"] for resource in found.values()]
    assert endpoints == ["https://care.example.org/webhooks/sns"] * len(TOPICS)
