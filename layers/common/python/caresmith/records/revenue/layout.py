"""Keys of the ``revenue`` table that features share.

==================================  =====================================  =======================
 access                              pk                                     sk
==================================  =====================================  =======================
 a patient's account: head, sheets,  ``<practice>#account#<patient>``       ``account``,
   ledger (one query, or by prefix)                                         ``sheet#<day>#<id>``,
                                                                            ``journal#<id>``
 where a sheet lies                  ``<practice>#sheet#<sheet>``           ``where``
 the sheet of an encounter           ``<practice>#encounter#<encounter>``   ``sheet#<n>``
 sheets that wait for somebody       ``<practice>#sheets#<status>``         ``<day>#<sheet>``
   (``doubt``: released ones whose
   visit says something else since)
 open balances, for aging            ``<practice>#open``                    ``<patient>#<sheet>``
 a claim: head, history, files       ``<practice>#claim#<claim>``           ``claim``,
                                                                            ``event#<instant>#..``
 claims of a sheet                   account of the patient                 ``claim#<sheet>#<id>``
 claims by state (the board)         ``<practice>#board#<state>``           ``<day>#<claim>``
 claims to have reopened by word     ``<practice>#reopenings``              ``<claim>``
 a claim by its control number       ``<practice>#control#<number>``        ``claim``
 journals of a day, of everybody     ``<practice>#day#<yyyy-mm-dd>``        ``<journal>``
 a file of the wire                  ``<practice>#file#<file>``             ``file``
 files of a day                      ``<practice>#files#<yyyy-mm-dd>``      ``<file>``
 a file by its bytes                 ``<practice>#bytes#<sha256>``          ``file``
 a remittance and its claims         ``<practice>#remittance#<id>``         ``head``, ``claim#<n>``
 remittances by state                ``<practice>#remittances#<state>``     ``<day>#<id>``
 a remittance by its trace           ``<practice>#trace#<trace>``           ``<remittance>``
 what payers said of a sheet         account of the patient                 ``said#<sheet>#..``
 numbers that never repeat           ``<practice>#counter``                 ``<name>``
 the payer directory (one query)     ``<practice>#payers``                  ``<payer>``
 authorizations on file              see ``authorization.py``
==================================  =====================================  =======================

In clear lie ids, days, states, amounts in cents and reason codes of
adjustments: whoever reads the table without keys learns what was charged and
paid for an unnamed person, not for what. Codes, diagnoses, names and member
numbers are sealed.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from caresmith.ids import (
    ClaimId,
    EncounterId,
    ExchangeFileId,
    JournalId,
    PatientId,
    PaymentId,
    PracticeId,
    RemittanceId,
    SheetId,
)

ACCOUNT: Final = "account"
SHEET: Final = "sheet#"
JOURNAL: Final = "journal#"
PAYMENT: Final = "payment#"
CLAIM_LINE: Final = "claim#"
CLAIM: Final = "claim"
EVENT: Final = "event#"
WHERE: Final = "where"
CONTENT: Final = "content"
"""The sealed group of a sheet, and of a claim."""


def account_key(practice: PracticeId, patient: PatientId) -> str:
    return f"{practice}#account#{patient}"


def sheet_sort_key(day: dt.date, sheet: SheetId) -> str:
    return f"{SHEET}{day}#{sheet}"


def sheet_where_key(practice: PracticeId, sheet: SheetId) -> str:
    return f"{practice}#sheet#{sheet}"


def sheets_key(practice: PracticeId, status: str) -> str:
    return f"{practice}#sheets#{status}"


def encounter_key(practice: PracticeId, encounter: EncounterId) -> str:
    return f"{practice}#encounter#{encounter}"


def open_key(practice: PracticeId) -> str:
    return f"{practice}#open"


def journal_sort_key(journal: JournalId) -> str:
    return f"{JOURNAL}{journal}"


def payment_sort_key(payment: PaymentId) -> str:
    return f"{PAYMENT}{payment}"


def day_key(practice: PracticeId, day: dt.date) -> str:
    return f"{practice}#day#{day}"


def claim_key(practice: PracticeId, claim: ClaimId) -> str:
    return f"{practice}#claim#{claim}"


def claim_line_sort_key(sheet: SheetId, claim: ClaimId) -> str:
    return f"{CLAIM_LINE}{sheet}#{claim}"


def board_key(practice: PracticeId, state: str) -> str:
    return f"{practice}#board#{state}"


def reopenings_key(practice: PracticeId) -> str:
    return f"{practice}#reopenings"


def control_key(practice: PracticeId, number: str) -> str:
    return f"{practice}#control#{number}"


def counter_key(practice: PracticeId) -> str:
    return f"{practice}#counter"


def file_key(practice: PracticeId, file: ExchangeFileId) -> str:
    return f"{practice}#file#{file}"


def files_key(practice: PracticeId, day: dt.date) -> str:
    return f"{practice}#files#{day}"


def bytes_key(practice: PracticeId, sha256: str) -> str:
    return f"{practice}#bytes#{sha256}"


def remittance_key(practice: PracticeId, remittance: RemittanceId) -> str:
    return f"{practice}#remittance#{remittance}"


def remittances_key(practice: PracticeId, state: str) -> str:
    return f"{practice}#remittances#{state}"


def trace_key(practice: PracticeId, token: str) -> str:
    return f"{practice}#trace#{token}"
