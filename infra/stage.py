"""What differs between deployments, read from the CDK context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws_cdk import App, RemovalPolicy

from caresmith.settings import Domain


@dataclass(frozen=True)
class Stage:
    """One deployment, chosen by ``-c stage=<name>``; ``dev`` by default."""

    name: str
    alarm_email: str | None = None
    domain_name: str | None = None
    certificate_arn: str | None = None
    """In us-east-1, for CloudFront."""
    public_url: str = ""
    """Where carriers and people reach the API; empty until there is a domain."""
    sms_carrier: str = "aws"
    """``aws`` (End User Messaging, else SNS) or ``twilio``."""
    skip_layers: bool = False
    """Leave the dependency layers out of the assets: for tests of the templates."""

    @property
    def prefix(self) -> str:
        return f"caresmith-{self.name}-"

    @property
    def keeps_data(self) -> bool:
        """All stages but throw-away ones keep tables, keys and logs when a stack goes."""
        return not self.name.startswith("tmp")

    @property
    def removal_policy(self) -> RemovalPolicy:
        return RemovalPolicy.RETAIN if self.keeps_data else RemovalPolicy.DESTROY

    @property
    def console_origin(self) -> str:
        """Where the console's pages come from.

        Without a domain of its own that is CloudFront's name for the distribution, which is
        not known before there is one: then any name of CloudFront, as S3 takes one asterisk.
        """
        if self.domain_name and self.certificate_arn:
            return f"https://{self.domain_name}"
        return "https://*.cloudfront.net"

    def key_alias(self, domain: Domain) -> str:
        return f"alias/{self.prefix}{domain}"

    def table_name(self, domain: Domain) -> str:
        return f"{self.prefix}{domain}"

    @classmethod
    def of(cls, app: App) -> Stage:
        def context(key: str) -> Any:
            return app.node.try_get_context(key)

        domain = context("domainName") if context("certificateArn") else None
        public_url = context("publicUrl") or (f"https://{domain}" if domain else "")
        return cls(
            name=context("stage") or "dev",
            alarm_email=context("alarmEmail"),
            domain_name=context("domainName"),
            certificate_arn=context("certificateArn"),
            public_url=public_url.rstrip("/"),
            sms_carrier=context("smsCarrier") or "aws",
            skip_layers=context("layers") == "skip",
        )
