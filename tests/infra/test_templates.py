"""The synthesised system: what is in it, and what it may never contain."""

from __future__ import annotations

import json
from typing import Any

import pytest

from caresmith.settings import Domain
from infra.constructs.permissions import TABLE_ACTIONS
from infra.manifest import FUNCTIONS, TABLES, Access, Function
from tests.infra.conftest import Templates

PREFIX = "caresmith-prod-"


def test_every_table_is_encrypted_backed_up_and_protected(templates: Templates) -> None:
    tables = {p["TableName"]: p for p in templates.of_type("AWS::DynamoDB::Table").values()}
    assert set(tables) == {PREFIX + spec.domain for spec in TABLES}
    for spec in TABLES:
        table = tables[PREFIX + spec.domain]
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert table["DeletionProtectionEnabled"] is True
        assert ("StreamSpecification" in table) == spec.stream
        ttl = table.get("TimeToLiveSpecification", {}).get("AttributeName")
        assert ttl == spec.ttl


def test_no_two_tables_share_a_key(templates: Templates) -> None:
    tables = templates.of_type("AWS::DynamoDB::Table").values()
    keys = {json.dumps(table["SSESpecification"]["KMSMasterKeyId"]) for table in tables}
    assert len(keys) == len(TABLES)
    assert all(key["EnableKeyRotation"] for key in templates.of_type("AWS::KMS::Key").values())


def test_the_functions_are_those_of_the_manifest(templates: Templates) -> None:
    deployed = {
        f["FunctionName"]: f
        for f in templates.of_type("AWS::Lambda::Function").values()
        if "FunctionName" in f
    }
    assert set(deployed) == {PREFIX + function.name for function in FUNCTIONS}
    for function in FUNCTIONS:
        properties = deployed[PREFIX + function.name]
        assert properties["Handler"] == function.handler
        assert properties["Timeout"] == function.timeout_seconds
        assert properties["Architectures"] == ["arm64"]
        assert properties["DeadLetterConfig"]
        assert properties["TracingConfig"] == {"Mode": "Active"}
        assert ("SnapStart" in properties) == function.on_user_path


def test_every_base_path_reaches_its_function_and_no_other_path_exists(
    templates: Templates,
) -> None:
    served = _served_paths(templates)
    wanted = {
        path: function.name
        for function in FUNCTIONS
        for base in function.base_paths
        for path in (base, f"{base}/{{proxy+}}")
    }
    assert served == wanted


def _served_paths(templates: Templates) -> dict[str, str]:
    [api] = [t for name, t in templates.stacks.items() if name == f"{PREFIX}api"]
    resources = api["Resources"]

    def path_of(logical_id: str) -> str:
        properties = resources[logical_id]["Properties"]
        parent = properties["ParentId"].get("Ref")
        return (path_of(parent) if parent else "") + "/" + str(properties["PathPart"])

    served = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::ApiGateway::Method":
            properties = resource["Properties"]
            assert properties["HttpMethod"] == "ANY"
            uri = json.dumps(properties["Integration"]["Uri"]).lower()
            [owner] = [f.name for f in FUNCTIONS if f"{f.name.replace('_', '')}live" in uri]
            served[path_of(properties["ResourceId"]["Ref"])] = owner
    return served


def test_no_method_answers_without_the_authorizer(templates: Templates) -> None:
    methods = templates.of_type("AWS::ApiGateway::Method")
    assert methods
    for name, method in methods.items():
        assert method["AuthorizationType"] == "CUSTOM", name
    [authorizer] = templates.of_type("AWS::ApiGateway::Authorizer").values()
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0


def _mappings(templates: Templates) -> list[dict[str, Any]]:
    return list(templates.of_type("AWS::Lambda::EventSourceMapping").values())


def test_every_trigger_of_the_manifest_is_deployed_and_no_other(templates: Templates) -> None:
    mappings = _mappings(templates)
    streams = sum(len(function.streams) for function in FUNCTIONS)
    consumers = [function for function in FUNCTIONS if function.events]
    assert len(mappings) == streams + len(consumers)
    assert all(m["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for m in mappings)
    rules = templates.of_type("AWS::Events::Rule").values()
    schedules = {r["Name"]: r["ScheduleExpression"] for r in rules if "ScheduleExpression" in r}
    assert schedules == {
        f"{PREFIX}{function.name}-{trigger.name}": trigger.expression
        for function in FUNCTIONS
        for trigger in function.schedules
    }
    listened = {
        r["Name"]: set(r["EventPattern"]["detail-type"])
        for r in rules
        if "detail-type" in r.get("EventPattern", {})
    }
    assert listened == {
        f"{PREFIX}{function.name}-events": {k for t in function.events for k in t.detail_types}
        for function in consumers
    }


def test_every_queue_that_is_read_has_a_dead_letter_queue_and_each_of_those_an_alarm(
    templates: Templates,
) -> None:
    queues = {q["QueueName"]: q for q in templates.of_type("AWS::SQS::Queue").values()}
    for name, queue in queues.items():
        assert queue["KmsMasterKeyId"]
        if name.endswith("-events"):
            assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    dead = [name for name in queues if name.endswith(("-failed", "-dlq"))]
    depth_alarms = [
        alarm
        for alarm in templates.of_type("AWS::CloudWatch::Alarm").values()
        if alarm.get("MetricName") == "ApproximateNumberOfMessagesVisible"
    ]
    assert len(depth_alarms) == len(dead)


# -- rights -----------------------------------------------------------------


def _statements(templates: Templates, function: Function) -> list[dict[str, Any]]:
    stack = templates.stacks[f"{PREFIX}functions"]
    construct = function.name.title().replace("_", "")
    policies = [
        resource["Properties"]
        for name, resource in stack["Resources"].items()
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and name.startswith(f"{construct}Policy")
    ]
    assert len(policies) == 1
    statements: list[dict[str, Any]] = policies[0]["PolicyDocument"]["Statement"]
    return statements


def _actions(statement: dict[str, Any]) -> set[str]:
    given = statement["Action"]
    return {given} if isinstance(given, str) else set(given)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_a_function_reaches_only_the_tables_that_the_manifest_grants(
    templates: Templates, function: Function
) -> None:
    granted: dict[str, set[str]] = {}
    for statement in _statements(templates, function):
        actions = {a for a in _actions(statement) if a.startswith("dynamodb:")}
        if not actions:
            continue
        text = json.dumps(statement["Resource"]).lower()
        assert '"*"' not in text
        for domain in Domain:
            if f"{domain}datatable" in text:
                granted.setdefault(domain, set()).update(actions)
    wanted: dict[str, set[str]] = {}
    for domain, access in function.tables:
        wanted.setdefault(domain, set()).update(TABLE_ACTIONS[access])
    for stream in function.streams:
        wanted.setdefault(stream.domain, set()).update(
            {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"}
        )
    assert granted == wanted


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_a_function_uses_only_the_keys_of_its_domains(
    templates: Templates, function: Function
) -> None:
    mine = {domain for domain, _ in function.tables} | {s.domain for s in function.streams}
    if (Domain.KEYSTORE, Access.WRITE) in function.tables:
        return  # It sets practices up, and so wraps a first key in every domain.
    for statement in _statements(templates, function):
        if any(action.startswith("kms:") for action in _actions(statement)):
            text = json.dumps(statement["Resource"]).lower()
            for domain in set(Domain) - mine:
                assert f"{domain}datakey" not in text


def test_nobody_scans_and_nobody_changes_or_deletes_an_audit_entry(templates: Templates) -> None:
    for function in FUNCTIONS:
        for statement in _statements(templates, function):
            actions = _actions(statement)
            assert "dynamodb:Scan" not in actions
            if "auditdatatable" in json.dumps(statement.get("Resource")).lower():
                assert not actions & {
                    "dynamodb:UpdateItem",
                    "dynamodb:DeleteItem",
                    "dynamodb:BatchWriteItem",
                }


def test_a_star_stands_only_where_aws_has_no_resource_to_name(templates: Templates) -> None:
    for function in FUNCTIONS:
        for statement in _statements(templates, function):
            actions = _actions(statement)
            assert not any(a == "*" or a.endswith(":*") for a in actions)
            if statement.get("Resource") == "*":
                assert actions <= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


# -- identity ---------------------------------------------------------------


def test_the_staff_needs_a_second_factor_and_cannot_sign_itself_up(templates: Templates) -> None:
    pools = {p["UserPoolName"]: p for p in templates.of_type("AWS::Cognito::UserPool").values()}
    staff = pools[f"{PREFIX}staff"]
    assert staff["MfaConfiguration"] == "ON"
    assert staff["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert all(p["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] for p in pools.values())
    [practice] = [a for a in staff["Schema"] if a["Name"] == "practice_id"]
    assert practice["Mutable"] is False


def test_the_audit_segments_cannot_be_changed_for_six_years(templates: Templates) -> None:
    [bucket] = [
        b
        for b in templates.of_type("AWS::S3::Bucket").values()
        if b.get("ObjectLockEnabled") is True
    ]
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention["Mode"] == "COMPLIANCE"
    assert retention["Days"] >= 6 * 365


def test_behind_pay_links_one_address_asks_less_and_the_function_may_do_little(
    templates: Templates,
) -> None:
    [acl] = templates.of_type("AWS::WAFv2::WebACL").values()
    [rule] = [one for one in acl["Rules"] if one["Name"] == "pay-links"]
    limit = rule["Statement"]["RateBasedStatement"]
    assert limit["Limit"] == 200
    assert limit["ScopeDownStatement"]["ByteMatchStatement"]["SearchString"] == "/pay/"
    assert len({one["Priority"] for one in acl["Rules"]}) == len(acl["Rules"])
    [paylink] = [one for one in FUNCTIONS if one.name == "paylink"]
    writes = {domain for domain, access in paylink.tables if access is Access.WRITE}
    assert writes == {Domain.REVENUE}
    # Nobody's messages, no staff, no notes: whoever gets hold of this function has none of it.
    touched = {domain for domain, _ in paylink.tables}
    assert not touched & {Domain.MESSAGES, Domain.IDENTITY, Domain.CLINICAL, Domain.SCHEDULE}
    assert not paylink.events
    assert not paylink.carriers
