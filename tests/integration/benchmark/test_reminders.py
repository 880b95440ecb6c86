"""What a reminder may use at most: counts don't jitter, so they can be held to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.benchmark.prices import CLOUD, Item, per_thousand
from scripts.benchmark.reminders import FATES, Desk, Fate, reminding
from scripts.benchmark.tally import Tally
from scripts.localstack.system import Deployment
from tests.support.delivery import Streams
from tests.support.environment import ENVIRONMENT, PUBLIC_URL

OWN_CALLS = 62
"""Of DynamoDB, for a reminder that is confirmed: 58 and some room for one step more."""
SEALING_CALLS_AN_ENTRY = 5


@pytest.fixture(scope="module")
def desk(aws: str) -> Iterator[Desk]:
    assets = ENVIRONMENT["CARESMITH_ASSETS_DIR"]
    deployment = Deployment("test", aws, assets, public_url=PUBLIC_URL)
    with Streams(), reminding(deployment) as desk:
        yield desk


@pytest.fixture(scope="module")
def confirmed(desk: Desk) -> Tally:
    return desk.remind(fate("confirmed by text"))


def fate(name: str) -> Fate:
    return next(fate for fate in FATES if fate.name == name)


def test_a_confirmed_reminder_enters_seven_states_and_starts_once(confirmed: Tally) -> None:
    assert confirmed.counts[Item.TRANSITIONS] == 7
    assert confirmed.counts[Item.SCHEDULES] == 1


def test_a_confirmed_reminder_keeps_to_its_calls(confirmed: Tally) -> None:
    sealing = confirmed.by_function["audit"]
    assert sum(confirmed.calls.values()) - sealing <= OWN_CALLS, confirmed.by_function
    assert sealing <= SEALING_CALLS_AN_ENTRY * confirmed.counts[Item.AUDIT_PUTS]


def test_a_confirmed_reminder_sends_the_reminder_and_one_thank_you(confirmed: Tally) -> None:
    assert confirmed.counts[Item.TEXTS_OUT] == 2
    assert confirmed.counts[Item.TEXTS_IN] == 1
    assert confirmed.counts[Item.EMAILS] == 0


def test_the_cloud_asks_less_than_a_tenth_of_a_cent_for_it(confirmed: Tally) -> None:
    assert per_thousand(confirmed.counts, CLOUD) < 1


def test_the_same_again_uses_the_same(desk: Desk, confirmed: Tally) -> None:
    again = desk.remind(fate("confirmed by text"))
    assert again.calls == confirmed.calls
    assert again.counts[Item.WRITES] == confirmed.counts[Item.WRITES]


def test_a_reminder_by_email_uses_no_text(desk: Desk) -> None:
    mailed = desk.remind(fate("e-mailed, no answer"))
    texts = mailed.counts[Item.TEXTS_OUT] + mailed.counts[Item.TEXTS_IN]
    assert (mailed.counts[Item.EMAILS], texts) == (1, 0)
    assert mailed.counts[Item.TRANSITIONS] == 7


def test_a_fate_that_did_not_come_is_not_counted(desk: Desk) -> None:
    with pytest.raises(RuntimeError, match="no-reply"):
        desk.remind(Fate("left unanswered", "confirmed"))
