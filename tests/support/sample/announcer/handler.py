import json
import os

import boto3


def handler(event, context):
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        entry = {
            "EventBusName": os.environ["CARESMITH_PREFIX"] + "bus",
            "Source": "caresmith.sample",
            "DetailType": "Something",
            "Detail": json.dumps({"pk": image["pk"]["S"]}),
        }
        assert boto3.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0
    return {"batchItemFailures": []}
