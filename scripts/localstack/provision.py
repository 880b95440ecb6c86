"""Makes every resource that the manifest lists, as CDK does in the cloud.

Each step looks for what is there and makes only what is missing, so a start on
existing data changes nothing.
"""

from __future__ import annotations

import json
from typing import Any, Final

from infra.manifest import CORS_SECONDS, PASSWORD_LENGTH, POSTED_HEADERS, Function, TableSpec
from infra.patterns import event_pattern
from scripts.localstack.clients import Clients
from scripts.localstack.outside import provision_outside
from scripts.localstack.system import POOLS, Deployment, PoolIds, System

# How often a message is tried before it goes to the dead-letter queue.
MAX_RECEIVES: Final = 5

_POOL_POLICY: Final[dict[str, Any]] = {
    "PasswordPolicy": {
        "MinimumLength": PASSWORD_LENGTH,
        "RequireUppercase": True,
        "RequireLowercase": True,
        "RequireNumbers": True,
        "RequireSymbols": True,
    }
}


def provision(clients: Clients, deployment: Deployment, system: System) -> dict[str, PoolIds]:
    """Make all that is missing; returns the ids of the Cognito pools by name."""
    make_tables(clients, deployment, system)
    make_keys(clients, deployment, system)
    make_buckets(clients, deployment, system)
    make_bus(clients, deployment, system)
    provision_outside(clients, deployment)
    return make_pools(clients, deployment)


def make_tables(clients: Clients, deployment: Deployment, system: System) -> None:
    existing = set(clients.dynamodb.list_tables()["TableNames"])
    for spec in system.tables:
        name = deployment.prefix + spec.domain
        if name not in existing:
            clients.dynamodb.create_table(**_table_definition(name, spec))
        # Looked at each time: a start may have been killed between the two calls.
        if spec.ttl and not _expires(clients, name):
            clients.dynamodb.update_time_to_live(
                TableName=name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": spec.ttl},
            )


def _expires(clients: Clients, table: str) -> bool:
    told = clients.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return told.get("TimeToLiveStatus") in {"ENABLING", "ENABLED"}


def _table_definition(name: str, spec: TableSpec) -> Any:
    keys = [("pk", "HASH"), ("sk", "RANGE")] if spec.has_sort_key else [("id", "HASH")]
    definition: dict[str, Any] = {
        "TableName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        "AttributeDefinitions": [{"AttributeName": k, "AttributeType": "S"} for k, _ in keys],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if spec.stream:
        definition["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
    return definition


def make_keys(clients: Clients, deployment: Deployment, system: System) -> None:
    pages = clients.kms.get_paginator("list_aliases").paginate()
    existing = {alias["AliasName"] for page in pages for alias in page["Aliases"]}
    for spec in system.tables:
        alias = f"alias/{deployment.prefix}{spec.domain}"
        if alias not in existing:
            key = clients.kms.create_key(Description=f"Caresmith {spec.domain}")
            clients.kms.create_alias(AliasName=alias, TargetKeyId=key["KeyMetadata"]["KeyId"])


def make_buckets(clients: Clients, deployment: Deployment, system: System) -> None:
    existing = {bucket["Name"] for bucket in clients.s3.list_buckets()["Buckets"]}
    for bucket in system.buckets:
        name = deployment.bucket(bucket.name)
        if name not in existing:
            locked = bucket.object_lock_days is not None
            clients.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
        # Each time: the port of this machine may be another one now.
        if bucket.posted_to and deployment.public_url:
            _take_posts(clients, name, deployment.public_url)


def _take_posts(clients: Clients, bucket: str, origin: str) -> None:
    """Pages may post to the bucket, by either name of this machine."""
    rule: Any = {
        "AllowedOrigins": [origin, origin.replace("127.0.0.1", "localhost")],
        "AllowedMethods": ["POST"],
        "AllowedHeaders": list(POSTED_HEADERS),
        "MaxAgeSeconds": CORS_SECONDS,
    }
    clients.s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})


def make_bus(clients: Clients, deployment: Deployment, system: System) -> None:
    bus = f"{deployment.prefix}bus"
    if bus not in {known["Name"] for known in clients.events.list_event_buses()["EventBuses"]}:
        clients.events.create_event_bus(Name=bus)
    for function in system.functions:
        if function.streams:
            clients.sqs.create_queue(QueueName=deployment.stream_dead_letters(function.name))
        if function.events:
            _subscribe(clients, deployment, function, bus)


def _subscribe(clients: Clients, deployment: Deployment, function: Function, bus: str) -> None:
    """A rule, its queue and the queue's dead-letter queue."""
    name = deployment.queue(function.name)
    dead = clients.sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
    redrive = {"deadLetterTargetArn": _arn(clients, dead), "maxReceiveCount": MAX_RECEIVES}
    queue = clients.sqs.create_queue(
        QueueName=name,
        Attributes={
            # AWS advises six times the function's timeout, so that a retry of the
            # invocation never overlaps the message's next delivery.
            "VisibilityTimeout": str(6 * function.timeout_seconds),
            "RedrivePolicy": json.dumps(redrive),
        },
    )["QueueUrl"]
    clients.events.put_rule(
        Name=name, EventBusName=bus, EventPattern=json.dumps(event_pattern(function.events))
    )
    clients.events.put_targets(
        Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": _arn(clients, queue)}]
    )


def _arn(clients: Clients, queue_url: str) -> str:
    told = clients.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    return told["Attributes"]["QueueArn"]


def make_pools(clients: Clients, deployment: Deployment) -> dict[str, PoolIds]:
    """The two user pools: staff must use an authenticator, patients may."""
    existing = {
        pool["Name"]: pool["Id"]
        for pool in clients.cognito.list_user_pools(MaxResults=60)["UserPools"]
    }
    made = {}
    for name in POOLS:
        full_name = deployment.prefix + name
        pool_id = existing.get(full_name) or _make_pool(clients, full_name)
        # Each step is repeated on what is there: a start may have been killed in between.
        clients.cognito.set_user_pool_mfa_config(
            UserPoolId=pool_id,
            SoftwareTokenMfaConfiguration={"Enabled": True},
            MfaConfiguration="ON" if name == "staff" else "OPTIONAL",
        )
        known = clients.cognito.list_user_pool_clients(UserPoolId=pool_id)["UserPoolClients"]
        client_id = known[0]["ClientId"] if known else _make_client(clients, pool_id, full_name)
        made[name] = PoolIds(pool_id, client_id)
    return made


def _make_pool(clients: Clients, name: str) -> str:
    made = clients.cognito.create_user_pool(
        PoolName=name,
        Policies=_POOL_POLICY,  # type: ignore[arg-type]
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        Schema=[{"Name": "practice_id", "AttributeDataType": "String", "Mutable": False}],
    )
    return made["UserPool"]["Id"]


def _make_client(clients: Clients, pool_id: str, name: str) -> str:
    made = clients.cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=name,
        GenerateSecret=False,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        TokenValidityUnits={"IdToken": "minutes", "AccessToken": "minutes"},
        IdTokenValidity=15,
        AccessTokenValidity=15,
    )
    return made["UserPoolClient"]["ClientId"]
