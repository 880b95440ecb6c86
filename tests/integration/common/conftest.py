from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, ConfigDict, Field

from caresmith.audit import audit
from caresmith.dispatch import make_handler
from caresmith.http import FeatureApp, etag, reply, requires
from caresmith.ids import PatientId
from caresmith.permissions import Permission
from infra.manifest import Function
from scripts.localstack import apigw
from scripts.localstack.context import LambdaContext
from scripts.localstack.system import System
from tests.support.client import Caller, Reply

FUNCTION = Function("sample", "for tests", base_paths=("/sample", "/console/sample"))


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=20)


class Sample:
    """A feature with one route of each kind, and a count of what it carried out."""

    def __init__(self) -> None:
        self.made = 0
        self.app = app = FeatureApp("sample")

        @app.post("/sample")
        @requires(Permission.REGISTER_PATIENT)
        def make(thing: Thing) -> Response[Thing]:
            self.made += 1
            return reply(thing, status=201, headers=etag(1))

        @app.get("/sample/<patient_id>")
        @requires(Permission.READ_PATIENT)
        def read(patient_id: PatientId) -> Response[Thing]:
            audit().about(patient_id)
            return reply(Thing(name="read"))

        @app.get("/sample/broken")
        @requires(Permission.READ_PATIENT)
        def broken() -> Response[Thing]:
            raise RuntimeError("Zyxwv-Patientname could not be found")

        @app.get("/sample/open")
        @requires(Permission.PUBLIC)
        def open_to_all() -> Response[Thing]:
            return reply(Thing(name="open"))

        @app.post("/console/sample")
        @requires(Permission.REGISTER_PATIENT)
        def form() -> Response[str]:
            self.made += 1
            return Response(200, content_type="text/html", body=app.form()["name"])

        self.handler = make_handler(app)

    def call(
        self,
        method: str,
        path: str,
        *,
        caller: Caller | None = None,
        body: Any = None,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Reply:
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else b""
        sent = {"content-type": "application/json", **(headers or {})}
        request = apigw.HttpRequest(method, path, headers=tuple(sent.items()), body=data)
        _, base_path = System((FUNCTION,)).owner(path) or (FUNCTION, path)
        event = apigw.proxy_event(request, base_path, caller.context() if caller else None)
        answer = apigw.read_answer(self.handler(event, LambdaContext("sample", 512, 15)))
        return Reply(answer.status, {k.lower(): v for k, v in answer.headers}, answer.body.decode())


@pytest.fixture
def sample() -> Sample:
    return Sample()


@pytest.fixture
def entries_of() -> Callable[[str], list[Any]]:
    """All audit entries of a practice, in the order of time."""
    from datetime import UTC, datetime

    from caresmith.audit import SHARDS, AuditEntry, day_partition

    def read(practice: str) -> list[Any]:
        today = datetime.now(UTC).strftime("%Y-%m-%d")
        found = [
            entry
            for shard in range(SHARDS)
            for entry in AuditEntry.query(day_partition(practice, today, shard))
        ]
        return sorted(found, key=lambda entry: str(entry.sk))

    return read
