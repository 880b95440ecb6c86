"""The local stack itself, with tiny functions: what it promises to every feature."""

from __future__ import annotations

import concurrent.futures
import json
import os
import time

import httpx
import psutil
import pyotp
import pytest

from scripts.localstack.clients import Clients
from scripts.localstack.harness import Stack
from scripts.localstack.system import Deployment

ARGUMENTS = ("--system", "tests.support.sample:SYSTEM")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    with Stack(tmp_path_factory.mktemp("sample"), *ARGUMENTS) as stack:
        yield stack


def clients(stack: Stack) -> Clients:
    told = json.loads((stack.data / "environment.json").read_text())
    return Clients(
        Deployment("local", told["AWS_ENDPOINT_URL_DYNAMODB"], "", told["AWS_ENDPOINT_URL"])
    )


def put(stack: Stack, domain: str, key: str, entity: str = "event") -> None:
    clients(stack).dynamodb.put_item(
        TableName=f"caresmith-local-{domain}",
        Item={"pk": {"S": key}, "sk": {"S": "x"}, "entity": {"S": entity}},
    )


def notes(stack: Stack, who: str) -> list[str]:
    """What the sample functions noted, in the order of time."""
    found = clients(stack).dynamodb.query(
        TableName="caresmith-local-practice",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"note#{who}"}},
        ConsistentRead=True,
    )
    return [item["what"]["S"] for item in found["Items"]]


def eventually(condition, seconds: float = 20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.1)


class TestGateway:
    def test_function_sees_what_the_authorizer_proved(self, sample):
        told = httpx.get(
            f"{sample.url}/echo/a%20b?x=1&x=2", headers={"authorization": "ana"}
        ).json()
        assert told["event"]["requestContext"]["authorizer"]["user_id"] == "ana"
        assert told["event"]["path"] == "/echo/a b"
        assert told["event"]["multiValueQueryStringParameters"] == {"x": ["1", "2"]}
        assert told["service"] == "echo"
        assert 0 < told["remaining"] <= 2000
        assert told["name"] == "caresmith-local-echo"

    def test_environment_stays_warm(self, sample):
        first = httpx.get(f"{sample.url}/echo").json()
        second = httpx.get(f"{sample.url}/echo").json()
        assert (second["pid"], second["count"]) == (first["pid"], first["count"] + 1)

    @pytest.mark.parametrize(
        ("path", "headers", "status"),
        [
            ("/nowhere", {}, 404),
            ("/echoes", {}, 404),
            ("/echo", {"authorization": "bad"}, 401),
            ("/echo", {"authorization": "denied"}, 403),
            ("/echo?mode=error", {}, 502),
            ("/echo?mode=malformed", {}, 502),
        ],
    )
    def test_gateway_answers_by_itself_with_a_problem(self, sample, path, headers, status):
        answer = httpx.get(sample.url + path, headers=headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert "secret" not in answer.text

    def test_function_over_its_timeout_is_ended_and_the_next_call_works(self, sample):
        before = httpx.get(f"{sample.url}/echo").json()["pid"]
        began = time.monotonic()
        assert httpx.get(f"{sample.url}/echo?mode=slow", timeout=20).status_code == 502
        assert 2 <= time.monotonic() - began < 5
        eventually(lambda: not psutil.pid_exists(before))
        assert httpx.get(f"{sample.url}/echo", timeout=20).status_code == 200

    def test_body_over_ten_megabytes_reaches_no_function(self, sample):
        answer = httpx.post(f"{sample.url}/echo", content=b"x" * (10 * 1024 * 1024 + 1))
        assert answer.status_code == 413
        assert answer.json()["title"]

    def test_body_that_is_not_utf8_arrives_encoded(self, sample):
        told = httpx.post(f"{sample.url}/echo", content=b"\xff").json()
        assert (told["event"]["isBase64Encoded"], told["event"]["body"]) == (True, "/w==")

    def test_binary_answer_and_several_cookies(self, sample):
        assert httpx.get(f"{sample.url}/echo?mode=binary").content == b"\xff\x00"
        cookies = httpx.get(f"{sample.url}/echo?mode=cookies").headers.get_list("set-cookie")
        assert cookies == ["a=1", "b=2"]

    def test_parallel_requests_run_in_several_environments(self, sample):
        with concurrent.futures.ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(lambda _: httpx.get(f"{sample.url}/echo"), range(48)))
        assert {answer.status_code for answer in answers} == {200}
        assert 1 < len({answer.json()["pid"] for answer in answers}) <= 4

    def test_local_pages_answer_to_the_machines_own_name_only(self, sample):
        assert httpx.get(f"{sample.url}/_local/").status_code == 200
        other = httpx.get(f"{sample.url}/_local/facts", headers={"host": "evil.example"})
        assert other.status_code == 400


class TestDelivery:
    def test_stream_to_bus_to_queue_to_function(self, sample):
        put(sample, "patients", "told")
        put(sample, "patients", "untold", entity="patient")
        eventually(lambda: "told" in notes(sample, "subscriber"))
        assert "untold" not in notes(sample, "subscriber")

    def test_failed_record_is_tried_again_and_order_is_kept(self, sample):
        keys = ["one", "shy", "three", "four", "shy too", "six"]
        for key in keys:
            put(sample, "schedule", key)
        eventually(lambda: len(notes(sample, "listener")) >= len(keys))
        assert notes(sample, "listener")[: len(keys)] == keys

    def test_record_that_always_fails_goes_to_the_dead_letters_and_blocks_nothing(self, sample):
        put(sample, "schedule", "never")
        put(sample, "schedule", "after never")
        eventually(lambda: "after never" in notes(sample, "listener"), 40)
        sqs = clients(sample).sqs
        url = sqs.get_queue_url(QueueName="caresmith-local-listener-stream-dlq")["QueueUrl"]
        (dead,) = sqs.receive_message(QueueUrl=url)["Messages"]
        assert json.loads(dead["Body"])["DDBStreamBatchInfo"]["batchSize"] == 1

    def test_function_can_be_invoked_by_name(self, sample):
        answer = httpx.post(f"{sample.url}/_local/invoke/subscriber", json={"job": "by hand"})
        assert answer.status_code == 200
        assert "by hand" in notes(sample, "job")


class TestLife:
    def test_stops_cleanly_and_leaves_no_process(self, tmp_path):
        stack = Stack(tmp_path, *ARGUMENTS)
        stack.start()
        assert httpx.get(f"{stack.url}/echo").status_code == 200
        children = _descendants(stack)
        assert len(children) >= 3
        assert stack.stop() == 0
        assert [child for child in children if _lives(child)] == []

    def test_taken_port_is_named(self, sample, tmp_path):
        other = Stack(tmp_path, *ARGUMENTS)
        other.port = sample.port
        with pytest.raises(RuntimeError, match=rf"Port {sample.port} is taken by python"):
            _start_alone(other)

    def test_second_stack_on_the_same_data_is_refused(self, sample):
        other = Stack(sample.data, *ARGUMENTS)
        with pytest.raises(RuntimeError, match="already runs on this data"):
            other.start()

    def test_schedules_fire_on_a_clock_that_runs_faster(self, tmp_path):
        clock = ("--clock-start", "2026-03-07T23:59:00", "--clock-scale", "120")
        with Stack(tmp_path, *ARGUMENTS, *clock) as stack:
            eventually(lambda: notes(stack, "job").count("tick") >= 3)
            told = json.loads((tmp_path / "environment.json").read_text())["CARESMITH_CLOCK"]
            assert told.endswith(":1772927940.0:120.0")

    def test_children_die_with_a_killed_supervisor(self, tmp_path):
        stack = Stack(tmp_path, *ARGUMENTS)
        stack.start()
        assert httpx.get(f"{stack.url}/echo").status_code == 200
        children = _descendants(stack)
        os.kill(stack._process.pid, 9)
        stack._process.wait()
        eventually(lambda: not any(_lives(child) for child in children), 10)

    @pytest.mark.slow
    def test_everything_acknowledged_outlasts_sigkill(self, tmp_path):
        stack = Stack(tmp_path, *ARGUMENTS)
        stack.start()
        try:
            kept = _leave_traces(stack)
            put_keys = []
            for cycle in range(5):
                for number in range(20):
                    put(stack, "patients", f"{cycle}-{number}")
                    put_keys.append(f"{cycle}-{number}")
                stack.kill()
                stack.start()
            _expect_traces(stack, *kept)
            # Every event reached the far end of stream, bus and queue, at least once.
            eventually(lambda: set(put_keys) <= set(notes(stack, "subscriber")), 60)
        finally:
            stack.kill()


def _leave_traces(stack: Stack) -> tuple[bytes, str]:
    """A sealed text, a user with an authenticator, a stored object, a message."""
    made = clients(stack)
    sealed = made.kms.encrypt(KeyId="alias/caresmith-local-patients", Plaintext=b"kept")
    told = json.loads((stack.data / "environment.json").read_text())
    pool, client = told["CARESMITH_STAFF_POOL_ID"], told["CARESMITH_STAFF_CLIENT_ID"]
    made.cognito.admin_create_user(UserPoolId=pool, Username="ana")
    made.cognito.admin_set_user_password(
        UserPoolId=pool, Username="ana", Password="Correct-Horse-7", Permanent=True
    )
    session = _log_in(made, client)["Session"]
    associated = made.cognito.associate_software_token(Session=session)
    totp = pyotp.TOTP(associated["SecretCode"])
    verified = made.cognito.verify_software_token(
        Session=associated["Session"], UserCode=totp.at(int(time.time()) - 30)
    )
    made.cognito.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="MFA_SETUP",
        Session=verified["Session"],
        ChallengeResponses={"USERNAME": "ana"},
    )
    made.s3.put_object(Bucket="caresmith-local-audit", Key="a/segment 1", Body=b"x" * 1000)
    made.sqs.send_message(QueueUrl=_dead_letters(made), MessageBody="a message")
    return sealed["CiphertextBlob"], associated["SecretCode"]


def _expect_traces(stack: Stack, sealed: bytes, secret: str) -> None:
    made = clients(stack)
    assert made.kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"kept"
    stored = made.s3.get_object(Bucket="caresmith-local-audit", Key="a/segment 1")
    assert stored["Body"].read() == b"x" * 1000
    told = json.loads((stack.data / "environment.json").read_text())
    client = told["CARESMITH_STAFF_CLIENT_ID"]
    done = made.cognito.respond_to_auth_challenge(
        ClientId=client,
        ChallengeName="SOFTWARE_TOKEN_MFA",
        Session=_log_in(made, client)["Session"],
        ChallengeResponses={"USERNAME": "ana", "SOFTWARE_TOKEN_MFA_CODE": pyotp.TOTP(secret).now()},
    )
    assert done["AuthenticationResult"]["IdToken"]
    (message,) = made.sqs.receive_message(QueueUrl=_dead_letters(made))["Messages"]
    assert message["Body"] == "a message"
    assert (stack.data / "aws.sqlite").stat().st_mode & 0o777 == 0o600


def _log_in(made: Clients, client: str):
    return made.cognito.initiate_auth(
        ClientId=client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ana", "PASSWORD": "Correct-Horse-7"},
    )


def _dead_letters(made: Clients) -> str:
    return made.sqs.get_queue_url(QueueName="caresmith-local-announcer-stream-dlq")["QueueUrl"]


def _descendants(stack: Stack) -> list[psutil.Process]:
    return psutil.Process(stack._process.pid).children(recursive=True)


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _start_alone(stack: Stack) -> None:
    """Start although another stack answers at the same address: wait for this one's end."""
    stack.healthy = lambda: False  # type: ignore[method-assign]
    stack.start()
