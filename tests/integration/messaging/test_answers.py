"""People are answered in their language, once, and asked what is not clear."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from caresmith.ids import MessageId, PatientId
from caresmith.messages.records import Kind, PromptKind, PromptRecord, Status, thread_key
from functions.messaging.prompts import Question
from tests.integration.messaging.conftest import NEW_YORK, THEIRS, Office, phone

TUESDAY = datetime(2026, 3, 10, 9, 30, tzinfo=NEW_YORK)
"""After the clocks have gone forward."""


def acted(office: Office, patient: PatientId, outcome: str, **given: Any) -> dict[str, Any]:
    """What scheduling tells of a reply."""
    reply = given.pop("message_id", None) or office.wrote(patient, "C")
    return {
        "party_id": patient,
        "message_id": reply,
        "patient_id": patient,
        "outcome": outcome,
    } | given


def slot(office: Office, start: datetime) -> dict[str, Any]:
    small = office.small
    return {
        "provider_id": small.ana,
        "location_id": small.east,
        "start": start.isoformat(),
    }


def test_a_confirmation_is_answered_once_and_sent(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    told = acted(office, patient, "confirmed", appointment_id=visit)
    office.deliver("ReplyActedOn", times=10, **told)
    (answer,) = office.answers(patient)
    assert answer == "Small: Thank you, you are confirmed for Tue, Mar 10 at 9:30 AM."
    (queued,) = office.told("MessageQueued")
    office.deliver_queued(patient, queued["message_id"])
    assert office.carrier.texts(THEIRS) == [answer]


def test_an_answer_stands_after_what_it_answers(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    office.deliver("ReplyActedOn", **acted(office, patient, "confirmed", appointment_id=visit))
    assert [kind for kind, _ in office.conversation(patient)] == [Kind.INBOUND, Kind.ANSWER]


@pytest.mark.parametrize(
    ("outcome", "english", "spanish"),
    [
        ("cancelled", "on Tue, Mar 10 at 9:30 AM is cancelled", "9:30 AM, queda cancelada"),
        ("rescheduled", "Your new appointment is Tue, Mar 10", "cita es el martes 10 de marzo"),
        ("too-late", "Please call (212) 555-0100 now", "Llame ahora al (212) 555-0100"),
        ("not-possible", "A person will get back to you", "Una persona le respondera"),
        ("offer-accepted", "It is yours: Tue, Mar 10", "Es suya: martes 10 de marzo"),
        ("offer-gone", "somebody was faster", "alguien fue mas rapido"),
        ("offer-declined", "You stay on the list", "Usted sigue en la lista"),
    ],
)
def test_each_outcome_has_its_words_in_both_languages(
    office: Office, outcome: str, english: str, spanish: str
) -> None:
    office.settings(callback_phone="(212) 555-0100")
    for language, words in (("en", english), ("es-MX", spanish)):
        patient = office.patient(phone(), language=language)
        visit = office.visit(TUESDAY, patient)
        told = acted(office, patient, outcome, appointment_id=visit)
        office.deliver("ReplyActedOn", **told)
        (answer,) = office.answers(patient)
        assert words in answer
        assert answer.isascii() or language != "es-MX"


def test_times_are_offered_by_number_and_asked_for(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    free = [TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2, hours=4)]
    told = acted(
        office, patient, "slots", appointment_id=visit, options=[slot(office, t) for t in free]
    )
    office.deliver("ReplyActedOn", times=3, **told)
    (answer,) = office.answers(patient)
    assert "1) Wed, Mar 11 9:30 AM Ana Example\n2) Thu, Mar 12 1:30 PM Ana Example" in answer
    (prompt,) = office.prompts()
    assert (prompt.kind, prompt.appointment_id) == (PromptKind.SLOTS, visit)
    assert [json.loads(o)["provider_id"] for o in prompt.options] == [office.small.ana] * 2
    assert prompt.expires_at == int((office.clock.now() + timedelta(hours=24)).timestamp())


def test_new_times_take_the_place_of_those_that_were_offered_before(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    options = [slot(office, TUESDAY + timedelta(days=n)) for n in (1, 2, 3)]
    office.deliver(
        "ReplyActedOn", **acted(office, patient, "slots", appointment_id=visit, options=options)
    )
    office.wait(minutes=1)
    gone = acted(
        office, patient, "slot-gone", appointment_id=visit, options=options[1:],
        message_id=office.wrote(patient, "1"),
    )  # fmt: skip
    office.deliver("ReplyActedOn", **gone)
    (prompt,) = office.prompts()
    assert len(prompt.options) == 2
    assert "just taken" in office.answers(patient)[-1]


def test_without_a_free_time_a_person_calls(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    office.deliver(
        "ReplyActedOn", times=3, **acted(office, patient, "no-slots", appointment_id=visit)
    )
    assert "We will call you" in office.answers(patient)[0]
    (task,) = office.told("StaffTaskRaised")
    assert (task["task"], task["appointment_id"]) == ("call-back", visit)


def test_times_for_a_visit_that_was_cancelled_meanwhile_are_not_offered(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient, status="cancelled")
    told = acted(office, patient, "slots", appointment_id=visit, options=[slot(office, TUESDAY)])
    office.deliver("ReplyActedOn", **told)
    assert office.answers(patient) == []
    assert office.prompts() == []


# -- replies that the calendar leaves to us -----------------------------------------


def reply(office: Office, party: str, text: str, intent: str, **given: Any) -> dict[str, Any]:
    message = office.wrote(party, text, **given.pop("stored", {}))
    return {"party_id": party, "message_id": message, "intent": intent, **given}


def test_what_names_one_visit_is_left_to_the_calendar(office: Office) -> None:
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    told = reply(office, patient, "C", "confirm", appointment_ids=[visit], patient_id=patient)
    office.deliver("ReplyReceived", **told)
    assert office.answers(patient) == []


def test_a_family_is_asked_which_visit_is_meant_and_whose(office: Office) -> None:
    mother = office.patient(phone(), given="Ana")
    child = office.patient(phone(), given="Leo")
    office.reached(mother)
    office.reached(child)
    first = office.visit(TUESDAY, child)
    second = office.visit(TUESDAY + timedelta(days=1), mother)
    told = reply(office, mother, "cancel it", "cancel", appointment_ids=[second, first])
    office.deliver("ReplyReceived", times=5, **told)
    (answer,) = office.answers(mother)
    assert "1) Tue, Mar 10 9:30 AM Ana Example (Leo)" in answer
    assert "2) Wed, Mar 11 9:30 AM Ana Example (Ana)" in answer
    (prompt,) = office.prompts()
    assert (prompt.kind, prompt.wanted) == (PromptKind.WHICH, "cancel")
    assert list(prompt.options) == [first, second]
    assert list(prompt.patients) == [child, mother]


def test_of_a_group_visit_only_who_shares_the_number_is_named(office: Office) -> None:
    mother, stranger = office.patient(phone(), given="Ana"), office.patient(given="Stranger")
    office.reached(mother)
    group = office.visit(TUESDAY, stranger, mother)
    other = office.visit(TUESDAY + timedelta(days=1), mother)
    told = reply(office, mother, "cancel", "cancel", appointment_ids=[group, other])
    office.deliver("ReplyReceived", **told)
    (answer,) = office.answers(mother)
    assert "Stranger" not in answer
    assert "(" not in answer
    assert list(office.prompts()[0].patients) == [mother, mother]


def test_unclear_replies_are_answered_once_an_hour_and_all_of_them_reach_the_inbox(
    office: Office,
) -> None:
    """Two machines that thank each other stop after one answer."""
    patient = office.patient(phone())
    for number in range(5):
        office.wait(minutes=2)
        told = reply(office, patient, f"Out of office {number}", "unclear", patient_id=patient)
        office.deliver("ReplyReceived", times=2, **told)
    assert len(office.answers(patient)) == 1
    for event in office.told("StaffTaskRaised"):
        office.deliver("StaffTaskRaised", **event)
    (task,) = office.tasks()
    assert (task["task"], task["times"]) == ("unclear-reply", 5)
    office.wait(hours=1)
    office.deliver("ReplyReceived", **reply(office, patient, "hm?", "unclear"))
    assert len(office.answers(patient)) == 2


def test_an_unknown_number_is_answered_too(office: Office) -> None:
    party = f"unknown-{office.thread()}"
    office.deliver("ReplyReceived", **reply(office, party, "who is this", "unclear"))
    (answer,) = office.answers(party)
    assert "a person will read it" in answer
    (task,) = office.told("StaffTaskRaised")
    assert (task["party_id"], task["patient_id"]) == (party, None)


def test_who_is_late_is_thanked_and_the_front_desk_is_told(office: Office) -> None:
    patient = office.patient(phone(), language="es")
    visit = office.visit(TUESDAY, patient)
    told = reply(office, patient, "voy tarde", "late", appointment_ids=[visit], patient_id=patient)
    office.deliver("ReplyReceived", times=4, **told)
    (answer,) = office.answers(patient)
    assert answer == "Small: Gracias por avisar. La recepcion ya sabe que llegara tarde."
    assert {t["task"] for t in office.told("StaffTaskRaised")} == {"running-late"}


# -- offers ----------------------------------------------------------------------------


def offered(office: Office, patient: PatientId, **given: Any) -> dict[str, Any]:
    from caresmith.ids import OfferId, WaitlistEntryId

    return {
        "offer_id": OfferId.new(),
        "entry_id": WaitlistEntryId.new(),
        "patient_id": patient,
        "provider_id": office.small.ana,
        "location_id": office.small.east,
        "start": TUESDAY.isoformat(),
        "expires_at": (office.clock.now() + timedelta(minutes=30)).isoformat(),
        **given,
    }


def closing(offer: dict[str, Any], state: str) -> dict[str, Any]:
    return {k: offer[k] for k in ("offer_id", "entry_id", "patient_id")} | {"state": state}


def messages(office: Office, patient: PatientId, kind: Kind) -> list[str]:
    return [text for found, text in office.conversation(patient) if found == kind]


def test_a_freed_time_is_offered_once_with_its_question(office: Office) -> None:
    patient = office.patient(phone())
    offer = offered(office, patient)
    office.deliver("WaitlistOffered", times=10, **offer)
    (text,) = messages(office, patient, Kind.OFFER)
    assert "a time is free: Tue, Mar 10 at 9:30 AM, East" in text
    assert "for 30 minutes" in text
    (prompt,) = office.prompts()
    assert (prompt.kind, prompt.offer_id) == (PromptKind.OFFER, offer["offer_id"])
    (queued,) = office.told("MessageQueued")
    office.deliver_queued(patient, queued["message_id"])
    assert office.carrier.texts() == [text]


def test_an_earlier_time_says_what_it_would_replace(office: Office) -> None:
    patient = office.patient(phone(), language="es")
    later = office.visit(TUESDAY + timedelta(days=30), patient)
    office.deliver("WaitlistOffered", **offered(office, patient, instead_of=later))
    (text,) = messages(office, patient, Kind.OFFER)
    assert "Responda SI para cambiar su cita" in text


def test_who_was_asked_is_told_when_somebody_was_faster(office: Office) -> None:
    patient = office.patient(phone())
    offer = offered(office, patient)
    office.deliver("WaitlistOffered", **offer)
    (queued,) = office.told("MessageQueued")
    office.deliver_queued(patient, queued["message_id"])
    office.wait(minutes=5)
    at = office.clock.now().isoformat()
    office.deliver("WaitlistOfferClosed", times=10, **closing(offer, "gone"), occurred_at=at)
    (word,) = messages(office, patient, Kind.NOTICE)
    assert "taken now" in word


@pytest.mark.parametrize("state", ["accepted", "declined", "expired"])
def test_an_offer_that_ended_otherwise_needs_no_further_word(office: Office, state: str) -> None:
    patient = office.patient(phone())
    offer = offered(office, patient)
    office.deliver("WaitlistOffered", **offer)
    (queued,) = office.told("MessageQueued")
    office.deliver_queued(patient, queued["message_id"])
    office.deliver("WaitlistOfferClosed", **closing(offer, state))
    assert messages(office, patient, Kind.NOTICE) == []


def test_an_offer_that_is_over_before_it_left_is_kept_back(office: Office) -> None:
    patient = office.patient(phone())
    offer = offered(office, patient)
    office.deliver("WaitlistOffered", **offer)
    (queued,) = office.told("MessageQueued")
    office.deliver("WaitlistOfferClosed", times=2, **closing(offer, "gone"))
    office.deliver_queued(patient, queued["message_id"])
    assert office.carrier.sent == []
    assert office.message(patient, queued["message_id"]).status == Status.SUPPRESSED
    assert messages(office, patient, Kind.NOTICE) == []


def test_an_offer_whose_end_is_told_first_is_never_made(office: Office) -> None:
    patient = office.patient(phone())
    offer = offered(office, patient)
    office.deliver("WaitlistOfferClosed", times=2, **closing(offer, "gone"))
    office.deliver("WaitlistOffered", times=2, **offer)
    assert office.conversation(patient) == []


def test_who_can_not_be_written_to_is_called(office: Office) -> None:
    patient = office.patient(phone(consents={}))
    office.deliver("WaitlistOffered", times=3, **offered(office, patient))
    assert {t["task"] for t in office.told("StaffTaskRaised")} == {"no-contact-point"}
    for event in office.told("StaffTaskRaised"):
        office.deliver("StaffTaskRaised", **event)
    assert [task["times"] for task in office.tasks()] == [1]


def test_after_stop_the_next_way_is_taken(office: Office) -> None:
    patient = office.patient(phone(), phone("+12065550102"))
    office.stop()
    office.deliver("WaitlistOffered", **offered(office, patient))
    other = thread_key(office.practice, office.thread("+12065550102"))
    assert list(PromptRecord.query(other, PromptRecord.sk.startswith("prompt#")))


def test_an_offer_by_e_mail_has_a_link_that_answers_it(office: Office) -> None:
    from caresmith.messages.records import AnswerLinkRecord, answer_key
    from tests.integration.messaging.conftest import email

    patient = office.patient(email())
    offer = offered(office, patient)
    office.deliver("WaitlistOffered", **offer)
    (text,) = messages(office, patient, Kind.OFFER)
    link = next(line for line in text.splitlines() if line.startswith("https://"))
    secret = link.removeprefix("https://caresmith.test/webhooks/answers/")
    found = AnswerLinkRecord.get(answer_key(secret), "answer")
    assert (found.offer_id, found.patient_id) == (offer["offer_id"], patient)


def test_a_list_is_closed_when_it_is_settled_and_the_reminders_question_is_not(
    office: Office,
) -> None:
    """A second "X" still means the visit that was cancelled, and not the next one."""
    patient = office.patient(phone())
    visit = office.visit(TUESDAY, patient)
    now = office.clock.now()
    thread = office.thread()
    for kind in (PromptKind.CONFIRM, PromptKind.SLOTS):
        question = Question(kind, patient, TUESDAY, appointment_id=visit)
        question.record(office.practice, thread, MessageId.derived(kind), now).save()
    office.deliver("ReplyActedOn", **acted(office, patient, "cancelled", appointment_id=visit))
    assert [prompt.kind for prompt in office.prompts()] == [PromptKind.CONFIRM]
