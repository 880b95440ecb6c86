"""The practice's directory of payers: kept by billers and managers, read by everybody."""

from __future__ import annotations

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import NotFound, VersionConflict, invalid
from caresmith.ids import PayerId, PracticeId
from caresmith.records.revenue.payer import (
    Directory,
    Payer,
    PayerFacts,
    PayerItem,
    open_payer,
    payer_directory,
    payers_key,
)
from caresmith.transactions import save_audited
from functions.coverage.models import Payers

MOST_PAYERS = 500
_MOST_FOUND = 10


def directory(practice: PracticeId) -> Payers:
    """All of them by name, those that are no longer used last."""
    return Payers(payers=list(payer_directory(practice).payers))


def search(practice: PracticeId, text: str) -> Payers:
    """Payers in use by the beginnings of words of their names, or by their ids."""
    return Payers(payers=payer_directory(practice).like(text, _MOST_FOUND))


def find(practice: PracticeId, key: PayerId) -> Payer:
    """Raises NotFound."""
    audit().record(key)
    return open_payer(_item(practice, key))


def add(facts: PayerFacts, *, actor: Actor, key: PayerId) -> Payer:
    """Raises InvalidRequest for a name that another payer goes by."""
    known = payer_directory(actor.practice_id)
    if len(known.payers) >= MOST_PAYERS:
        raise invalid("name", f"the directory holds at most {MOST_PAYERS} payers")
    _check_names(facts, known, key)
    return _save(PayerItem(payers_key(actor.practice_id), key, payer_id=key), facts)


def change(key: PayerId, facts: PayerFacts, expected: int, *, actor: Actor) -> Payer:
    """Raises NotFound, VersionConflict, InvalidRequest."""
    item = _item(actor.practice_id, key)
    if int(item.version or 0) != expected:
        raise VersionConflict
    _check_names(facts, payer_directory(actor.practice_id), key)
    return _save(item, facts)


def _check_names(facts: PayerFacts, known: Directory, key: PayerId) -> None:
    """A name means one payer, or charts could not be linked by it."""
    if not facts.active:
        return
    for other in known.payers:
        if other.payer_id == key or not other.facts.active:
            continue
        shared = set(facts.names) & set(other.facts.names)
        if facts.names[0] in shared:
            raise invalid("name", "is a name of another payer")
        if shared:
            raise invalid("aliases", f"{other.facts.name} goes by one of these names as well")


def _item(practice: PracticeId, key: PayerId) -> PayerItem:
    try:
        return PayerItem.get(payers_key(practice), key, consistent_read=True)
    except PayerItem.DoesNotExist:
        raise NotFound from None


def _save(item: PayerItem, facts: PayerFacts) -> Payer:
    item.body, item.active = facts.model_dump_json(), facts.active
    audit().record(item.payer_id)
    save_audited(item)
    return open_payer(item)
