"""HIPAA.Security: no open finding, and no exception without a real reason."""

from __future__ import annotations

import re

import pytest
from aws_cdk import App, Stack, Validations
from aws_cdk import aws_s3 as s3
from cdk_nag import HIPAASecurityChecks

from infra.constructs import nag
from infra.manifest import FUNCTIONS
from tests.infra.conftest import Templates


def test_synthesis_has_no_unexplained_finding(templates: Templates) -> None:
    # An open finding ends synthesis with an error, so the fixture would have failed.
    assert len(templates.stacks) == 9
    names = {
        f["FunctionName"]
        for f in templates.of_type("AWS::Lambda::Function").values()
        if "FunctionName" in f
    }
    assert len(names) == len(FUNCTIONS)


def test_the_check_would_stop_an_unsafe_resource() -> None:
    app = App()
    s3.Bucket(Stack(app, "Unsafe"), "Open")
    Validations.of(app).add_plugins(HIPAASecurityChecks())
    with pytest.raises(Exception, match="ValidationFailed"):
        app.synth()


def test_every_exception_names_one_rule_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from infra.app import build
    from infra.constructs import feature_function
    from infra.stacks import api, carriers, data

    given: list[tuple[str, str]] = []
    real = nag.accept

    def listening(construct: object, **reasons: str) -> None:
        given.extend(reasons.items())
        real(construct, **reasons)  # type: ignore[arg-type]

    for module in (feature_function, api, carriers, data):
        monkeypatch.setattr(module, "accept", listening)
    build(App(context={"layers": "skip"}))
    assert given
    for rule, reason in given:
        assert re.fullmatch(r"[A-Za-z0-9]+", rule), rule
        assert len(reason.split()) >= 6, f"{rule}: {reason}"
