"""What is to run: the manifest's lists, and the names and environment made from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from infra import manifest
from infra.manifest import Bucket, Function, TableSpec, Workflow
from infra.variables import once_variable, secret_variable
from scripts.bootstrap.paths import CODES

REGION: Final = "us-east-1"
ACCOUNT: Final = "123456789012"
"""The account that moto answers for."""
POOLS: Final = ("staff", "patients")


@dataclass(frozen=True)
class System:
    """The functions, tables and buckets to run. Tests pass their own."""

    functions: tuple[Function, ...] = manifest.FUNCTIONS
    tables: tuple[TableSpec, ...] = manifest.TABLES
    buckets: tuple[Bucket, ...] = manifest.BUCKETS
    workflows: tuple[Workflow, ...] = manifest.WORKFLOWS
    package: str = "functions"
    """Where the handlers lie: ``<package>.<function>.handler``, symbol ``handler``."""

    def handler_module(self, name: str) -> str:
        return f"{self.package}.{name}.handler"

    def function(self, name: str) -> Function:
        """Raises KeyError where there is none of that name."""
        return {function.name: function for function in self.functions}[name]

    def owner(self, path: str) -> tuple[Function, str] | None:
        """The function that serves ``path`` and the base path it does so under.

        The longest base path wins, as API Gateway prefers the more specific resource.
        """
        found = [
            (len(base), function, base)
            for function in self.functions
            for base in function.base_paths
            if path == base or path.startswith(base + "/")
        ]
        if not found:
            return None
        _, function, base = max(found, key=lambda hit: hit[0])
        return function, base

    def authorizer(self) -> Function | None:
        return next((f for f in self.functions if f.role_in_api == "authorizer"), None)


@dataclass(frozen=True)
class PoolIds:
    pool_id: str
    client_id: str


@dataclass(frozen=True)
class Deployment:
    """Where this copy of the system lives, and the environment each function gets."""

    stage: str
    dynamodb_url: str
    assets_dir: str
    aws_url: str | None = None
    """moto's server; None where moto answers in-process."""
    pools: dict[str, PoolIds] = field(default_factory=dict)
    clock: str = ""
    """``CARESMITH_CLOCK`` for all functions: see ``caresmith.clock.SystemClock``."""
    public_url: str = ""
    """Where carriers and people reach the API; empty where nobody does."""
    carrier_url: str = ""
    """The program that stands in for the carrier."""
    pharmacy_url: str = ""
    """Base of the FHIR server of the program that stands in for a pharmacy."""
    cards_url: str = ""
    """The program that stands in for the card processor."""
    payer_url: str = ""
    """Base of the program that stands in for the clearinghouse and the payers behind it."""
    waiting_url: str = ""
    """Who answers Step Functions and Scheduler; empty where moto does."""

    @property
    def prefix(self) -> str:
        return f"caresmith-{self.stage}-"

    def bucket(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def queue(self, function: str) -> str:
        return f"{self.prefix}{function}-events"

    def stream_dead_letters(self, function: str) -> str:
        return f"{self.prefix}{function}-stream-dlq"

    def machine_arn(self, workflow: str) -> str:
        return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{self.prefix}{workflow}"

    def function_arn(self, function: str) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.prefix}{function}"

    def target_arn(self, target: str) -> str:
        """The ARN of a target as ``starts_once`` names it."""
        kind, _, name = target.rpartition(":")
        return self.machine_arn(name) if kind == "workflow" else self.function_arn(name)

    @property
    def configuration_set(self) -> str:
        return f"{self.prefix}mail"

    @property
    def topics(self) -> tuple[str, ...]:
        """In which carriers speak: what became of e-mails, and texts that came in."""
        return tuple(f"arn:aws:sns:{REGION}:{ACCOUNT}:{self.prefix}{t}" for t in manifest.TOPICS)

    def environment(self, buckets: tuple[Bucket, ...] = manifest.BUCKETS) -> dict[str, str]:
        """The variables that all functions share."""
        shared = {
            "CARESMITH_STAGE": self.stage,
            "CARESMITH_PREFIX": self.prefix,
            "CARESMITH_ASSETS_DIR": self.assets_dir,
            "CARESMITH_CODES_DIR": str(CODES),
            "CARESMITH_PUBLIC_URL": self.public_url,
            "POWERTOOLS_METRICS_NAMESPACE": "Caresmith",
            "POWERTOOLS_TRACE_DISABLED": "true",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL_DYNAMODB": self.dynamodb_url,
            "AWS_ENDPOINT_URL_DYNAMODB_STREAMS": self.dynamodb_url,
        }
        if self.aws_url:
            shared["AWS_ENDPOINT_URL"] = self.aws_url
            shared["CARESMITH_COGNITO_ISSUER_BASE"] = self.aws_url
        if self.waiting_url:
            shared["AWS_ENDPOINT_URL_SFN"] = f"{self.waiting_url}/stepfunctions"
            shared["AWS_ENDPOINT_URL_SCHEDULER"] = f"{self.waiting_url}/scheduler"
        if self.pharmacy_url:
            # The one pharmacy that may be reached without TLS, on this very machine.
            shared["CARESMITH_LOCAL_PHARMACY"] = self.pharmacy_url
        if self.cards_url:
            shared["CARESMITH_STRIPE_URL"] = self.cards_url
        if self.payer_url:
            shared["CARESMITH_LOCAL_PAYER"] = self.payer_url
        if self.clock:
            shared["CARESMITH_CLOCK"] = self.clock
        for bucket in buckets:
            shared[f"CARESMITH_BUCKET_{bucket.name.upper()}"] = self.bucket(bucket.name)
        for name, ids in self.pools.items():
            shared[f"CARESMITH_{name.upper()}_POOL_ID"] = ids.pool_id
            shared[f"CARESMITH_{name.upper()}_CLIENT_ID"] = ids.client_id
        return shared

    def function_environment(self, function: Function) -> dict[str, str]:
        """What the function itself is told besides, as Lambda and CDK tell it."""
        told = {
            "POWERTOOLS_SERVICE_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_NAME": self.prefix + function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            **self.granted(function),
        }
        scanned = {bucket.name for bucket in manifest.BUCKETS if bucket.scanned}
        if scanned & {grant.bucket for grant in function.buckets}:
            told["CARESMITH_MALWARE_SCAN"] = "signatures"
        return told

    def granted(self, function: Function) -> dict[str, str]:
        """What the function is told because the manifest says that it needs it."""
        told: dict[str, str] = {}
        if function.starts_once:
            role = f"{self.prefix}{function.name}-once"
            told["CARESMITH_ONCE_ROLE"] = f"arn:aws:iam::{ACCOUNT}:role/{role}"
        for target in function.starts_once:
            told[once_variable(target)] = self.target_arn(target)
        for secret in function.secrets:
            told[secret_variable(secret)] = self.prefix + secret
        if "sms" in function.carriers:
            told["CARESMITH_SMS_CARRIER"] = "twilio"
            told["CARESMITH_TWILIO_URL"] = self.carrier_url
        if "email" in function.carriers:
            told["CARESMITH_SES_CONFIGURATION_SET"] = self.configuration_set
        if function.hears_carriers:
            told["CARESMITH_SNS_TOPICS"] = ",".join(self.topics)
            told["CARESMITH_SNS_CERTIFICATE_HOST"] = self.carrier_url.rpartition("/")[2]
        return told
