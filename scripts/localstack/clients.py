"""boto3 clients for the local engines, never for the cloud."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from scripts.localstack.system import REGION, Deployment

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodbstreams import DynamoDBStreamsClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient


class Clients:
    """One client per service; where ``aws_url`` is None, moto answers in-process."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._session = boto3.Session(
            aws_access_key_id="local",
            aws_secret_access_key="local",  # noqa: S106 - no real credential
            region_name=REGION,
        )

    def _make(self, service: Any, url: str | None) -> Any:
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 3},
            connect_timeout=3,
            read_timeout=40,
            max_pool_connections=32,
        )
        return self._session.client(service, endpoint_url=url, config=config)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        made: DynamoDBClient = self._make("dynamodb", self._deployment.dynamodb_url)
        return made

    @cached_property
    def streams(self) -> DynamoDBStreamsClient:
        made: DynamoDBStreamsClient = self._make("dynamodbstreams", self._deployment.dynamodb_url)
        return made

    @cached_property
    def kms(self) -> KMSClient:
        made: KMSClient = self._make("kms", self._deployment.aws_url)
        return made

    @cached_property
    def s3(self) -> S3Client:
        made: S3Client = self._make("s3", self._deployment.aws_url)
        return made

    @cached_property
    def sqs(self) -> SQSClient:
        made: SQSClient = self._make("sqs", self._deployment.aws_url)
        return made

    @cached_property
    def events(self) -> EventBridgeClient:
        made: EventBridgeClient = self._make("events", self._deployment.aws_url)
        return made

    @cached_property
    def cognito(self) -> CognitoIdentityProviderClient:
        made: CognitoIdentityProviderClient = self._make("cognito-idp", self._deployment.aws_url)
        return made

    @cached_property
    def scheduler(self) -> EventBridgeSchedulerClient:
        made: EventBridgeSchedulerClient = self._make("scheduler", self._deployment.aws_url)
        return made

    @cached_property
    def secrets(self) -> SecretsManagerClient:
        made: SecretsManagerClient = self._make("secretsmanager", self._deployment.aws_url)
        return made

    @cached_property
    def mail(self) -> SESV2Client:
        made: SESV2Client = self._make("sesv2", self._deployment.aws_url)
        return made
