"""The bucket of documents: closed, versioned, scanned in quarantine, backed up."""

from __future__ import annotations

import json
from typing import Any

from infra.manifest import BUCKETS
from infra.stage import Stage
from tests.infra.conftest import Templates


def bucket(templates: Templates) -> dict[str, Any]:
    [found] = [
        properties
        for name, properties in templates.of_type("AWS::S3::Bucket").items()
        if ".DocumentsBucket" in name
    ]
    return found


def actions_of(templates: Templates, function: str) -> set[str]:
    """What the function may do with objects."""
    return {
        action
        for name, policy in templates.of_type("AWS::IAM::ManagedPolicy").items()
        # The scanner's own role, which writes tags, stands in the stack of the data.
        if f"functions.{function}" in name.lower()
        for statement in policy["PolicyDocument"]["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        if action.startswith("s3:")
    }


def test_the_bucket_is_closed_versioned_and_under_a_key_of_its_own_domain(
    templates: Templates,
) -> None:
    found = bucket(templates)
    assert found["VersioningConfiguration"]["Status"] == "Enabled"
    assert all(found["PublicAccessBlockConfiguration"].values())
    [rule] = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert "Clinical" in json.dumps(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])
    policies = json.dumps(
        [
            policy
            for name, policy in templates.of_type("AWS::S3::BucketPolicy").items()
            if ".DocumentsBucket" in name
        ]
    )
    assert "aws:SecureTransport" in policies


def test_uploads_go_after_a_day_and_what_is_kept_does_not(templates: Templates) -> None:
    rules = bucket(templates)["LifecycleConfiguration"]["Rules"]
    # A PDF that was made of a TIFF is made again where somebody looks again.
    assert {rule["Prefix"] for rule in rules} == {"incoming/", "views/"}
    for rule in rules:
        assert rule["ExpirationInDays"] == 1
        assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 1


def test_quarantine_is_scanned_and_its_verdict_written_as_a_tag(templates: Templates) -> None:
    [plan] = templates.of_type("AWS::GuardDuty::MalwareProtectionPlan").values()
    assert plan["ProtectedResource"]["S3Bucket"]["ObjectPrefixes"] == ["incoming/", "faxes/"]
    assert plan["Actions"]["Tagging"]["Status"] == "ENABLED"
    [function] = [
        f
        for f in templates.of_type("AWS::Lambda::Function").values()
        if f.get("FunctionName") == "caresmith-prod-documents"
    ]
    assert function["Environment"]["Variables"]["CARESMITH_MALWARE_SCAN"] == "guardduty"


def test_documents_are_read_written_and_never_deleted_by_the_function(templates: Templates) -> None:
    granted = actions_of(templates, "documents")
    assert {"s3:GetObject", "s3:PutObject", "s3:GetObjectVersionTagging"} <= granted
    assert not {action for action in granted if "Delete" in action or "PutObjectTagging" in action}


def test_the_bucket_is_backed_up_daily(templates: Templates) -> None:
    selections = json.dumps(list(templates.of_type("AWS::Backup::BackupSelection").values()))
    assert "DocumentsBucket" in selections


def test_pages_of_the_console_may_post_to_it_and_to_few_others(templates: Templates) -> None:
    [rule] = bucket(templates)["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedMethods"] == ["POST"]
    assert rule["AllowedOrigins"] == ["https://*.cloudfront.net"]
    assert rule["AllowedHeaders"] == ["content-type"]
    posted_to = {
        name.rpartition(".")[2]
        for name, properties in templates.of_type("AWS::S3::Bucket").items()
        if "CorsConfiguration" in properties
    }
    wanted = {one.name for one in BUCKETS if one.posted_to}
    assert {name.partition("Bucket")[0].lower() for name in posted_to} == wanted
    assert wanted == {"documents", "exchange"}


def test_with_a_domain_of_its_own_only_that_domains_pages_may_post() -> None:
    named = Stage("prod", domain_name="care.example.org", certificate_arn="arn:aws:acm:x")
    assert named.console_origin == "https://care.example.org"
    assert Stage("prod", domain_name="care.example.org").console_origin.endswith("cloudfront.net")
