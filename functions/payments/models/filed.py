"""Files, and the remittances that they hold."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from caresmith.ids import (
    ExchangeFileId,
    RemittanceId,
)
from caresmith.money import Money
from caresmith.text import Line
from functions.payments.models.base import Closed
from functions.payments.settings import PaymentSettings
from functions.payments.store import MOST_BYTES


class UploadRequest(Closed):
    name: Line
    bytes: int = Field(ge=1, le=MOST_BYTES)


class UploadForm(Closed):
    file_id: ExchangeFileId
    url: str
    fields: dict[str, str]


class FileRead(Closed):
    file_id: ExchangeFileId
    name: str
    state: Literal["expected", "received", "taken", "refused"]
    at: dt.datetime
    by: str
    size: int
    sha256: str | None
    refusal: str | None
    refusal_line: int
    remarks: list[str]
    remittances: list[RemittanceId]


class RemittanceRow(Closed):
    remittance_id: RemittanceId
    state: str
    payer_name: str
    trace: str
    method: str
    paid_on: dt.date
    amount: Money


class Remittances(Closed):
    remittances: list[RemittanceRow]


class AdjustmentRead(Closed):
    number: int
    reason: str
    words: str
    reference: str
    amount: Money
    posted: bool
    look: bool


class RemittanceRead(RemittanceRow):
    file_id: ExchangeFileId | None
    payer_id: str | None = None
    """Who it is in the directory of payers; None where nothing tells."""
    payer_told: str = ""
    """As the payer calls itself."""
    payer_tax_id: str = ""
    at: dt.datetime
    by: str
    claims: int
    filed: int
    posted: int
    held: int
    parked: int
    noted: int
    posted_amount: Money
    unposted_amount: Money
    """What of the payment is not posted: nought when all is."""
    interest: Money
    """Told claim by claim (AMT I); the payer pays it by a provider adjustment (L6)."""
    deposit_id: str | None
    adjustments: list[AdjustmentRead]


class SettingsRead(Closed):
    settings: PaymentSettings
    version: int
