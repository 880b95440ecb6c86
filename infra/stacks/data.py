"""Everything that outlives a deployment: tables, keys, buckets and their backups."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from caresmith.settings import Domain
from infra.constructs.encrypted_table import EncryptedTable
from infra.constructs.malware_scan import MalwareScan
from infra.constructs.nag import accept
from infra.manifest import BUCKETS, CORS_SECONDS, POSTED_HEADERS, TABLES, Bucket
from infra.stage import Stage


class DataStack(Stack):
    """``tables`` by domain, ``buckets`` by name, and the key of queues, logs and topics."""

    def __init__(self, scope: Construct, stage: Stage) -> None:
        super().__init__(scope, "Data", stack_name=f"{stage.prefix}data")
        self.stage_config = stage
        self.tables = {spec.domain: EncryptedTable(self, spec, stage) for spec in TABLES}
        self.operations_key = self._operations_key()
        self.access_logs = self._access_logs()
        self.buckets = {bucket.name: self._bucket(bucket) for bucket in BUCKETS}
        self._back_up()

    def _operations_key(self) -> kms.Key:
        """For logs, queues and topics, which hold ids but no PHI."""
        key = kms.Key(
            self,
            "OperationsKey",
            alias=f"alias/{self.stage_config.prefix}operations",
            enable_key_rotation=True,
            removal_policy=self.stage_config.removal_policy,
        )
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[
                    iam.ServicePrincipal(f"logs.{self.region}.amazonaws.com"),
                    iam.ServicePrincipal("events.amazonaws.com"),
                    iam.ServicePrincipal("sns.amazonaws.com"),
                    iam.ServicePrincipal("cloudwatch.amazonaws.com"),
                    # What becomes of e-mails and texts is told in encrypted topics.
                    iam.ServicePrincipal("ses.amazonaws.com"),
                    iam.ServicePrincipal("sms-voice.amazonaws.com"),
                ],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            )
        )
        # CloudWatch Logs names the log group in the encryption context, not the account.
        key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(f"logs.{self.region}.amazonaws.com")],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions={
                    "ArnLike": {
                        "kms:EncryptionContext:aws:logs:arn": (
                            f"arn:{self.partition}:logs:{self.region}:{self.account}:log-group:*"
                        )
                    }
                },
            )
        )
        return key

    def _access_logs(self) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            # CloudFront's standard logs are still delivered by ACL.
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(6 * 366))],
            removal_policy=self.stage_config.removal_policy,
        )
        accept(
            bucket,
            S3BucketLoggingEnabled="It is the target of the other buckets' access logs.",
            S3BucketReplicationEnabled="Access logs hold no PHI and are not a system of record.",
            S3DefaultEncryptionKMS="S3 log delivery writes to buckets under S3-managed keys only.",
        )
        return bucket

    def _bucket(self, spec: Bucket) -> s3.Bucket:
        locked = spec.object_lock_days
        bucket = s3.Bucket(
            self,
            f"{spec.name.capitalize()}Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.tables[spec.domain].key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{spec.name}/",
            object_lock_default_retention=(
                s3.ObjectLockRetention.compliance(Duration.days(locked))
                if locked and self.stage_config.keeps_data
                else None
            ),
            object_lock_enabled=True if locked else None,
            lifecycle_rules=[_expiry(prefix, days) for prefix, days in spec.expiring],
            cors=[_posts_from(self.stage_config.console_origin)] if spec.posted_to else None,
            removal_policy=self.stage_config.removal_policy,
        )
        accept(
            bucket,
            S3BucketReplicationEnabled=(
                "Segments can be rebuilt from the audit table, which the backup plan copies daily."
                if locked
                else "The backup plan copies the bucket daily."
            ),
        )
        if spec.scanned:
            MalwareScan(self, f"{spec.name.capitalize()}Scan", bucket, spec.scanned)
        return bucket

    def _back_up(self) -> None:
        """Daily copies kept for 35 days, monthly ones for six years (45 CFR 164.316(b)(2)(i))."""
        vault = backup.BackupVault(
            self,
            "BackupVault",
            encryption_key=self.tables[Domain.PRACTICE].key,
            removal_policy=self.stage_config.removal_policy,
        )
        plan = backup.BackupPlan(self, "BackupPlan", backup_vault=vault)
        plan.add_rule(backup.BackupPlanRule.daily())
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="Monthly",
                schedule_expression=events.Schedule.cron(day="1", hour="5", minute="0"),
                move_to_cold_storage_after=Duration.days(90),
                delete_after=Duration.days(6 * 366),
            )
        )
        plan.add_selection(
            "Tables",
            resources=[
                backup.BackupResource.from_dynamo_db_table(table.table)
                for table in self.tables.values()
            ],
        )
        # What Object Lock keeps needs no copy.
        copied = [b for b in BUCKETS if b.object_lock_days is None]
        plan.add_selection(
            "Buckets",
            role=self._bucket_backup_role(),
            resources=[
                backup.BackupResource.from_arn(self.buckets[bucket.name].bucket_arn)
                for bucket in copied
            ],
        )

    def _bucket_backup_role(self) -> iam.Role:
        role = iam.Role(
            self, "BucketBackup", assumed_by=iam.ServicePrincipal("backup.amazonaws.com")
        )
        for name in (
            "AWSBackupServiceRolePolicyForS3Backup",
            "AWSBackupServiceRolePolicyForS3Restore",
        ):
            role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(name))
        return role


def _posts_from(origin: str) -> s3.CorsRule:
    """What the bucket tells a browser: pages of that origin may post a signed form to it."""
    return s3.CorsRule(
        allowed_origins=[origin],
        allowed_methods=[s3.HttpMethods.POST],
        allowed_headers=list(POSTED_HEADERS),
        max_age=CORS_SECONDS,
    )


def _expiry(prefix: str, days: int) -> s3.LifecycleRule:
    """Objects under the prefix go after so many days, and their versions a day later."""
    return s3.LifecycleRule(
        prefix=prefix,
        expiration=Duration.days(days),
        noncurrent_version_expiration=Duration.days(1),
        abort_incomplete_multipart_upload_after=Duration.days(1),
    )
