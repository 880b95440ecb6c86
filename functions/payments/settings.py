"""How a practice takes remittances: whose payments are its own, and clocks of appeals."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pynamodb.attributes import UnicodeAttribute, VersionAttribute

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.ids import PayerId, PracticeId
from caresmith.records.practice import practice_setup
from caresmith.records.revenue.payer import get_payer
from caresmith.tables import RevenueItem
from caresmith.transactions import save_audited

SETTINGS: Final = "settings"
TaxId = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\d{9}$")]


class PaymentSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    tax_ids: tuple[TaxId, ...] = Field(default=(), max_length=20)
    """Under which payers pay the practice (835 loop 1000B)."""
    npis: tuple[Annotated[str, StringConstraints(pattern=r"^\d{10}$")], ...] = Field(
        default=(), max_length=100
    )
    """Besides those of the practice, its locations and providers."""
    appeal_days: int = Field(default=90, ge=1, le=3650)
    """Within which an appeal has to arrive. A payer's own days stand in the directory of
    payers, and win."""
    write_off_alone_cents: Annotated[int, Field(ge=0, le=1_000_000_00)] = 250_00
    """Up to how much of what insurance owes of a line one person gives up by themselves."""
    answer_days: int = Field(default=45, ge=1, le=365)
    """After so many days without an answer to an appeal or a corrected claim somebody asks."""
    post_by_itself: bool = True
    """What is certain is posted at once; otherwise each remittance waits to be approved."""


class SettingsItem(RevenueItem, discriminator="payment-settings"):
    body = UnicodeAttribute()
    version = VersionAttribute()


def settings_key(practice: PracticeId) -> str:
    return f"{practice}#payment-settings"


def read_settings(practice: PracticeId) -> tuple[PaymentSettings, int]:
    """The settings and their version; 0 where none were ever made."""
    try:
        item = SettingsItem.get(settings_key(practice), SETTINGS, consistent_read=True)
    except SettingsItem.DoesNotExist:
        return PaymentSettings(), 0
    return PaymentSettings.model_validate_json(item.body), int(item.version or 0)


def appeal_days(practice: PracticeId, payer: PayerId | None) -> int:
    """The payer's own days, as the directory has them; else those of the practice."""
    known = get_payer(practice, payer) if payer else None
    if known is not None and known.facts.appeal_days is not None:
        return known.facts.appeal_days
    return read_settings(practice)[0].appeal_days


def change_settings(wanted: PaymentSettings, version: int, *, actor: Actor) -> int:
    """Raises VersionConflict."""
    key = settings_key(actor.practice_id)
    item = SettingsItem(key, SETTINGS, body=wanted.model_dump_json())
    if version:
        item.version = version
    audit().record("payment-settings")
    save_audited(item)
    return version + 1


def own_ids(practice: PracticeId) -> tuple[frozenset[str], frozenset[str]]:
    """NPIs and tax ids by which a payer names this practice."""
    settings, _ = read_settings(practice)
    setup = practice_setup(practice)
    given = [setup.practice.npi, *(one.npi for one in setup.locations.values())]
    given += [one.npi for one in setup.providers.values()]
    return frozenset([*(str(one) for one in given if one), *settings.npis]), frozenset(
        settings.tax_ids
    )
