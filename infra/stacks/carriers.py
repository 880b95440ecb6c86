"""Ways out to people: what texts and e-mails are sent with, and the topics carriers answer in.

The operator does by hand what no template can: verify the senders' domains in
SES, get a telephone number (and point its two-way channel at the topic ``texts``),
and fill in the secrets. With ``-c publicUrl=https://...`` the topics deliver to
the webhooks by themselves; else subscribe ``<url>/webhooks/sns`` to them.

``payer_exchange`` says how files go to the clearinghouse. ``base_url`` is an ``https``
address with ``key`` as its bearer token, or ``sftp://user@host:port/folder`` with
``host_keys`` and either ``private_key`` or ``password``
(:mod:`caresmith.exchange_door` lists what else it may say); while it is empty, files lie
in the bucket ``exchange``. What is filled in and not understood sends nothing anywhere.
"""

from __future__ import annotations

import json

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from aws_cdk import aws_smsvoice as smsvoice
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.constructs.nag import accept
from infra.manifest import SECRETS, TOPICS
from infra.stage import Stage

_MAIL_EVENTS = (
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.REJECT,
)

_EMPTY = {
    "twilio": ({"account_sid": ""}, "auth_token"),
    "payer_exchange": ({"base_url": "", "sender_id": "", "receiver_id": ""}, "key"),
    "stripe": ({"api_key": ""}, "webhook_secret"),
}
"""What each secret holds until the operator fills it in, and which field is made up."""


class CarriersStack(Stack):
    """``secrets`` and ``topics`` by name; ``mail_set`` and ``text_set`` are what sending names."""

    def __init__(self, scope: Construct, stage: Stage, key: kms.IKey) -> None:
        super().__init__(scope, "Carriers", stack_name=f"{stage.prefix}carriers")
        self._stage_config, self._key = stage, key
        self.secrets = {name: self._secret(name) for name in SECRETS}
        self.topics = {name: self._topic(name) for name in TOPICS}
        self.mail_set = self._mail_set(self.topics["mail"])
        self.text_set = self._text_set(self.topics["texts"])

    def _secret(self, name: str) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            f"{name.title().replace('_', '')}Secret",
            secret_name=f"{self._stage_config.prefix}{name}",
            description="JSON, to be filled in by the operator",
            # Until then no call works, and no signature of a webhook is right.
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=json.dumps(_EMPTY[name][0]),
                generate_string_key=_EMPTY[name][1],
            ),
            encryption_key=self._key,
            removal_policy=self._stage_config.removal_policy,
        )
        accept(
            secret,
            SecretsManagerRotationEnabled=(
                "It is the carrier's credential: the carrier issues a new one, and the operator "
                "puts it in; functions read it anew within minutes."
            ),
        )
        return secret

    def _topic(self, name: str) -> sns.Topic:
        topic = sns.Topic(
            self,
            f"{name.capitalize()}Topic",
            topic_name=f"{self._stage_config.prefix}{name}",
            master_key=self._key,
            enforce_ssl=True,
        )
        if self._stage_config.public_url:
            topic.add_subscription(
                subscriptions.UrlSubscription(f"{self._stage_config.public_url}/webhooks/sns")
            )
        CfnOutput(self, f"{name.capitalize()}TopicArn", value=topic.topic_arn)
        return topic

    def _mail_set(self, topic: sns.Topic) -> ses.ConfigurationSet:
        made = ses.ConfigurationSet(
            self,
            "MailSet",
            configuration_set_name=f"{self._stage_config.prefix}mail",
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
        )
        made.add_event_destination(
            "MailNews", destination=ses.EventDestination.sns_topic(topic), events=list(_MAIL_EVENTS)
        )
        return made

    def _text_set(self, topic: sns.Topic) -> smsvoice.CfnConfigurationSet:
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("sms-voice.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        destination = smsvoice.CfnConfigurationSet.EventDestinationProperty(
            enabled=True,
            event_destination_name="news",
            # What becomes of a text; that it was sent is told by the call itself.
            matching_event_types=["TEXT_ALL"],
            sns_destination=smsvoice.CfnConfigurationSet.SnsDestinationProperty(
                topic_arn=topic.topic_arn
            ),
        )
        return smsvoice.CfnConfigurationSet(
            self,
            "TextSet",
            configuration_set_name=f"{self._stage_config.prefix}texts",
            event_destinations=[destination],
        )
