import base64

import pytest

from scripts.localstack.apigw import (
    HttpRequest,
    MalformedAnswer,
    authorizer_event,
    proxy_event,
    read_answer,
)


def test_request_below_a_base_path_names_the_greedy_resource():
    event = proxy_event(HttpRequest("GET", "/patients/a/b"), "/patients", None)
    assert event["resource"] == "/patients/{proxy+}"
    assert event["pathParameters"] == {"proxy": "a/b"}


def test_request_to_a_base_path_itself_has_no_path_parameters():
    event = proxy_event(HttpRequest("GET", "/patients"), "/patients", None)
    assert (event["resource"], event["pathParameters"]) == ("/patients", None)


def test_repeated_headers_and_query_values_all_arrive():
    request = HttpRequest("GET", "/x", "a=1&a=2&b=", [("X-A", "1"), ("X-A", "2")])
    event = proxy_event(request, "/x", None)
    assert event["headers"]["X-A"] == "2"
    assert event["multiValueHeaders"]["X-A"] == ["1", "2"]
    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}


def test_no_query_is_null_as_api_gateway_sends_it():
    event = proxy_event(HttpRequest("GET", "/x"), "/x", None)
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None
    assert event["body"] is None


def test_body_that_is_not_utf8_arrives_encoded():
    event = proxy_event(HttpRequest("POST", "/x", body=b"\xff\x00"), "/x", None)
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff\x00"


def test_authorizer_is_asked_without_the_body():
    event = authorizer_event(HttpRequest("POST", "/x/y", body=b"secret"), "/x")
    assert "body" not in event
    assert event["type"] == "REQUEST"
    assert event["methodArn"].endswith("/local/POST/x/y")


def test_several_cookies_are_several_headers():
    answer = read_answer({"statusCode": 200, "multiValueHeaders": {"Set-Cookie": ["a=1", "b=2"]}})
    assert answer.headers == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]


def test_multi_value_headers_win_over_single_ones_of_another_case():
    answer = read_answer(
        {"statusCode": 200, "headers": {"x-a": "1"}, "multiValueHeaders": {"X-A": ["2"]}}
    )
    assert answer.headers == [("X-A", "2")]


def test_encoded_body_is_decoded():
    assert read_answer({"statusCode": 200, "body": "/wA=", "isBase64Encoded": True}).body == (
        b"\xff\x00"
    )


@pytest.mark.parametrize(
    "result",
    [
        None,
        "text",
        {"body": "no status"},
        {"statusCode": "many"},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "%%", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["x"]},
        {"errorMessage": "boom", "statusCode": 200},
    ],
)
def test_answer_that_api_gateway_cannot_pass_on_is_malformed(result):
    with pytest.raises(MalformedAnswer):
        read_answer(result)
