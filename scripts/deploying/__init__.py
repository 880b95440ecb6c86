"""``scripts/deploy``: from the CDK app to CloudFormation, and from there to AWS."""
