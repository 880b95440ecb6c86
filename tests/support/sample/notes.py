"""Where the sample functions note what reached them: items ``note#<who>`` of one table."""

import os
import time

import boto3


def note(who: str, what: str) -> None:
    boto3.client("dynamodb").put_item(
        TableName=os.environ["CARESMITH_PREFIX"] + "practice",
        Item={
            "pk": {"S": f"note#{who}"},
            "sk": {"S": f"{time.time_ns():020d}#{what}"},
            "what": {"S": what},
        },
    )
