"""Creates what CDK creates in the cloud, from the same manifest: tables, keys, queues, pools."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.exceptions import ClientError

from caresmith.settings import Domain, bus_name, key_alias, prefix, table_name
from infra.manifest import BUCKETS, FUNCTIONS, TABLES, TableSpec

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MAX_RECEIVES: Final = 5


def create_tables() -> None:
    """Create each table of the manifest that does not exist yet."""
    client = boto3.client("dynamodb")
    existing = set(client.list_tables()["TableNames"])
    for spec in TABLES:
        if table_name(spec.domain) not in existing:
            _create_table(client, spec)


def _create_table(client: DynamoDBClient, spec: TableSpec) -> None:
    # Powertools' idempotency table has a key of its own.
    names = ("pk", "sk") if spec.has_sort_key else ("id",)
    definition: Any = {
        "TableName": table_name(spec.domain),
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
        "KeySchema": [
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if spec.stream:
        definition["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        }
    client.create_table(**definition)
    if spec.ttl:
        client.update_time_to_live(
            TableName=table_name(spec.domain),
            TimeToLiveSpecification={"Enabled": True, "AttributeName": spec.ttl},
        )


def create_keys() -> None:
    """Create each domain's KMS key and its alias where the alias is absent."""
    client = boto3.client("kms")
    known = {alias["AliasName"] for alias in client.list_aliases()["Aliases"]}
    for domain in Domain:
        if key_alias(domain) not in known:
            key = client.create_key(Description=f"Caresmith {domain}")["KeyMetadata"]["KeyId"]
            client.create_alias(AliasName=key_alias(domain), TargetKeyId=key)


def create_buckets() -> None:
    client = boto3.client("s3")
    for bucket in BUCKETS:
        name = f"{prefix()}{bucket.name}"
        os.environ[f"CARESMITH_BUCKET_{bucket.name.upper()}"] = name
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):
            client.create_bucket(
                Bucket=name, ObjectLockEnabledForBucket=bucket.object_lock_days is not None
            )


def events_queue(function: str) -> str:
    """The name of the queue through which the bus reaches a function."""
    return f"{prefix()}{function}-events"


def create_bus() -> None:
    """The bus and, per consuming function, its rule, queue and dead-letter queue."""
    events, sqs = boto3.client("events"), boto3.client("sqs")
    with suppress(ClientError):  # moto answers an existing bus with a plain client error
        events.create_event_bus(Name=bus_name())
    for function in FUNCTIONS:
        if not function.events:
            continue
        queue = _queue_with_dlq(sqs, events_queue(function.name), function.timeout_seconds)
        kinds = [kind for trigger in function.events for kind in trigger.detail_types]
        events.put_rule(
            Name=events_queue(function.name),
            EventBusName=bus_name(),
            EventPattern=_pattern(kinds),
        )
        events.put_targets(
            Rule=events_queue(function.name),
            EventBusName=bus_name(),
            Targets=[{"Id": "queue", "Arn": queue}],
        )


def _pattern(kinds: list[str]) -> str:
    import json

    return json.dumps({"detail-type": kinds})


def _queue_with_dlq(sqs: Any, name: str, timeout: int) -> str:
    import json

    def arn(url: str) -> str:
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(attributes["Attributes"]["QueueArn"])

    dlq = arn(sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"])
    redrive = json.dumps({"deadLetterTargetArn": dlq, "maxReceiveCount": MAX_RECEIVES})
    attributes = {"RedrivePolicy": redrive, "VisibilityTimeout": str(6 * timeout)}
    return arn(sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"])


@dataclass(frozen=True)
class Pool:
    pool_id: str
    client_id: str


def create_pool(name: str, *, mfa: bool) -> Pool:
    """The user pool ``<prefix><name>`` with its one client, created where absent."""
    cognito = boto3.client("cognito-idp")
    full = prefix() + name
    found = [p for p in cognito.list_user_pools(MaxResults=60)["UserPools"] if p["Name"] == full]
    if found:
        pool_id = found[0]["Id"]
        clients = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=1)
        return Pool(pool_id, clients["UserPoolClients"][0]["ClientId"])
    pool_id = cognito.create_user_pool(
        PoolName=full,
        MfaConfiguration="OFF",
        Schema=[{"Name": "practice_id", "AttributeDataType": "String", "Mutable": False}],
    )["UserPool"]["Id"]
    if mfa:
        cognito.set_user_pool_mfa_config(
            UserPoolId=pool_id,
            SoftwareTokenMfaConfiguration={"Enabled": True},
            MfaConfiguration="ON",
        )
    client = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=full,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        TokenValidityUnits={"IdToken": "minutes", "AccessToken": "minutes"},
        IdTokenValidity=15,
        AccessTokenValidity=15,
    )
    return Pool(pool_id, client["UserPoolClient"]["ClientId"])


def create_pools() -> dict[str, str]:
    """Both pools; returns the environment variables that name them, also set here."""
    variables = {}
    for name, mfa in (("staff", True), ("patients", False)):
        pool = create_pool(name, mfa=mfa)
        variables[f"CARESMITH_{name.upper()}_POOL_ID"] = pool.pool_id
        variables[f"CARESMITH_{name.upper()}_CLIENT_ID"] = pool.client_id
    os.environ.update(variables)
    return variables
