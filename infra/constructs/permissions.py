"""A function's rights, derived from what the manifest says that it does. Nothing more.

``Scan`` is granted to nobody. ``APPEND`` is PutItem alone: BatchWriteItem could
delete. A domain's key is usable through DynamoDB for the table itself, and
directly only to unwrap (or, for the function that sets practices up, wrap) a
practice's data key, whose encryption context must name that domain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from caresmith.settings import Domain
from infra.constructs.encrypted_table import EncryptedTable
from infra.manifest import BUCKETS, Access, Function

SCANNED: Final = frozenset(bucket.name for bucket in BUCKETS if bucket.scanned)
"""Buckets in which a scanner says of new objects whether they are infected."""
_READ: Final = (
    "dynamodb:GetItem",
    "dynamodb:BatchGetItem",
    "dynamodb:Query",
    "dynamodb:ConditionCheckItem",
)
TABLE_ACTIONS: Final[Mapping[Access, tuple[str, ...]]] = {
    Access.READ: _READ,
    Access.APPEND: ("dynamodb:PutItem",),
    Access.WRITE: (
        *_READ,
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
    ),
}
_STREAM_ACTIONS: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
)
_POOL_ACTIONS: Final = (
    "cognito-idp:AdminCreateUser",
    "cognito-idp:AdminDisableUser",
    "cognito-idp:AdminEnableUser",
    "cognito-idp:AdminGetUser",
    "cognito-idp:AdminSetUserMFAPreference",
    "cognito-idp:AdminUserGlobalSignOut",
    "cognito-idp:AdminResetUserPassword",
    "cognito-idp:AdminUpdateUserAttributes",
)
# Domains whose keys wrap nothing but their own table.
_UNSEALED: Final = frozenset({Domain.KEYSTORE, Domain.IDENTITY, Domain.AUDIT})


def table_statements(
    function: Function, tables: Mapping[Domain, EncryptedTable]
) -> Iterable[iam.PolicyStatement]:
    """What the function may do with its tables and their keys."""
    for domain, access in function.tables:
        table = tables[domain]
        yield iam.PolicyStatement(
            actions=list(TABLE_ACTIONS[access]), resources=[table.table.table_arn]
        )
        yield _key_through_dynamodb(table, writes=access is not Access.READ)
        if domain not in _UNSEALED:
            yield _data_key(table, "kms:Decrypt")
    if (Domain.KEYSTORE, Access.WRITE) in function.tables:
        for domain, table in tables.items():
            if domain not in _UNSEALED:
                yield _data_key(table, "kms:Encrypt", "kms:Decrypt")


def _key_through_dynamodb(table: EncryptedTable, *, writes: bool) -> iam.PolicyStatement:
    actions = ["kms:Decrypt", "kms:DescribeKey"]
    if writes:
        actions += ["kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    region = Stack.of(table).region
    return iam.PolicyStatement(
        actions=actions,
        resources=[table.key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}},
    )


def _data_key(table: EncryptedTable, *actions: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(actions),
        resources=[table.key.key_arn],
        conditions={"StringEquals": {"kms:EncryptionContext:domain": str(table.spec.domain)}},
    )


def stream_statements(
    function: Function, tables: Mapping[Domain, EncryptedTable]
) -> Iterable[iam.PolicyStatement]:
    """What the function's stream triggers need."""
    for trigger in function.streams:
        table = tables[trigger.domain]
        stream_arn = table.table.table_stream_arn
        if stream_arn is None:
            raise ValueError(f"{trigger.domain} has no stream, but {function.name} reads it")
        yield iam.PolicyStatement(actions=list(_STREAM_ACTIONS), resources=[stream_arn])
        yield _key_through_dynamodb(table, writes=False)


def bucket_statements(
    function: Function, buckets: Mapping[str, s3.Bucket]
) -> Iterable[iam.PolicyStatement]:
    """Objects may be read where granted at all, and put where not READ; never deleted."""
    for grant in function.buckets:
        bucket = buckets[grant.bucket]
        actions = ["s3:GetObject"]
        key_actions = ["kms:Decrypt"]
        if grant.access is not Access.READ:
            actions.append("s3:PutObject")
            key_actions.append("kms:GenerateDataKey")
        if grant.bucket in SCANNED:
            # The scanner's verdict is a tag of that very version.
            actions += ["s3:GetObjectTagging", "s3:GetObjectVersionTagging"]
        yield iam.PolicyStatement(actions=actions, resources=[bucket.arn_for_objects("*")])
        yield iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn])
        if bucket.encryption_key is not None:
            yield iam.PolicyStatement(
                actions=key_actions, resources=[bucket.encryption_key.key_arn]
            )


def other_statements(
    function: Function, bus: events.EventBus, pools: Mapping[str, cognito.UserPool]
) -> Iterable[iam.PolicyStatement]:
    """The bus, the user pools, and X-Ray, which has no resources to name."""
    if function.publishes_events:
        yield iam.PolicyStatement(actions=["events:PutEvents"], resources=[bus.event_bus_arn])
    for name in function.user_pools:
        yield iam.PolicyStatement(
            actions=list(_POOL_ACTIONS), resources=[pools[name].user_pool_arn]
        )
    yield iam.PolicyStatement(
        actions=["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources=["*"]
    )
