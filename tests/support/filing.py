"""Somebody who files documents in charts, as a browser does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from caresmith.ids import PracticeId
from caresmith.permissions import Role
from tests.support.client import Caller, Reply, call

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass
class Files:
    """Somebody who files documents in the charts of a small practice."""

    practice: PracticeId
    caller: Caller
    patient: str = ""
    person: dict[str, Any] = field(default_factory=dict)

    def as_role(self, *roles: Role) -> Files:
        return Files(self.practice, Caller(self.practice, roles=roles), self.patient, self.person)

    def send(
        self, method: str, path: str, body: Any = None, *, version: int | None = None
    ) -> Reply:
        headers = {"If-Match": f'"{version}"'} if version is not None else {}
        given = {} if body is None else {"json_body": body}
        return call(method, path, caller=self.caller, headers=headers, **given)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.send("POST", path, {} if body is None else body, **more)

    def get(self, path: str, **query: str) -> Reply:
        return call("GET", path, caller=self.caller, query=query)

    def chart(self, path: str = "") -> str:
        return f"/documents/patients/{self.patient}{path}"

    def began(self, body: bytes, media_type: str = "application/pdf", **said: Any) -> Any:
        """An upload that waits for its file."""
        reply = self.post(
            "/documents/uploads",
            {
                "patient_id": self.patient,
                "title": "Referral letter",
                "media_type": media_type,
                "bytes": len(body),
                **said,
            },
        )
        assert reply.status == 201, reply.text
        return reply.json

    def uploaded(self, body: bytes, media_type: str = "application/pdf", **said: Any) -> Reply:
        """What completing an upload answers, after the browser has posted the file."""
        form = self.began(body, media_type, **said)
        posted = requests.post(
            form["url"], data=form["fields"], files={"file": ("f", body, media_type)}, timeout=10
        )
        assert posted.status_code in {200, 204}, posted.text
        return self.post(f"/documents/uploads/{form['document_id']}/complete")

    def filed(self, body: bytes = PDF, media_type: str = "application/pdf", **said: Any) -> Any:
        """A document that stands in the chart."""
        reply = self.uploaded(body, media_type, **said)
        assert reply.status == 201, reply.text
        return reply.json

    def listed(self, **query: str) -> list[Any]:
        reply = self.get(self.chart(), **query)
        assert reply.status == 200, reply.text
        found: list[Any] = reply.json["documents"]
        return found
