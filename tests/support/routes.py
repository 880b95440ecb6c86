"""Every route of every function, walked as one list: a new route is tested by being there."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from caresmith.http import FeatureApp, RouteRule
from caresmith.ids import (
    AdjustmentId,
    AllergyId,
    AppointmentId,
    AppointmentTypeId,
    AuthorizationId,
    CarePlanId,
    ChartTaskId,
    ClaimId,
    ConditionId,
    CoverageId,
    DocumentId,
    EligibilityId,
    EncounterId,
    EntityId,
    EstimateId,
    ExchangeFileId,
    FamilyHistoryId,
    FavouriteId,
    FeeScheduleId,
    HoldId,
    ImmunizationId,
    ImportId,
    LabId,
    LocationId,
    MedicationId,
    MessageId,
    OfferId,
    OrderId,
    OutsideLaboratoryId,
    PatientId,
    PayerId,
    PaymentId,
    PharmacyId,
    PlanId,
    PracticeId,
    ProcedureId,
    ProviderId,
    RawMessageId,
    RefillId,
    RemittanceId,
    ReportId,
    RoomId,
    RuleId,
    SheetId,
    SocialHistoryId,
    StaffTaskId,
    StatementId,
    UserId,
    VitalsId,
    WaitlistEntryId,
)
from infra.manifest import FUNCTIONS

KINDS: Final[Mapping[str, type[EntityId]]] = {
    "patient_id": PatientId,
    "merged_id": PatientId,
    "coverage_id": CoverageId,
    "appointment_id": AppointmentId,
    "hold_id": HoldId,
    "offer_id": OfferId,
    "entry_id": WaitlistEntryId,
    "provider_id": ProviderId,
    "location_id": LocationId,
    "room_id": RoomId,
    "type_id": AppointmentTypeId,
    "rule_id": RuleId,
    "task_id": StaffTaskId,
    "encounter_id": EncounterId,
    "from_encounter": EncounterId,
    "condition_id": ConditionId,
    "allergy_id": AllergyId,
    "immunization_id": ImmunizationId,
    "procedure_id": ProcedureId,
    "family_history_id": FamilyHistoryId,
    "social_history_id": SocialHistoryId,
    "care_plan_id": CarePlanId,
    "vitals_id": VitalsId,
    "chart_task_id": ChartTaskId,
    "order_id": OrderId,
    "document_id": DocumentId,
    "owner_id": UserId,
    "lab_id": LabId,
    "import_id": ImportId,
    "message_id": RawMessageId,
    "report_id": ReportId,
    "medication_id": MedicationId,
    "refill_id": RefillId,
    "pharmacy_id": PharmacyId,
    "claim_id": ClaimId,
    "file_id": ExchangeFileId,
    "payment_id": PaymentId,
    "adjustment_id": AdjustmentId,
    "plan_id": PlanId,
    "estimate_id": EstimateId,
    "statement_id": StatementId,
    "payer_id": PayerId,
    "sheet_id": SheetId,
    "schedule_id": FeeScheduleId,
    "favourite_id": FavouriteId,
    "laboratory_id": OutsideLaboratoryId,
    "eligibility_id": EligibilityId,
    "authorization_id": AuthorizationId,
    "remittance_id": RemittanceId,
}
"""What a path parameter of that name identifies."""
_TEXTS: Final = {
    "username": "nobody.here",
    "action": "disable",
    "kind_path": "availability-rules",
    "thing_id": str(RuleId.new()),
    "feed_id": "feed",
    "rxcui": "314076",
    "name": "feed.ics",
    "template_id": "my-own",
    "phrase": "cough",
    "note_version": "1",
    "part": "0",
    "place": "0",
    "position": "1",
    "line": "1",
    "number": "1",
    "deposit_id": "0" * 24,
    "digest": "0" * 64,
    "code": "Q00.00",
    "service": "99213",
    "code_set": "cpt",
    "thread": "AAAAAAAAAAAAAAAAAAAAAA",
    "payer_rule": "none-such",
    "what": "approve",
    "day": "2026-03-06",
    "owed": str(AppointmentId.new()),
    "run": "2026-03-06.first",
    "token": "A" * 22,
}


@dataclass(frozen=True)
class Route:
    """One method and path with the rule it declares."""

    function: str
    method: str
    pattern: str
    rule: RouteRule

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"<(\w+)>", self.pattern)

    def path(self, ids: Mapping[str, str] | None = None) -> str:
        """The path with these ids; for others, ids of things that do not exist."""
        known = ids or {}

        def filled(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in known:
                return known[name]
            kind = KINDS.get(name)
            return kind.new() if kind else _TEXTS[name]

        return re.sub(r"<(\w+)>", filled, self.pattern).replace(".+", "file.js")

    @property
    def is_page(self) -> bool:
        return self.pattern.startswith(("/console", "/pay/"))

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


def apps() -> Iterator[tuple[str, FeatureApp]]:
    """The app of every function that serves HTTP."""
    for function in FUNCTIONS:
        if function.base_paths:
            module = importlib.import_module(function.handler.rpartition(".")[0])
            if isinstance(getattr(module, "app", None), FeatureApp):
                yield function.name, module.app


@dataclass(frozen=True)
class Webhook:
    """One method and path of the webhooks' app."""

    method: str
    pattern: str

    def path(self) -> str:
        """The path with parameters that name nothing."""
        ids = {"practice": PracticeId.new(), "message": MessageId.new(), "secret": "a" * 43}
        return re.sub(r"{(\w+)}", lambda match: ids.get(match.group(1), "x"), self.pattern)

    @property
    def is_link(self) -> bool:
        """Whether a secret in the path is all that proves the call."""
        return "{secret}" in self.pattern

    def __str__(self) -> str:
        return f"{self.method} {self.pattern}"


def all_webhooks() -> list[Webhook]:
    """Every route that carriers and links reach: no authorizer knows who calls there."""
    from functions.webhooks.handler import app

    return [Webhook(method, path) for path, methods in app.routes.items() for method in methods]


def all_routes() -> list[Route]:
    """Every declared route."""
    return [
        Route(name, method, pattern, rule)
        for name, app in apps()
        for (method, pattern), rule in app.rules.items()
    ]
