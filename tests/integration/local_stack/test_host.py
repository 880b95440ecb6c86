"""The function host treats a function as Lambda does, whatever the function does."""

from __future__ import annotations

import pytest

from infra.manifest import Function
from scripts.localstack.host import FunctionHost
from scripts.localstack.system import Deployment, System

SYSTEM = System(
    (
        Function("fatal", "ends its own process when asked to"),
        Function("broken", "cannot be imported"),
        Function("echo", "sleeps when asked to", timeout_seconds=1),
    ),
    package="tests.support.sample",
)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    deployment = Deployment("host", "http://127.0.0.1:1", "")
    host = FunctionHost(SYSTEM, deployment, tmp_path_factory.mktemp("logs"), limit=2)
    yield host
    host.close()


def test_answer_is_json_in_and_out(host):
    answer = host.invoke("fatal", {})
    assert not answer.error
    assert answer.payload["value"] == "fine"


def test_answer_that_is_no_json_is_the_functions_error(host):
    answer = host.invoke("fatal", {"unwritable": True})
    assert (answer.error, answer.payload["errorType"]) == (True, "TypeError")


def test_process_that_ends_is_replaced(host):
    before = host.invoke("fatal", {}).payload["pid"]
    answer = host.invoke("fatal", {"exit": True})
    assert (answer.error, answer.payload["errorType"]) == (True, "Runtime.ExitError")
    assert host.invoke("fatal", {}).payload["pid"] != before


def test_module_that_cannot_be_imported_says_so_each_time(host):
    for _ in range(3):
        answer = host.invoke("broken", {})
        assert (answer.error, answer.payload["errorType"]) == (True, "Runtime.ImportModuleError")
    assert "cannot be imported" in host.log_of("broken").read_text()


def test_timeout_is_told_in_lambdas_words(host):
    answer = host.invoke("echo", {"queryStringParameters": {"mode": "slow"}})
    assert answer.timed_out
    assert answer.payload["errorMessage"].endswith("Task timed out after 1.00 seconds")


def test_renewed_host_serves_from_new_processes(host):
    before = host.invoke("fatal", {}).payload["pid"]
    host.renew()
    assert host.invoke("fatal", {}).payload["pid"] != before


def test_unknown_function_is_a_key_error(host):
    with pytest.raises(KeyError):
        host.invoke("nobody", {})


def test_function_sees_its_own_environment_and_nothing_of_ours(host, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SHELL", "x")
    host.renew()
    variables = host.invoke("fatal", {}).payload["environment"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == "fatal"
    assert variables["CARESMITH_PREFIX"] == "caresmith-host-"
    assert "SECRET_OF_THE_SHELL" not in variables


def test_what_a_function_prints_is_in_its_log(host):
    assert not host.invoke("echo", {"queryStringParameters": {"mode": "quiet"}}).error
    assert "served quiet" in host.log_of("echo").read_text()
