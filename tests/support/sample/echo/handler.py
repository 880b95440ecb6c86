import json
import os
import time

_served = []


def handler(event, context):
    _served.append(context.aws_request_id)
    mode = (event.get("queryStringParameters") or {}).get("mode")
    if mode == "slow":
        time.sleep(10)
    if mode == "error":
        raise ValueError("secret detail")
    if mode == "malformed":
        return {"status": 200}
    if mode == "cookies":
        return {"statusCode": 302, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}, "body": ""}
    if mode == "binary":
        return {"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}
    print("served", mode)
    seen = {
        "event": event,
        "count": len(_served),
        "pid": os.getpid(),
        "service": os.environ["POWERTOOLS_SERVICE_NAME"],
        "remaining": context.get_remaining_time_in_millis(),
        "name": context.function_name,
    }
    return {"statusCode": 200, "body": json.dumps(seen)}
