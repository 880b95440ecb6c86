"""Identifiers, each a type of its own: a PatientId can't be passed for a LocationId.

An id is a prefix that says what it names and a ULID, so ids sort by creation
time, never collide and say nothing about a person. They are safe in URLs, logs
and events.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema
from ulid import ULID

IdSource = Callable[[], str]
"""Gives a new 26-character ULID at each call; tests pass a counting one."""

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")


def new_ulid() -> str:
    return str(ULID())


def _digest(parts: tuple[str, ...]) -> int:
    return int.from_bytes(sha256("|".join(parts).encode()).digest()[:16])


def _as_ulid(number: int) -> str:
    """128 bits as 26 digits: the first has three of them, the others five each."""
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


class EntityId(str):
    """Base of all ids: ``<prefix>_<ULID>``.

    Raises ValueError where the text is not an id of this kind; the message
    names the kind and not the text, which could be anything.
    """

    prefix: ClassVar[str] = ""

    def __new__(cls, value: str) -> Self:
        kind, _, ulid = value.partition("_")
        if kind != cls.prefix or not _ULID.fullmatch(ulid):
            raise ValueError(f"not a {cls.__name__}: expected {cls.prefix}_ and a ULID")
        return super().__new__(cls, value)

    @classmethod
    def new(cls, source: IdSource = new_ulid) -> Self:
        return cls(f"{cls.prefix}_{source()}")

    @classmethod
    def derived(cls, *parts: str) -> Self:
        """The id that the same parts always give: what is told twice is made once."""
        return cls(f"{cls.prefix}_{_as_ulid(_digest(parts))}")

    @classmethod
    def derived_at(cls, at: datetime, *parts: str) -> Self:
        """As :meth:`derived`, sorting by ``at`` (to the millisecond) as ids made then do."""
        milliseconds = int(at.timestamp() * 1000)
        return cls(f"{cls.prefix}_{_as_ulid(milliseconds << 80 | _digest(parts) >> 48)}")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(max_length=40)
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": f"^{cls.prefix}_{_ULID.pattern}$",
            "examples": [f"{cls.prefix}_01J9ZQ5W8M3K7T2N4R6V8X0Y1Z"],
        }


class PracticeId(EntityId):
    prefix = "prc"


class PatientId(EntityId):
    prefix = "pat"


class UserId(EntityId):
    prefix = "usr"


class LocationId(EntityId):
    prefix = "loc"


class RoomId(EntityId):
    prefix = "rom"


class ProviderId(EntityId):
    prefix = "prv"


class AppointmentTypeId(EntityId):
    prefix = "apt"


class AppointmentId(EntityId):
    prefix = "app"


class HoldId(EntityId):
    prefix = "hld"


class SeriesId(EntityId):
    prefix = "ser"


class WaitlistEntryId(EntityId):
    prefix = "wat"


class OfferId(EntityId):
    prefix = "ofr"


class RuleId(EntityId):
    prefix = "rul"


class CoverageId(EntityId):
    prefix = "cov"


class EventId(EntityId):
    prefix = "evt"


class MessageId(EntityId):
    prefix = "msg"


class PromptId(EntityId):
    prefix = "prm"


class StaffTaskId(EntityId):
    prefix = "tsk"


class ReminderStepId(EntityId):
    """One step of the cadence for one patient of one visit at one start."""

    prefix = "rst"


class RecallId(EntityId):
    prefix = "rcl"


class EncounterId(EntityId):
    prefix = "enc"


class ConditionId(EntityId):
    prefix = "cnd"


class AllergyId(EntityId):
    prefix = "alg"


class MedicationId(EntityId):
    prefix = "med"


class VitalsId(EntityId):
    """One sitting of vital signs."""

    prefix = "vit"


class ImmunizationId(EntityId):
    prefix = "imm"


class ProcedureId(EntityId):
    prefix = "pcd"


class FamilyHistoryId(EntityId):
    prefix = "fam"


class SocialHistoryId(EntityId):
    prefix = "soc"


class CarePlanId(EntityId):
    prefix = "cpl"


class ChartTaskId(EntityId):
    prefix = "ctk"


class OrderId(EntityId):
    prefix = "ord"


class ReportId(EntityId):
    prefix = "rep"


class LabId(EntityId):
    """A laboratory, or another system that delivers results."""

    prefix = "lab"


class RawMessageId(EntityId):
    """A message as it came; the id's time is when it came."""

    prefix = "raw"


class ImportId(EntityId):
    """A file of messages."""

    prefix = "imp"


class DocumentId(EntityId):
    prefix = "doc"


class PharmacyId(EntityId):
    prefix = "phm"


class RefillId(EntityId):
    """A request to refill a prescription."""

    prefix = "rfl"


class ReconciliationId(EntityId):
    """One look at all of a patient's medications, at one visit."""

    prefix = "rcn"


class SheetId(EntityId):
    """A charge sheet: what one visit is charged, line by line."""

    prefix = "sht"


class ClaimId(EntityId):
    prefix = "clm"


class JournalId(EntityId):
    """One entry of the ledger; the id's time is when it was posted."""

    prefix = "jrn"


class ExchangeFileId(EntityId):
    """A file that went to a payer or came from one; the id's time is when."""

    prefix = "fil"


class RemittanceId(EntityId):
    prefix = "rmt"


class PaymentId(EntityId):
    """Money of a patient's: cash, check, card."""

    prefix = "pay"


class PayerId(EntityId):
    """Somebody who pays claims, in one practice's directory."""

    prefix = "pyr"


class EligibilityId(EntityId):
    """One question to a payer whether somebody is covered, and its answer."""

    prefix = "elg"


class FeeScheduleId(EntityId):
    prefix = "fee"


class StatementId(EntityId):
    """A statement to who pays for an account; the same cycle gives the same one."""

    prefix = "stm"


class PlanId(EntityId):
    """What a patient owes, paid in instalments."""

    prefix = "pln"


class EstimateId(EntityId):
    """A good-faith estimate, 45 CFR 149.610."""

    prefix = "gfe"


class AdjustmentId(EntityId):
    """What is asked to be given up of an account."""

    prefix = "adj"


class CheckoutId(EntityId):
    """A page of the card processor's, opened for one amount."""

    prefix = "cko"


class FavouriteId(EntityId):
    """A group of codes that a practice charges often."""

    prefix = "fav"


class AuthorizationId(EntityId):
    """A prior authorization or a referral that the practice has on file."""

    prefix = "aut"


class OutsideLaboratoryId(EntityId):
    """A laboratory outside to which a practice sends tests, on its list."""

    prefix = "olb"
