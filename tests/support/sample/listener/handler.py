from tests.support.sample.notes import note

_refused = set()


def handler(event, context):
    """Each record whose key begins with "shy" is refused once, "never" always."""
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["pk"]["S"]
        if key.startswith("never") or (key.startswith("shy") and key not in _refused):
            _refused.add(key)
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
        note("listener", key)
    return {"batchItemFailures": []}
