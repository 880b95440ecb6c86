"""The billing office: works what is held, sends again what was refused, corrects what was denied;
and the patients, who pay what is theirs, or some of them."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from caresmith.ids import PatientId
from caresmith.records.revenue.account import OpenItem
from caresmith.records.revenue.layout import open_key
from scripts.localstack.inprocess import request
from scripts.revenuecycle.practice import BILLERS

_STEPS: Final = 12
"""Fixes and decisions on one claim before a person would give it up."""


@dataclass
class Office:
    dice: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    why_held: Counter[str] = field(default_factory=Counter)
    """By edit: what no fix is certain for."""
    sent_again: Counter[str] = field(default_factory=Counter)
    corrected: set[str] = field(default_factory=set)
    given_up: set[str] = field(default_factory=set)

    def work(self) -> None:
        """An afternoon at the claim board."""
        for row in list(self._board("held")):
            if row["claim_id"] not in self.given_up:
                self._mend(row["claim_id"])
        for row in list(self._board("rejected")):
            self._send_again(row["claim_id"])
        for row in list(self._board("denied")):
            self._correct(row["claim_id"])

    def collect(self, share: float) -> None:
        """A part of those who owe something pays all of it."""
        owed: Counter[str] = Counter()
        for one in OpenItem.query(open_key(BILLERS.practice_id)):
            if int(one.patient_cents) > 0:
                owed[one.patient_id] += int(one.patient_cents)
        for patient, cents in sorted(owed.items()):
            if self.dice.random() < share:
                self._pay(PatientId(patient), cents)

    def _pay(self, patient: PatientId, cents: int) -> None:
        check = self.dice.random() < 0.4
        body: dict[str, Any] = {"amount": cents, "method": "check" if check else "cash"}
        if check:
            body["reference"] = str(self.dice.randint(1000, 9999))
        if self._ask("POST", f"/accounts/patients/{patient}/payments", body) is not None:
            self.counts["payments by patients"] += 1

    def _mend(self, claim_id: str) -> None:
        claim = self._ask("GET", f"/claims/{claim_id}")
        for _ in range(_STEPS):
            if claim is None or claim["state"] != "held":
                return
            step = self._next_step(claim)
            if step is None:
                break
            path, body = step
            self.counts[path.rpartition("/")[2]] += 1
            claim = self._ask("POST", path, body, version=claim["version"])
        self.given_up.add(claim_id)
        for finding in (claim or {}).get("findings", []):
            if finding["severity"] == "error":
                self.why_held[finding["edit"]] += 1

    def _next_step(self, claim: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
        base = f"/claims/{claim['claim_id']}"
        decided = {one["key"] for one in claim["overrides"]}
        for finding in claim["findings"]:
            if finding.get("fix"):
                return f"{base}/fix", {"key": finding["key"]}
        for finding in claim["findings"]:
            if finding["severity"] == "warning" and finding["key"] not in decided:
                return f"{base}/override", {"key": finding["key"], "reason": "Seen, and right"}
        return None

    def _send_again(self, claim_id: str) -> None:
        """Twice at most: what is refused then needs more than patience."""
        if self.sent_again[claim_id] >= 2:
            return
        claim = self._ask("GET", f"/claims/{claim_id}")
        if claim is None:
            return
        self.sent_again[claim_id] += 1
        body = {"reason": "Enrolment was checked with the payer"}
        again = self._ask("POST", f"/claims/{claim_id}/resubmit", body, version=claim["version"])
        if again is not None:
            self.counts["rejected claims sent again"] += 1

    def _correct(self, claim_id: str) -> None:
        claim = self._ask("GET", f"/claims/{claim_id}")
        if claim is None or claim_id in self.corrected or claim["frequency"] != "1":
            return
        self.corrected.add(claim_id)
        path = f"/claims/{claim_id}/correct"
        if self._ask("POST", path, {}, version=claim["version"]) is not None:
            self.counts["denied claims corrected"] += 1

    def _board(self, state: str) -> Iterator[dict[str, Any]]:
        after = ""
        while True:
            page = self._ask("GET", "/claims", query={"state": state, "after": after})
            yield from page["rows"]
            after = page["after"]
            if not after:
                return

    def _ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: int | None = None,
        query: dict[str, str] | None = None,
    ) -> Any:
        """The answer; None where it is refused, as what somebody else did first is."""
        headers = {"content-type": "application/json"} if body is not None else {}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        answer = request(
            method,
            path,
            query={name: value for name, value in (query or {}).items() if value},
            headers=headers,
            body=json.dumps(body).encode() if body is not None else b"",
            caller={
                "practice_id": BILLERS.practice_id,
                "user_id": BILLERS.user_id,
                "roles": "biller",
            },
        )
        if answer.status >= 500:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.body[:200]!r}")
        if answer.status >= 400:
            kind = json.loads(answer.body).get("type", "").rpartition("/")[2]
            self.counts[f"refused: {path.rpartition('/')[2]} {answer.status} {kind}"] += 1
            return None
        return json.loads(answer.body)
