"""Finding a chart among very many sealed ones, by a bounded number of reads.

The most telling part of the query (its *driver*) names one index partition; its
items are filtered by the tags of the other words without unsealing anything, in
the table itself; of what remains, as many cards as the page shows are read by
one BatchGetItem, opened, and compared with the query. So a search costs the
same among 5,000 and 50,000 patients, and where more fit than can be looked at,
it says so instead of reading on.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from pynamodb.expressions.condition import Condition

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.blindindex import BlindIndex
from caresmith.clock import Instant
from caresmith.errors import invalid
from caresmith.ids import PatientId, PracticeId
from caresmith.records.patient import (
    PHONE_KIND,
    ChartStatus,
    FindItem,
    PatientCard,
    find_key,
    patient_by_mrn,
    patient_cards,
)
from caresmith.records.practice import practice_setup
from caresmith.settings import Domain
from functions.patients.models import Found, Search
from functions.patients.names import sound
from functions.patients.query import Query, neighbours, read_query
from functions.patients.tokens import (
    PREFIXES,
    pair_terms,
    prefix_term,
    tag,
    tags_in,
    typed_pair,
)

_READ: Final = 250
"""Index items of one driver that a request looks at."""
_OPENED: Final = 50
"""Cards that a request opens for one driver, the page's first."""
_FUZZY: Final = 10
"""Misspelt matches shown below the exact ones."""
_HOPS: Final = 5

Fits = Callable[[PatientCard], bool]


@dataclass(frozen=True, slots=True)
class Driver:
    """One index partition to read, and the tags that its items must carry."""

    token: str
    tags: frozenset[str]


@dataclass
class Reading:
    """What one driver gave: cards that fit, and where to read on."""

    cards: list[PatientCard]
    last: str | None = None


def search(request: Search, *, actor: Actor, now: Instant) -> Found:
    """Charts that fit the text, by name within a page."""
    zone = ZoneInfo(practice_setup(actor.practice_id).practice.zone)
    query = read_query(request.text, now.astimezone(zone).date())
    index = BlindIndex(actor.practice_id, Domain.PATIENTS)
    drivers = list(_drivers(query, index))
    start, after = _opened_cursor(request.cursor, len(drivers))

    def fits(card: PatientCard) -> bool:
        shown = request.include_archived or card.status is ChartStatus.ACTIVE
        return shown and query.fits(card)

    found = [] if request.cursor else _by_mrn(actor.practice_id, query, request)
    seen = {card.patient_id for card in found}
    for number, driver in enumerate(drivers[start:], start):
        wanted = request.limit - len(found)
        begin = after if number == start else None
        reading = _read(actor.practice_id, driver, fits, wanted, after=begin)
        found += [card for card in reading.cards if card.patient_id not in seen]
        if reading.last is not None or found:
            cursor = _cursor(number, reading.last) if reading.last else None
            break
    else:
        cursor = None
    refine = cursor is not None or (not drivers and not found)
    exhausted = cursor is None or not found
    if exhausted and request.cursor is None and len(found) < request.limit:
        found += _misspelt(actor.practice_id, query, index, found, request)
    audit().about(*(card.patient_id for card in found))
    return Found(patients=found, cursor=cursor, refine=refine)


# -- drivers --------------------------------------------------------------


def _drivers(query: Query, index: BlindIndex) -> Iterator[Driver]:
    """Where to look, the most telling first. The next is tried where one finds nobody."""
    tags = _tags(query.names, index)
    if query.phone:
        yield Driver(index.token(PHONE_KIND, query.phone), tags)
    elif query.birth_date:
        yield Driver(index.token("dob", query.birth_date.isoformat()), tags)
    elif query.last_digits:
        yield Driver(index.token("tel4", query.last_digits), tags)
    elif query.number is None:
        yield from _name_drivers(query.names, index)


def _name_drivers(names: tuple[str, ...], index: BlindIndex) -> Iterator[Driver]:
    long = sorted((n for n in names if len(n) >= PREFIXES[0]), key=len, reverse=True)
    if len(long) > 1 and len(long[1]) >= PREFIXES[1]:
        yield Driver(index.token(*typed_pair(long[0], long[1])), _tags(names, index))
    if long:
        rest = tuple(n for n in names if n != long[0])
        yield Driver(index.token(*prefix_term(long[0])), _tags(rest, index))
    for joined in neighbours(names):
        # As a whole word: its beginning is that of every "Mary" there is.
        yield Driver(index.token("n", joined), frozenset())


def _tags(names: tuple[str, ...], index: BlindIndex) -> frozenset[str]:
    """Tags that a chart with these words must have; one letter alone has none."""
    long = (name for name in names if len(name) >= PREFIXES[0])
    return frozenset(tag(index.token(*prefix_term(name))) for name in long)


def _by_mrn(practice: PracticeId, query: Query, request: Search) -> list[PatientCard]:
    if query.number is None:
        return []
    owner = patient_by_mrn(practice, query.number)
    if owner is None:
        return []
    cards = _cards(practice, [owner])
    shown = (c for _, c in cards if request.include_archived or c.status is ChartStatus.ACTIVE)
    return [card for card in shown if query.fits(card, by_mrn=True)]


# -- reading --------------------------------------------------------------


def _read(
    practice: PracticeId,
    driver: Driver,
    fits: Fits,
    wanted: int,
    *,
    after: str | None = None,
    known: Container[PatientId] = (),
) -> Reading:
    """Index items, then cards, until ``wanted`` are found or enough was looked at."""
    nominated, last = _nominated(practice, driver, after)
    fresh = [patient for patient in nominated if patient not in known]
    fitting: dict[PatientId, tuple[PatientId, PatientCard]] = {}
    for start in range(0, len(fresh), wanted + 1):
        for by, card in _cards(practice, fresh[start : start + wanted + 1]):
            if fits(card):
                fitting.setdefault(card.patient_id, (by, card))
        if len(fitting) > wanted:
            # More fit than the page holds: it ends after the last one shown.
            shown = list(fitting.values())[:wanted]
            last = shown[-1][0] if shown else after
            break
    else:
        shown = list(fitting.values())
    return Reading(_by_name(card for _, card in shown), last)


def _nominated(
    practice: PracticeId, driver: Driver, after: str | None
) -> tuple[list[PatientId], str | None]:
    """(patients whose index items carry the driver's tags, where to read on), by one query."""
    has_tags: Condition | None = None
    for wanted in sorted(driver.tags):
        has = FindItem.tags.contains(wanted)
        has_tags = has if has_tags is None else has_tags & has
    pages = FindItem.query(
        find_key(practice, driver.token),
        FindItem.sk > after if after else None,
        filter_condition=has_tags,
        page_size=_READ,
        attributes_to_get=["sk", "tags"],
    ).page_iter
    # The page as it came: making records of hundreds of items would cost more than reading them.
    page = next(pages)
    # A tag may also begin in the middle of another one, so each is compared again.
    found = [
        PatientId(item["sk"]["S"])
        for item in page["Items"]
        if driver.tags <= tags_in(item["tags"]["S"])
    ]
    if len(found) > _OPENED:
        return found[:_OPENED], found[_OPENED - 1]
    key = page.get("LastEvaluatedKey")
    return found, key["sk"]["S"] if key else None


def _cards(practice: PracticeId, patients: list[PatientId]) -> list[tuple[PatientId, PatientCard]]:
    """(asked for, card) in the order asked; a merged chart's place is its survivor's."""
    known = patient_cards(practice, patients)
    for _ in range(_HOPS):
        missing = {
            card.merged_into
            for card in known.values()
            if card.merged_into and card.merged_into not in known
        }
        if not missing:
            break
        known |= patient_cards(practice, missing)
    found: dict[PatientId, tuple[PatientId, PatientCard]] = {}
    for patient in patients:
        card = known.get(patient)
        while card is not None and card.merged_into:
            card = known.get(card.merged_into)
        if card is not None:
            found.setdefault(card.patient_id, (patient, card))
    return list(found.values())


def _misspelt(
    practice: PracticeId,
    query: Query,
    index: BlindIndex,
    exact: list[PatientCard],
    request: Search,
) -> list[PatientCard]:
    """Charts whose names sound like what was asked, where spelling found too few."""
    known = {card.patient_id for card in exact}

    def fits(card: PatientCard) -> bool:
        shown = request.include_archived or card.status is ChartStatus.ACTIVE
        return shown and card.patient_id not in known and query.sounds_like(card)

    room = min(_FUZZY, request.limit - len(exact))
    for driver in _sound_drivers(query.names, index):
        found = _read(practice, driver, fits, room, known=known).cards
        if found or exact:
            return found
    return []


def _sound_drivers(names: tuple[str, ...], index: BlindIndex) -> Iterator[Driver]:
    voiced = sorted((name for name in names if sound(name)), key=len, reverse=True)
    if len(voiced) > 1:
        terms = list(pair_terms(voiced[0], voiced[1]))
        # As both sound; then as both begin, since few misspell how a name begins.
        yield Driver(index.token(*terms[-1]), frozenset())
        if len(voiced[1]) >= PREFIXES[1]:
            yield Driver(index.token(*terms[0]), frozenset())
    for name in voiced[:2]:
        # A short beginning sounds like half of the practice.
        if len(name) > PREFIXES[1]:
            rest = (other[: PREFIXES[0]] for other in names if other != name)
            yield Driver(index.token("s", sound(name)), _tags(tuple(rest), index))


def _by_name(cards: Iterable[PatientCard]) -> list[PatientCard]:
    return sorted(cards, key=lambda c: (c.sort_name.casefold(), c.birth_date))


# -- cursors --------------------------------------------------------------


def _cursor(driver: int, last: str) -> str:
    """Opaque, and holds an id only."""
    return urlsafe_b64encode(json.dumps([driver, last]).encode()).decode()


def _opened_cursor(cursor: str | None, drivers: int) -> tuple[int, str | None]:
    if cursor is None:
        return 0, None
    try:
        number, last = json.loads(urlsafe_b64decode(cursor.encode()))
        if type(number) is int and 0 <= number < drivers:
            return number, PatientId(last)
    except (ValueError, TypeError, AttributeError):
        pass
    raise invalid("cursor", "belongs to another search")
