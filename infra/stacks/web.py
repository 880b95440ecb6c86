"""What browsers talk to: CloudFront in front of the API, so that paths carry no stage."""

from __future__ import annotations

from aws_cdk import CfnOutput, Duration, Stack
from aws_cdk import aws_apigateway as apigw
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.stage import Stage


class WebStack(Stack):
    """The distribution; static files are cached at the edge, nothing else is."""

    def __init__(
        self, scope: Construct, stage: Stage, rest_api: apigw.RestApi, access_logs: s3.IBucket
    ) -> None:
        super().__init__(scope, "Web", stack_name=f"{stage.prefix}web")
        origin = origins.RestApiOrigin(rest_api)
        headers = cloudfront.ResponseHeadersPolicy(
            self,
            "SecurityHeaders",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=Duration.days(730),
                    include_subdomains=True,
                    override=True,
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            ),
        )
        certificate = (
            acm.Certificate.from_certificate_arn(self, "Certificate", stage.certificate_arn)
            if stage.certificate_arn
            else None
        )
        common = {
            "viewer_protocol_policy": cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            "response_headers_policy": headers,
            "compress": True,
        }
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Caresmith {stage.name}",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origin,
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=(
                    cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER
                ),
                **common,  # type: ignore[arg-type]
            ),
            additional_behaviors={
                "/console/static/*": cloudfront.BehaviorOptions(
                    origin=origin,
                    cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                    **common,  # type: ignore[arg-type]
                )
            },
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            domain_names=[stage.domain_name] if stage.domain_name and certificate else None,
            certificate=certificate,
            enable_logging=True,
            log_bucket=access_logs,
            log_file_prefix="cloudfront/",
            log_includes_cookies=False,
        )
        CfnOutput(
            self, "Url", value=f"https://{self.distribution.distribution_domain_name}/console"
        )
