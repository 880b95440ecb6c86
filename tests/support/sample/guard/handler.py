def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    token = headers.get("authorization", "")
    if token == "bad":
        raise Exception("Unauthorized")  # noqa: TRY002 - the very words API Gateway looks for
    effect = "Deny" if token == "denied" else "Allow"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    return {
        "principalId": "someone",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"user_id": token, "practice_id": "p"} if token else {},
    }
