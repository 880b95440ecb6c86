"""What the local stack makes and what CloudFormation would make, read back and compared.

One side is the template, the other the resources that ``provision`` has made,
as the services themselves describe them, and what the gateway does with a path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.manifest import FUNCTIONS, TABLES, Function
from scripts.localstack.clients import Clients
from scripts.localstack.provision import make_tables
from scripts.localstack.system import Deployment, PoolIds, System
from tests.infra.conftest import Templates
from tests.support.routes import all_routes

CLOUD, LOCAL = "caresmith-prod-", "caresmith-test-"
# What Lambda itself sets in the cloud and the local stack sets instead of it, and
# what leads to the services on this machine.
_FROM_THE_PLATFORM = re.compile(
    r"AWS_|CARESMITH_(COGNITO_ISSUER_BASE|CLOCK|TWILIO_URL|SNS_CERTIFICATE_HOST)$"
)
# Receipts of texts are set up by name at AWS, whose texts are not sent from here.
_ONLY_THERE = {"CARESMITH_SMS_CONFIGURATION_SET"}
_TRACING = re.compile(r"POWERTOOLS_TRACE")


def named(templates: Templates, kind: str, key: str) -> dict[str, dict[str, Any]]:
    """Resources of the template by their name without the stage's prefix."""
    found = {}
    for properties in templates.of_type(kind).values():
        name = properties.get(key)
        if isinstance(name, str) and name.startswith(CLOUD):
            found[name.removeprefix(CLOUD)] = properties
    return found


def by_name(attributes: list[dict[str, str]]) -> dict[str, str]:
    return {
        one["AttributeName"]: one.get("KeyType", "") or one["AttributeType"] for one in attributes
    }


def test_tables_have_the_same_keys_streams_and_expiry(aws: str, templates: Templates) -> None:
    # Tables of their own: in those of the other tests nothing expires.
    stack = Deployment("mirror", aws, "")
    make_tables(Clients(stack), stack, System())
    client = boto3.client("dynamodb")
    cloud = named(templates, "AWS::DynamoDB::Table", "TableName")
    tables = client.list_tables()["TableNames"]
    local = {n.removeprefix(stack.prefix) for n in tables if n.startswith(stack.prefix)}
    assert local == set(cloud) == {spec.domain for spec in TABLES}
    for name, table in cloud.items():
        made = client.describe_table(TableName=stack.prefix + name)["Table"]
        assert by_name(made["KeySchema"]) == by_name(table["KeySchema"])
        assert by_name(made["AttributeDefinitions"]) == by_name(table["AttributeDefinitions"])
        stream = made.get("StreamSpecification", {}).get("StreamViewType")
        assert stream == table.get("StreamSpecification", {}).get("StreamViewType")
        ttl = client.describe_time_to_live(TableName=stack.prefix + name)["TimeToLiveDescription"]
        expires = table.get("TimeToLiveSpecification", {}).get("AttributeName")
        assert ttl.get("AttributeName") == expires
        assert (ttl["TimeToLiveStatus"] == "ENABLED") == (expires is not None)


def test_rules_let_the_same_events_through(aws: str, templates: Templates) -> None:
    rules = boto3.client("events").list_rules(EventBusName=f"{LOCAL}bus")["Rules"]
    local = {
        r["Name"].removeprefix(LOCAL): json.loads(r["EventPattern"])
        for r in rules
        if "detail-type" in r.get("EventPattern", "")
    }
    cloud = {
        name: rule["EventPattern"]
        for name, rule in named(templates, "AWS::Events::Rule", "Name").items()
        if "detail-type" in rule.get("EventPattern", {})
    }
    assert local
    assert _sorted(local) == _sorted(cloud)


def _sorted(patterns: dict[str, Any]) -> dict[str, Any]:
    return {name: {k: sorted(v, key=str) for k, v in p.items()} for name, p in patterns.items()}


def test_queues_wait_and_give_up_alike(aws: str, templates: Templates) -> None:
    sqs = boto3.client("sqs")
    cloud = named(templates, "AWS::SQS::Queue", "QueueName")
    consumers = [function for function in FUNCTIONS if function.events]
    assert consumers
    for function in consumers:
        queue = cloud[f"{function.name}-events"]
        url = sqs.get_queue_url(QueueName=f"{LOCAL}{function.name}-events")["QueueUrl"]
        made = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        assert int(made["VisibilityTimeout"]) == queue["VisibilityTimeout"]
        redrive = json.loads(made["RedrivePolicy"])
        assert int(redrive["maxReceiveCount"]) == queue["RedrivePolicy"]["maxReceiveCount"]


def test_passwords_and_tokens_obey_the_same_rules(aws: str, templates: Templates) -> None:
    cognito = boto3.client("cognito-idp")
    cloud = named(templates, "AWS::Cognito::UserPool", "UserPoolName")
    clients = named(templates, "AWS::Cognito::UserPoolClient", "ClientName")
    pools = {p["Name"]: p["Id"] for p in cognito.list_user_pools(MaxResults=60)["UserPools"]}
    assert {name.removeprefix(LOCAL) for name in pools} == set(cloud) == set(clients)
    for name, pool in cloud.items():
        made = cognito.describe_user_pool(UserPoolId=pools[LOCAL + name])["UserPool"]
        policy = pool["Policies"]["PasswordPolicy"]
        rules = (
            "MinimumLength",
            *(f"Require{k}" for k in ("Uppercase", "Lowercase", "Numbers", "Symbols")),
        )
        assert {k: made["Policies"]["PasswordPolicy"][k] for k in rules} == {
            k: policy[k] for k in rules
        }
        assert made["MfaConfiguration"] == pool["MfaConfiguration"]
        assert made["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
        listed = cognito.list_user_pool_clients(UserPoolId=pools[LOCAL + name])["UserPoolClients"]
        client = cognito.describe_user_pool_client(
            UserPoolId=pools[LOCAL + name], ClientId=listed[0]["ClientId"]
        )["UserPoolClient"]
        for token in ("IdTokenValidity", "AccessTokenValidity"):
            assert client[token] == clients[name][token]
        assert set(client["ExplicitAuthFlows"]) == set(clients[name]["ExplicitAuthFlows"])


def test_a_person_is_told_the_rule_that_the_pool_has(templates: Templates) -> None:
    from functions.console.identity import WeakPassword
    from infra.manifest import PASSWORD_LENGTH
    from scripts.bootstrap.paths import ROOT

    page = ROOT / "functions" / "console" / "templates" / "console" / "new_password.html"
    rule = f"at least {PASSWORD_LENGTH} characters with capital and small letters, a digit and"
    for text in (WeakPassword.title, page.read_text()):
        assert f"{rule} a symbol" in text


@pytest.fixture(scope="module")
def resources(templates: Templates) -> dict[str, str]:
    """Each path of the deployed API (``/patients/{proxy+}``) with the function behind it."""
    api = templates.stacks[f"{CLOUD}api"]["Resources"]

    def path_of(logical_id: str) -> str:
        properties = api[logical_id]["Properties"]
        parent = properties["ParentId"].get("Ref")
        return (path_of(parent) if parent else "") + "/" + str(properties["PathPart"])

    def owner(uri: Any) -> str:
        text = json.dumps(uri).lower()
        [name] = [f.name for f in FUNCTIONS if f"{f.name.replace('_', '')}live" in text]
        return name

    return {
        path_of(r["Properties"]["ResourceId"]["Ref"]): owner(r["Properties"]["Integration"]["Uri"])
        for r in api.values()
        if r["Type"] == "AWS::ApiGateway::Method"
    }


def in_the_cloud(resources: dict[str, str], path: str) -> str | None:
    """The function that API Gateway would ask: literal parts before greedy ones, longest first."""
    if path in resources:
        return resources[path]
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        greedy = "/".join(parts[:length]) + "/{proxy+}"
        if greedy in resources:
            return resources[greedy]
    return None


def _paths() -> Iterator[str]:
    """Every route, every base path, and paths beside them that nobody serves."""
    for route in all_routes():
        yield route.path()
    for function in FUNCTIONS:
        for base in function.base_paths:
            yield from (base, f"{base}/x", f"{base}/x/y/z", f"{base}x", base[:-1])
    yield from ("/", "/nowhere", "/_local/")


def test_every_path_reaches_the_same_function(resources: dict[str, str]) -> None:
    reached = set()
    for path in _paths():
        found = System().owner(path)
        local = found[0].name if found else None
        assert local == in_the_cloud(resources, path), path
        reached.add(local)
    assert reached == {f.name for f in FUNCTIONS if f.base_paths} | {None}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_a_function_finds_the_same_variables(templates: Templates, function: Function) -> None:
    """What it is told in the cloud it is told here; what it is told here alone is the machine's."""
    deployed = named(templates, "AWS::Lambda::Function", "FunctionName")[function.name]
    cloud = set(deployed["Environment"]["Variables"])
    pools = {name: PoolIds("us-east-1_x", "x") for name in ("staff", "patients")}
    local = Deployment("local", "http://db", "/assets", "http://aws", pools)
    told = {**local.environment(), **local.function_environment(function)}
    cloud = {name for name in cloud if not name.startswith("POWERTOOLS_TRACER")}
    assert cloud - _ONLY_THERE <= set(told)
    alone = {
        n for n in set(told) - cloud if not _FROM_THE_PLATFORM.match(n) and not _TRACING.match(n)
    }
    # One environment serves all local functions; in the cloud each knows its own buckets and pools.
    assert all(re.fullmatch(r"CARESMITH_(BUCKET_\w+|\w+_(POOL|CLIENT)_ID)", name) for name in alone)
    assert deployed["Timeout"] == function.timeout_seconds
    assert deployed["MemorySize"] == int(told["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
