"""What texts and e-mails say where a practice has no wording of its own.

A text shows on locked screens and passes through carriers in clear, so it holds
no more than a reminder needs: a first name, the practice, when and where (45
CFR 164.502(b), minimum necessary; HHS counts appointment reminders as part of
treatment: https://www.hhs.gov/hipaa/for-professionals/faq/286). No kind of
visit, no specialty, no reason, no family name, no birth date: there is no blank
for them, and an e-mail, which nobody seals either, has no more.

Spanish is written with all of its accents here. A text leaves without those
that GSM-7 lacks (:func:`caresmith.messages.wording.wording_of`), so that it is
charged by 160 characters and not by 70.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

BLANKS: Final[Mapping[str, str]] = {
    "first_name": "the patient's first given name",
    "practice": "the practice's name",
    "location": "the location's name",
    "provider": "the provider's name, without specialty",
    "date": "the date of the visit, by the location's clock",
    "time": "its time, by the location's clock",
    "phone": "the number to call",
    "options": "the numbered times or visits to choose from",
    "minutes": "how long an offer stands, in minutes",
    "answer_url": "the link to answer by (e-mails only)",
    "pay_url": "the link to see and pay a statement",
    "amount": "how much was paid by card",
    "day": "the day on which it was paid",
    "number": "the number of the receipt",
}
"""Every blank that a text may have: a template with another one is refused."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One template in both languages, and as an e-mail where that says something else."""

    en: str
    es: str
    subject_en: str = ""
    subject_es: str = ""
    email_en: str = ""
    email_es: str = ""
    blanks: frozenset[str] = frozenset()
    """What may be filled in; :data:`BLANKS` has their meanings."""
    link: bool = False
    """Whether its e-mail may have a link to answer by."""


_WHEN: Final = frozenset(
    {"first_name", "practice", "location", "provider", "date", "time", "phone"}
)
_WHERE: Final = frozenset({"first_name", "practice", "phone"})

TEMPLATES: Final[Mapping[str, Wording]] = {
    "reminder": Wording(
        "{practice}: Hi {first_name}, you have an appointment {date} at {time}, {location}. "
        "Reply C to confirm, X to cancel, R to reschedule. STOP to opt out.",
        "{practice}: Hola {first_name}, tiene una cita el {date}, {time}, {location}. "
        "Responda C para confirmar, X para cancelar, R para cambiarla. STOP para no recibir más.",
        "Your appointment on {date}",
        "Su cita del {date}",
        "Hello {first_name},\n\n"
        "you have an appointment with {practice}:\n\n"
        "{date} at {time}\n{location}, {provider}\n\n"
        "Please tell us whether you can come. Confirm, cancel or ask for another time here:\n"
        "{answer_url}\n\n"
        "The link is yours alone: please do not forward it. Questions? Call {phone}.\n\n"
        "{practice}",
        "Hola, {first_name}:\n\n"
        "Tiene una cita con {practice}:\n\n"
        "{date}, {time}\n{location}, {provider}\n\n"
        "Díganos si puede venir. Confirme, cancele o pida otra hora aquí:\n"
        "{answer_url}\n\n"
        "El enlace es solo para usted: no lo reenvíe. ¿Preguntas? Llame al {phone}.\n\n"
        "{practice}",
        blanks=_WHEN,
        link=True,
    ),
    "reminder-info": Wording(
        "{practice}: Hi {first_name}, we look forward to seeing you {date} at {time}, {location}. "
        "Can't make it? Call {phone}.",
        "{practice}: Hola {first_name}, le esperamos el {date}, {time}, {location}. "
        "Si no puede venir, llame al {phone}.",
        "Your appointment on {date}",
        "Su cita del {date}",
        "Hello {first_name},\n\n"
        "we look forward to seeing you:\n\n"
        "{date} at {time}\n{location}, {provider}\n\n"
        "Can't make it? Please call {phone}.\n\n"
        "{practice}",
        "Hola, {first_name}:\n\n"
        "Le esperamos:\n\n"
        "{date}, {time}\n{location}, {provider}\n\n"
        "Si no puede venir, llame al {phone}.\n\n"
        "{practice}",
        blanks=_WHEN,
    ),
    "answer-confirmed": Wording(
        "{practice}: Thank you, you are confirmed for {date} at {time}.",
        "{practice}: Gracias, su cita del {date}, {time}, queda confirmada.",
        "You are confirmed for {date}",
        "Su cita del {date} queda confirmada",
        blanks=_WHEN,
    ),
    "answer-cancelled": Wording(
        "{practice}: Your appointment on {date} at {time} is cancelled. "
        "To book another, call {phone}.",
        "{practice}: Su cita del {date}, {time}, queda cancelada. "
        "Para pedir otra, llame al {phone}.",
        "Your appointment on {date} is cancelled",
        "Su cita del {date} queda cancelada",
        blanks=_WHEN,
    ),
    "answer-slots": Wording(
        "{practice}: These times are free. Reply with the number:\n{options}\n"
        "Until then your present time stays yours.",
        "{practice}: Estas horas están libres. Responda con el número:\n{options}\n"
        "Hasta entonces conserva su hora actual.",
        "Times to choose from",
        "Horas para elegir",
        "These times are free:\n\n{options}\n\n"
        "To take one of them, please call {phone}. Until then your present time stays yours.\n\n"
        "{practice}",
        "Estas horas están libres:\n\n{options}\n\n"
        "Para tomar una de ellas, llame al {phone}. Hasta entonces conserva su hora actual.\n\n"
        "{practice}",
        blanks=_WHEN | {"options"},
    ),
    "answer-no-slots": Wording(
        "{practice}: We have no other time to offer by text. We will call you, or call {phone}. "
        "Your present appointment stays.",
        "{practice}: No tenemos otra hora que ofrecer por mensaje. Le llamaremos, o llame al "
        "{phone}. Conserva su cita actual.",
        "Another time for your appointment",
        "Otra hora para su cita",
        blanks=_WHEN,
    ),
    "answer-rescheduled": Wording(
        "{practice}: Done. Your new appointment is {date} at {time}, {location}.",
        "{practice}: Listo. Su nueva cita es el {date}, {time}, {location}.",
        "Your new appointment on {date}",
        "Su nueva cita del {date}",
        blanks=_WHEN,
    ),
    "answer-slot-gone": Wording(
        "{practice}: Sorry, that time was just taken. Reply with another number:\n{options}",
        "{practice}: Lo sentimos, esa hora se acaba de ocupar. Responda con otro número:\n"
        "{options}",
        "That time was just taken",
        "Esa hora se acaba de ocupar",
        "Sorry, that time was just taken. These are free:\n\n{options}\n\n"
        "To take one of them, please call {phone}. Your present appointment stays.\n\n{practice}",
        "Lo sentimos, esa hora se acaba de ocupar. Estas están libres:\n\n{options}\n\n"
        "Para tomar una de ellas, llame al {phone}. Conserva su cita actual.\n\n{practice}",
        blanks=_WHEN | {"options"},
    ),
    "answer-which": Wording(
        "{practice}: Which appointment do you mean? Reply with the number:\n{options}",
        "{practice}: ¿A qué cita se refiere? Responda con el número:\n{options}",
        "Which appointment do you mean?",
        "¿A qué cita se refiere?",
        "Which appointment do you mean?\n\n{options}\n\nPlease call {phone}.\n\n{practice}",
        "¿A qué cita se refiere?\n\n{options}\n\nLlame al {phone}.\n\n{practice}",
        blanks=_WHERE | {"options"},
    ),
    "answer-unclear": Wording(
        "{practice}: Thank you. We did not understand that automatically, so a person will read "
        "it. Urgent? Call {phone}; in an emergency call 911.",
        "{practice}: Gracias. No lo entendimos automáticamente; una persona lo leerá. "
        "Si es urgente llame al {phone}; en una emergencia llame al 911.",
        "We have your message",
        "Tenemos su mensaje",
        blanks=_WHERE,
    ),
    "answer-late": Wording(
        "{practice}: Thanks for telling us. The front desk knows that you are running late.",
        "{practice}: Gracias por avisar. La recepción ya sabe que llegará tarde.",
        "Thanks for telling us",
        "Gracias por avisar",
        blanks=_WHERE,
    ),
    "answer-too-late": Wording(
        "{practice}: It is too close to your appointment to change it by text. "
        "Please call {phone} now.",
        "{practice}: Falta muy poco para su cita y ya no se puede cambiar por mensaje. "
        "Llame ahora al {phone}.",
        "Please call us about your appointment",
        "Llámenos por su cita",
        "It is too close to your appointment to change it by e-mail. Please call {phone} now.\n\n"
        "{practice}",
        "Falta muy poco para su cita y ya no se puede cambiar por correo. "
        "Llame ahora al {phone}.\n\n{practice}",
        blanks=_WHERE,
    ),
    "answer-not-possible": Wording(
        "{practice}: We could not do that by text. A person will get back to you, or call {phone}.",
        "{practice}: No pudimos hacerlo por mensaje. Una persona le responderá, o llame al "
        "{phone}.",
        "About your appointment",
        "Acerca de su cita",
        blanks=_WHERE,
    ),
    "offer": Wording(
        "{practice}: Hi {first_name}, a time is free: {date} at {time}, {location}. "
        "Reply YES to take it, NO to pass. First come, first served, for {minutes} minutes.",
        "{practice}: Hola {first_name}, hay una hora libre: {date}, {time}, {location}. "
        "Responda SI para tomarla o NO. Es del primero que responda, por {minutes} minutos.",
        "A time is free on {date}",
        "Hay una hora libre el {date}",
        "Hello {first_name},\n\n"
        "a time that you may want is free:\n\n"
        "{date} at {time}\n{location}, {provider}\n\n"
        "Take it or pass here. First come, first served, for {minutes} minutes:\n{answer_url}\n\n"
        "{practice}, {phone}",
        "Hola, {first_name}:\n\n"
        "Hay libre una hora que puede interesarle:\n\n"
        "{date}, {time}\n{location}, {provider}\n\n"
        "Tómela o rechácela aquí. Es de quien responda primero, por {minutes} minutos:\n"
        "{answer_url}\n\n"
        "{practice}, {phone}",
        blanks=_WHEN | {"minutes"},
        link=True,
    ),
    "offer-earlier": Wording(
        "{practice}: Hi {first_name}, an earlier time is free: {date} at {time}, {location}. "
        "Reply YES to move your appointment there, NO to keep yours. For {minutes} minutes.",
        "{practice}: Hola {first_name}, hay una hora antes: {date}, {time}, {location}. "
        "Responda SI para cambiar su cita o NO para conservar la suya. Por {minutes} minutos.",
        "An earlier time is free on {date}",
        "Hay una hora antes, el {date}",
        "Hello {first_name},\n\n"
        "an earlier time is free:\n\n"
        "{date} at {time}\n{location}, {provider}\n\n"
        "Move your appointment there or keep the one you have, within {minutes} minutes:\n"
        "{answer_url}\n\n"
        "{practice}, {phone}",
        "Hola, {first_name}:\n\n"
        "Hay una hora antes:\n\n"
        "{date}, {time}\n{location}, {provider}\n\n"
        "Cambie su cita o conserve la que tiene, en los próximos {minutes} minutos:\n"
        "{answer_url}\n\n"
        "{practice}, {phone}",
        blanks=_WHEN | {"minutes"},
        link=True,
    ),
    "answer-offer-accepted": Wording(
        "{practice}: It is yours: {date} at {time}, {location}.",
        "{practice}: Es suya: {date}, {time}, {location}.",
        "It is yours: {date}",
        "Es suya: {date}",
        blanks=_WHEN,
    ),
    "answer-offer-gone": Wording(
        "{practice}: Sorry, somebody was faster and that time is gone. You stay on the list.",
        "{practice}: Lo sentimos, alguien fue más rápido y esa hora ya no está. "
        "Usted sigue en la lista.",
        "That time is gone",
        "Esa hora ya no está",
        blanks=_WHERE,
    ),
    "answer-offer-declined": Wording(
        "{practice}: Thank you, we will offer it to somebody else. You stay on the list.",
        "{practice}: Gracias, se la ofreceremos a otra persona. Usted sigue en la lista.",
        "Thank you for telling us",
        "Gracias por avisar",
        blanks=_WHERE,
    ),
    "offer-gone": Wording(
        "{practice}: The time that we offered you is taken now. You stay on the list.",
        "{practice}: La hora que le ofrecimos ya está ocupada. Usted sigue en la lista.",
        "The time that we offered you is taken",
        "La hora que le ofrecimos ya está ocupada",
        blanks=_WHERE,
    ),
    "stop": Wording(
        "{practice}: You will get no more texts from us. Reply START to get them again.",
        "{practice}: No recibirá más mensajes nuestros. Responda START para recibirlos de nuevo.",
        blanks=_WHERE,
    ),
    "start": Wording(
        "{practice}: You will get our texts again. Reply STOP to end them, HELP for help.",
        "{practice}: Recibirá nuestros mensajes de nuevo. STOP para terminar, HELP para ayuda.",
        blanks=_WHERE,
    ),
    "help": Wording(
        "{practice}: Appointment texts. Reply C to confirm, X to cancel, R to reschedule, "
        "STOP to end. Questions: {phone}. Msg & data rates may apply.",
        "{practice}: Mensajes de citas. C para confirmar, X para cancelar, R para cambiar, "
        "STOP para terminar. Preguntas: {phone}. Pueden aplicar tarifas.",
        blanks=_WHERE,
    ),
    "unknown-number": Wording(
        "{practice}: We do not know this number. Please call {phone}.",
        "{practice}: No conocemos este número. Llame al {phone}.",
        blanks=_WHERE,
    ),
    "statement-ready": Wording(
        "{practice}: Hi {first_name}, your statement is ready. See and pay it: {pay_url} "
        "Questions? Call {phone}. STOP to opt out.",
        "{practice}: Hola {first_name}, su estado de cuenta está listo. Véalo y páguelo: {pay_url} "
        "¿Preguntas? Llame al {phone}. STOP para no recibir más.",
        "Your statement from {practice} is ready",
        "Su estado de cuenta de {practice} está listo",
        "Hello {first_name},\n\n"
        "your statement is ready. See it and pay it, all at once or a part, here:\n"
        "{pay_url}\n\n"
        "We ask for a birth date there, to be sure that it is you. Please do not forward the "
        "link. Questions, or need more time? Call {phone}.\n\n"
        "{practice}",
        "Hola, {first_name}:\n\n"
        "Su estado de cuenta está listo. Véalo y páguelo, todo o una parte, aquí:\n"
        "{pay_url}\n\n"
        "Allí le pediremos una fecha de nacimiento para saber que es usted. No reenvíe el "
        "enlace. ¿Preguntas, o necesita más tiempo? Llame al {phone}.\n\n"
        "{practice}",
        blanks=_WHERE | {"pay_url"},
    ),
    "statement-mailed": Wording(
        "{practice}: Hi {first_name}, a new statement is on its way to you by mail. Questions? "
        "Call {phone}. STOP to opt out.",
        "{practice}: Hola {first_name}, le enviamos un estado de cuenta por correo. ¿Preguntas? "
        "Llame al {phone}. STOP para no recibir más.",
        "A statement from {practice}",
        "Un estado de cuenta de {practice}",
        "Hello {first_name},\n\n"
        "a new statement is on its way to you by mail. Questions, or need more time? Please call "
        "{phone}.\n\n"
        "{practice}",
        "Hola, {first_name}:\n\n"
        "Le enviamos un estado de cuenta por correo. ¿Preguntas, o necesita más tiempo? Llame al "
        "{phone}.\n\n"
        "{practice}",
        blanks=_WHERE,
    ),
    "payment-receipt": Wording(
        "{practice}: We have received your card payment of {amount} on {day}. Receipt {number}. "
        "Thank you.",
        "{practice}: Recibimos su pago con tarjeta de {amount} el {day}. Recibo {number}. Gracias.",
        "Your payment to {practice}",
        "Su pago a {practice}",
        "Hello {first_name},\n\n"
        "we have received your card payment. Thank you.\n\n"
        "Amount: {amount}\nPaid on: {day}\nReceipt: {number}\n\n"
        "Questions? Call {phone}.\n\n"
        "{practice}",
        "Hola, {first_name}:\n\n"
        "Recibimos su pago con tarjeta. Gracias.\n\n"
        "Importe: {amount}\nFecha: {day}\nRecibo: {number}\n\n"
        "¿Preguntas? Llame al {phone}.\n\n"
        "{practice}",
        blanks=_WHERE | {"amount", "day", "number"},
    ),
    "payment-receipt-credit": Wording(
        "{practice}: We have received your card payment of {amount} on {day}, which is more than "
        "was owed. The rest is yours: call {phone}. Receipt {number}.",
        "{practice}: Recibimos su pago con tarjeta de {amount} el {day}, más de lo que debía. "
        "El resto es suyo: llame al {phone}. Recibo {number}.",
        "Your payment to {practice}",
        "Su pago a {practice}",
        "Hello {first_name},\n\n"
        "we have received your card payment. It was more than was owed at that time: what is left "
        "of it is yours. It stays on your account for what is still to come, or we give it back. "
        "Please call {phone} and say which.\n\n"
        "Amount: {amount}\nPaid on: {day}\nReceipt: {number}\n\n"
        "{practice}",
        "Hola, {first_name}:\n\n"
        "Recibimos su pago con tarjeta. Fue más de lo que debía en ese momento: lo que sobra es "
        "suyo. Queda en su cuenta para lo que venga, o se lo devolvemos. Llame al {phone} y "
        "díganos qué prefiere.\n\n"
        "Importe: {amount}\nFecha: {day}\nRecibo: {number}\n\n"
        "{practice}",
        blanks=_WHERE | {"amount", "day", "number"},
    ),
    "recall": Wording(
        "{practice}: Hi {first_name}, it is time for your next visit. Call {phone} to book. "
        "STOP to opt out.",
        "{practice}: Hola {first_name}, ya le toca su próxima visita. Llame al {phone}. "
        "STOP para no recibir más.",
        "It is time for your next visit",
        "Ya le toca su próxima visita",
        "Hello {first_name},\n\n"
        "it is time for your next visit with us. Please call {phone} to book it.\n\n{practice}",
        "Hola, {first_name}:\n\n"
        "Ya le toca su próxima visita con nosotros. Llame al {phone} para pedirla.\n\n{practice}",
        blanks=_WHERE,
    ),
}
