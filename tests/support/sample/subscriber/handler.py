import json

from tests.support.sample.notes import note


def handler(event, context):
    if "job" in event:
        note("job", event["job"])
        return None
    for record in event["Records"]:
        note("subscriber", json.loads(record["body"])["detail"]["pk"])
    return {"batchItemFailures": []}
