"""The one door: API Gateway asks the authorizer, then forwards each base path whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_apigateway as apigw
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.constructs.feature_function import FeatureFunction
from infra.constructs.nag import accept
from infra.stage import Stage

# Requests a second for the whole deployment, and one address in five minutes.
_RATE: Final = 500
_BURST: Final = 1000
_PER_ADDRESS: Final = 3000
# Behind pay links nobody is signed in: no person opens so many pages there.
_PAY_LINKS_PER_ADDRESS: Final = 200
_FORWARDED: Final = waf.CfnWebACL.ForwardedIPConfigurationProperty(
    fallback_behavior="MATCH", header_name="X-Forwarded-For"
)

_PROBLEMS: Final = {
    apigw.ResponseType.UNAUTHORIZED: ("401", "not-signed-in", "Sign in first."),
    apigw.ResponseType.ACCESS_DENIED: ("403", "forbidden", "You may not do this."),
    apigw.ResponseType.WAF_FILTERED: ("403", "filtered", "This request was filtered."),
    apigw.ResponseType.MISSING_AUTHENTICATION_TOKEN: ("404", "not-found", "No such path."),
    apigw.ResponseType.REQUEST_TOO_LARGE: ("413", "body-too-large", "The body is too large."),
    apigw.ResponseType.UNSUPPORTED_MEDIA_TYPE: ("415", "unsupported-media-type", "Another type."),
    apigw.ResponseType.THROTTLED: ("429", "throttled", "Too many requests; wait a moment."),
    apigw.ResponseType.INTEGRATION_TIMEOUT: ("504", "timeout", "It took too long; try again."),
    apigw.ResponseType.DEFAULT_4_XX: (None, "bad-request", "The request could not be taken."),
    apigw.ResponseType.DEFAULT_5_XX: (None, "internal", "Something went wrong on our side."),
}


class ApiStack(Stack):
    """``rest_api``: the routes of the manifest behind WAF, throttle and authorizer."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        functions: Mapping[str, FeatureFunction],
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, "Api", stack_name=f"{stage.prefix}api")
        self.rest_api = self._api(stage, key)
        authorizer = self._authorizer(functions)
        for function in functions.values():
            for path in function.spec.base_paths:
                self._forward(path, function, authorizer)
        self._answer_problems()
        self._protect(stage, key)

    def _api(self, stage: Stage, key: kms.IKey) -> apigw.RestApi:
        access_log = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/apigateway/{stage.prefix}access",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
        )
        api = apigw.RestApi(
            self,
            "Rest",
            rest_api_name=f"{stage.prefix}api",
            endpoint_types=[apigw.EndpointType.REGIONAL],
            cloud_watch_role=True,
            # Answers of a few hundred bytes only grow when they are compressed.
            min_compression_size=None,
            # Bodies pass as they are: messages of laboratories come in any character set,
            # and a document leaves as its bytes whatever the caller says that it accepts.
            binary_media_types=["*/*"],
            deploy_options=apigw.StageOptions(
                stage_name="live",
                throttling_rate_limit=_RATE,
                throttling_burst_limit=_BURST,
                tracing_enabled=True,
                logging_level=apigw.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                metrics_enabled=True,
                access_log_destination=apigw.LogGroupLogDestination(access_log),
                access_log_format=apigw.AccessLogFormat.custom(_access_log_format()),
            ),
        )
        accept(
            api,
            APIGWCacheEnabledAndEncrypted="Nothing is cached: answers hold PHI of one caller.",
            APIGWSSLEnabled=(
                "Client certificates authenticate the gateway to an HTTP backend; here every "
                "backend is a Lambda function, invoked by IAM."
            ),
            IAMNoInlinePolicy="CDK's role for API Gateway's own log delivery.",
        )
        return api

    def _authorizer(self, functions: Mapping[str, FeatureFunction]) -> apigw.CfnAuthorizer:
        [function] = [f for f in functions.values() if f.spec.role_in_api == "authorizer"]
        invoke = iam.ManagedPolicy(
            self,
            "InvokeAuthorizer",
            statements=[
                iam.PolicyStatement(
                    actions=["lambda:InvokeFunction"], resources=[function.alias.function_arn]
                )
            ],
        )
        role = iam.Role(
            self,
            "AuthorizerRole",
            assumed_by=iam.ServicePrincipal("apigateway.amazonaws.com"),
            managed_policies=[invoke],
        )
        return apigw.CfnAuthorizer(
            self,
            "Authorizer",
            rest_api_id=self.rest_api.rest_api_id,
            name="authorizer",
            type="REQUEST",
            authorizer_credentials=role.role_arn,
            # Never cached: a session that ended, or a role taken away, must bite at once.
            authorizer_result_ttl_in_seconds=0,
            authorizer_uri=(
                f"arn:{self.partition}:apigateway:{self.region}:lambda:path/2015-03-31"
                f"/functions/{function.alias.function_arn}/invocations"
            ),
        )

    def _forward(
        self, path: str, function: FeatureFunction, authorizer: apigw.CfnAuthorizer
    ) -> None:
        integration = apigw.LambdaIntegration(
            function.alias, allow_test_invoke=False, timeout=Duration.seconds(29)
        )
        base = self.rest_api.root.resource_for_path(path)
        for resource in (base, base.add_resource("{proxy+}")):
            method = resource.add_method("ANY", integration)
            raw = method.node.default_child
            if not isinstance(raw, apigw.CfnMethod):
                raise TypeError("a method without its CloudFormation resource")
            raw.authorization_type = "CUSTOM"
            raw.authorizer_id = authorizer.ref

    def _answer_problems(self) -> None:
        for kind, (status, problem, title) in _PROBLEMS.items():
            body = {"type": f"https://caresmith.dev/problems/{problem}", "title": title}
            if status:
                body["status"] = status
            self.rest_api.add_gateway_response(
                f"Problem{problem.title().replace('-', '')}{status or 'Default'}",
                type=kind,
                status_code=status,
                templates={"application/json": json.dumps(body)},
                response_headers={"Content-Type": "'application/problem+json'"},
            )

    def _protect(self, stage: Stage, key: kms.IKey) -> None:
        acl = waf.CfnWebACL(
            self,
            "Firewall",
            name=f"{stage.prefix}api",
            scope="REGIONAL",
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible("firewall"),
            rules=[
                _managed("AWSManagedRulesAmazonIpReputationList", 1),
                _managed("AWSManagedRulesKnownBadInputsRuleSet", 2),
                # Notes and documents are longer than the 8 KB that its size rule allows;
                # the gateway (10 MB) and each function (its own limit) bound the body.
                _managed("AWSManagedRulesCommonRuleSet", 3, count=("SizeRestrictions_BODY",)),
                waf.CfnWebACL.RuleProperty(
                    name="pay-links",
                    priority=5,
                    action=waf.CfnWebACL.RuleActionProperty(block={}),
                    statement=waf.CfnWebACL.StatementProperty(
                        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                            aggregate_key_type="FORWARDED_IP",
                            limit=_PAY_LINKS_PER_ADDRESS,
                            forwarded_ip_config=_FORWARDED,
                            scope_down_statement=_below("/pay/"),
                        )
                    ),
                    visibility_config=_visible("pay-links"),
                ),
                waf.CfnWebACL.RuleProperty(
                    name="per-address",
                    priority=4,
                    action=waf.CfnWebACL.RuleActionProperty(block={}),
                    statement=waf.CfnWebACL.StatementProperty(
                        rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                            aggregate_key_type="FORWARDED_IP",
                            limit=_PER_ADDRESS,
                            forwarded_ip_config=_FORWARDED,
                        )
                    ),
                    visibility_config=_visible("per-address"),
                ),
            ],
        )
        waf.CfnWebACLAssociation(
            self,
            "FirewallAssociation",
            resource_arn=self.rest_api.deployment_stage.stage_arn,
            web_acl_arn=acl.attr_arn,
        )
        log = logs.LogGroup(
            self,
            "FirewallLog",
            # WAF takes only names that begin so.
            log_group_name=f"aws-waf-logs-{stage.prefix}api",
            encryption_key=key,
            retention=logs.RetentionDays.ONE_YEAR,
        )
        waf.CfnLoggingConfiguration(
            self,
            "FirewallLogging",
            resource_arn=acl.attr_arn,
            log_destination_configs=[log.log_group_arn],
            redacted_fields=[
                _redacted(single_header={"Name": "cookie"}),
                _redacted(single_header={"Name": "authorization"}),
                _redacted(query_string={}),
            ],
        )


def _redacted(**field: object) -> waf.CfnLoggingConfiguration.FieldToMatchProperty:
    return waf.CfnLoggingConfiguration.FieldToMatchProperty(**field)


def _access_log_format() -> str:
    """Who, when, which resource and how it ended. The path holds ids only; no query is logged."""
    context = apigw.AccessLogField
    return json.dumps(
        {
            "request_id": context.context_request_id(),
            "ip": context.context_identity_source_ip(),
            "user_id": context.context_authorizer("user_id"),
            "practice_id": context.context_authorizer("practice_id"),
            "at": context.context_request_time_epoch(),
            "method": context.context_http_method(),
            "resource": context.context_resource_path(),
            "status": context.context_status(),
            "bytes": context.context_response_length(),
            "latency_ms": context.context_response_latency(),
            "waf": context.context_waf_response_code(),
        }
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    # Sampled requests would show bodies and cookies in the WAF console.
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _below(path: str) -> waf.CfnWebACL.StatementProperty:
    """Requests whose path begins so."""
    return waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string=path,
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=0, type="LOWERCASE")
            ],
        )
    )


def _managed(
    name: str, priority: int, *, count: tuple[str, ...] = ()
) -> waf.CfnWebACL.RuleProperty:
    counted = [
        waf.CfnWebACL.RuleActionOverrideProperty(
            name=rule, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
        )
        for rule in count
    ]
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS", name=name, rule_action_overrides=counted or None
            )
        ),
        visibility_config=_visible(name),
    )
