"""Links by which who owes a statement sees and pays it: ``https://<host>/pay/<token>``.

==================================  =====================================  =========================
 access                              pk                                     sk
==================================  =====================================  =========================
 a link by its token                 ``paylink#<sha256 of the token>``      ``link``
 links of an account, with all that  account of the patient                 ``paylink#<sha256>``
   lies there (one query)
 whether links are on, for how long  ``<practice>#accounts``                ``settings``
==================================  =====================================  =========================

A token is 128 random bits. The table has its SHA-256 alone: who reads it can open nothing.
The token itself stands where the link was sent to: in the sealed message and on the sealed
statement. A link is over when its days are, when it was revoked, after too many wrong
answers, and when its statement was replaced by a newer one or nothing is owed any more.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pynamodb.attributes import (
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from caresmith.clock import Instant, to_precise_text, to_text
from caresmith.ids import PatientId, PracticeId, StatementId
from caresmith.messages.links import public_url
from caresmith.messages.settings import Language
from caresmith.records.revenue.layout import account_key
from caresmith.tables import RevenueItem

LINK: Final = "link"
PAYLINK: Final = "paylink#"
TOKEN_BYTES: Final = 16
TRIES: Final = 5
"""Wrong answers to the question of who opens it, until it is locked."""
_SETTINGS: Final = "settings"

Way = Literal["statement", "sms", "email"]
"""Where a link stands: on the statement and in its notice, or in a message that the staff sent."""


class LinkState(StrEnum):
    OPEN = "open"
    REVOKED = "revoked"


class PayLinkItem(RevenueItem, discriminator="pay-link"):
    patient_id = UnicodeAttribute()
    statement_id = UnicodeAttribute()
    cycle = NumberAttribute()
    """Of its statement: an account whose cycle is higher has a newer one."""
    way = UnicodeAttribute()
    state = UnicodeAttribute()
    language = UnicodeAttribute()
    made_at = UnicodeAttribute()
    by = UnicodeAttribute()
    ends_at = NumberAttribute()
    """Epoch second. Not ``expires_at``: the staff still sees what became of it."""
    tries = NumberAttribute(default=0)
    """Wrong answers since it was opened last."""
    opened_at = UnicodeAttribute(null=True)
    """When somebody proved last that it is theirs."""
    page = UnicodeAttribute(null=True)
    """The card page that can be paid now, by the processor's id: never two at once."""
    payments = ListAttribute(of=UnicodeAttribute, default=list)
    version = VersionAttribute()

    @property
    def digest(self) -> str:
        return str(self.sk).removeprefix(PAYLINK)

    @property
    def locked(self) -> bool:
        return int(self.tries) >= TRIES

    def over(self, now: Instant) -> bool:
        """Whether it is over by itself, whatever is still owed."""
        return self.locked or self.state != LinkState.OPEN or now.timestamp() >= int(self.ends_at)


class PayLinkPlaceItem(RevenueItem, discriminator="pay-link-place"):
    """Where a token's link lies. No practice is known yet when it is opened."""

    practice = UnicodeAttribute()
    patient_id = UnicodeAttribute()


class PayLinkRules(BaseModel):
    """The practice's own word on links; a part of its rules of patients' money."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    active: bool = True
    days: int = Field(default=120, ge=7, le=365)
    """How long a link can be opened."""


class SettingsItem(RevenueItem, discriminator="account-settings"):
    """The practice's rules of patients' money, which the accounts feature writes."""

    body = UnicodeAttribute()
    version = VersionAttribute()


def settings_key(practice: PracticeId) -> tuple[str, str]:
    return f"{practice}#accounts", _SETTINGS


def pay_link_rules(practice: PracticeId) -> PayLinkRules:
    """As they are at this moment: links that were switched off open nothing any more."""
    try:
        record = SettingsItem.get(*settings_key(practice), consistent_read=True)
    except SettingsItem.DoesNotExist:
        return PayLinkRules()
    return PayLinkRules.model_validate(json.loads(record.body).get("pay_links", {}))


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def pay_url(token: str) -> str:
    """Empty where no public address is known: then there are no links."""
    base = public_url()
    return f"{base}/pay/{token}" if base else ""


def new_link(
    practice: PracticeId,
    token: str,
    *,
    patient: PatientId,
    statement: StatementId,
    cycle: int,
    way: Way,
    language: Language,
    rules: PayLinkRules,
    by: str,
    now: Instant,
) -> tuple[PayLinkItem, PayLinkPlaceItem]:
    """Both items, not yet written."""
    digest = digest_of(token)
    link = PayLinkItem(
        account_key(practice, patient),
        PAYLINK + digest,
        patient_id=patient,
        statement_id=statement,
        cycle=cycle,
        way=way,
        state=LinkState.OPEN,
        language=language,
        made_at=to_precise_text(now),
        by=by,
        ends_at=int((now + dt.timedelta(days=rules.days)).timestamp()),
    )
    place = PayLinkPlaceItem(PAYLINK + digest, LINK, practice=practice, patient_id=patient)
    return link, place


def find_link(digest: str) -> tuple[PracticeId, PayLinkItem] | None:
    """By two strongly consistent reads; None for a digest that nobody has."""
    try:
        place = PayLinkPlaceItem.get(PAYLINK + digest, LINK, consistent_read=True)
    except PayLinkPlaceItem.DoesNotExist:
        return None
    practice = PracticeId(place.practice)
    link = get_link(practice, PatientId(place.patient_id), digest)
    return (practice, link) if link else None


def get_link(practice: PracticeId, patient: PatientId, digest: str) -> PayLinkItem | None:
    """Strongly consistent."""
    try:
        return PayLinkItem.get(
            account_key(practice, patient), PAYLINK + digest, consistent_read=True
        )
    except PayLinkItem.DoesNotExist:
        return None


def take_try(link: PayLinkItem) -> bool:
    """Count one answer before it is looked at, so that many at once get no more than few do.

    False where there is none left.
    """
    return _changed(
        link,
        [PayLinkItem.tries.add(1)],
        (PayLinkItem.tries < TRIES) & (PayLinkItem.state == LinkState.OPEN.value),
    )


def opened(link: PayLinkItem, now: Instant) -> bool:
    """The answer was right: it is theirs, and tries begin anew."""
    actions = [PayLinkItem.tries.set(0), PayLinkItem.opened_at.set(to_text(now))]
    return _changed(link, actions, PayLinkItem.state == LinkState.OPEN.value)


def put_page(link: PayLinkItem, page: str) -> bool:
    """From now on this card page is the one that can be paid; False where another came between."""
    before = PayLinkItem.page == link.page if link.page else PayLinkItem.page.does_not_exist()
    return _changed(link, [PayLinkItem.page.set(page)], before)


def note_payment(link: PayLinkItem, payment: str) -> bool:
    """The processor has confirmed what was paid behind it; False where that was noted before."""
    actions = [PayLinkItem.payments.set(PayLinkItem.payments.append([payment]))]
    return _changed(link, actions, ~PayLinkItem.payments.contains(payment))


def _changed(link: PayLinkItem, actions: Sequence[Action], condition: Condition) -> bool:
    # Counted by numbers of its own: whoever else changes the link is not in the way.
    item = PayLinkItem(link.pk, link.sk)
    try:
        item.update(
            actions=list(actions),
            condition=PayLinkItem.pk.exists() & condition,
            add_version_condition=False,
        )
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
