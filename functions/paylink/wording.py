"""What the pages behind pay links say, in English and Spanish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from caresmith.messages.settings import Language


@dataclass(frozen=True)
class Words:
    language: Language
    said: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.said[name]

    def day(self, day: dt.date) -> str:
        """As the reader writes a date: both in the order of the US."""
        return day.strftime("%m/%d/%Y")

    def error(self, code: str) -> str:
        """The sentence of a code; a sentence that is none stays."""
        return self.said.get(f"error_{code}", self.said["error_other"])


_EN: Final = {
    "title": "Your statement",
    "ask_title": "See and pay your statement",
    "ask_why": "First tell us who you are. This is not a log-in: nothing to sign up for.",
    "born": "Birth date of the patient, or of who pays the bill",
    "month": "Month",
    "day": "Day",
    "year": "Year",
    "other": "Last name or ZIP code",
    "other_hint": "Of the same person.",
    "open": "Show the statement",
    "tries": "After 5 wrong answers the link is locked. We can send you a new one.",
    "error_proof": "That does not fit. Check the birth date, and the last name or ZIP code.",
    "error_date": "Write the birth date with month, day and year, like 3 14 1985.",
    "error_missing": "Write a last name or a ZIP code.",
    "error_more-than-owed": "That is more than is owed now.",
    "error_too-little": "By card it is $0.50 at least.",
    "error_amount": "Write dollars and cents, like 25.00.",
    "error_form": "This page was too old. Try again.",
    "error_no-card-processor": "Paying by card does not work at the moment. Nothing was charged.",
    "error_paid-elsewhere": "You opened the card page in another window just now. Go on there, "
    "or try again here.",
    "error_other": "Something went wrong. Please try again.",
    "statement_of": "Statement of",
    "patient": "Patient",
    "pay_by": "Please pay by",
    "as_said": "What the statement says",
    "visit": "Visit",
    "owed": "You owe",
    "waiting": "insurance has not answered yet for",
    "less_held": "We hold of yours",
    "said_due": "Due then",
    "now": "Owed now",
    "now_hint": "Payments since the statement are counted.",
    "nothing": "Nothing is owed. Thank you.",
    "credit": "More was paid than is owed. This much is yours:",
    "credit_hint": "It stays on your account for what is still to come, or we give it back: "
    "call us.",
    "file": "The whole statement (PDF)",
    "pay_title": "Pay by card",
    "amount": "Amount in dollars",
    "amount_hint": "All of it, or a part.",
    "pay": "Go to the card page",
    "pay_hint": "The card page is that of our card processor. We never see your card number.",
    "too_small": "So little can't be paid by card. Please call us.",
    "leave": "Done: close this on this device",
    "left": "This page is closed. To come back, open your link again.",
    "going": "To the card page",
    "going_text": "You are going to the page of our card processor.",
    "go_on": "Go on",
    "status_title": "Your payment",
    "status_none": "No payment was begun.",
    "status_waiting": "The card processor has not confirmed a payment yet.",
    "status_waiting_hint": "If you have paid, it takes a few seconds. If you have not, nothing was "
    "charged.",
    "status_expired": "The card page has expired. Nothing was charged.",
    "status_paid": "Thank you. We have received",
    "receipt": "Receipt",
    "receipt_hint": "If we may write to an e-mail address of yours, a receipt is on its way.",
    "again": "Look again",
    "back": "Back to the statement",
    "over": "This link can't be used, or not any more: it is too old, was replaced or locked, or "
    "nothing is owed. Call the practice: we can send you a new one.",
    "session_over": "For your safety this page was closed after 15 minutes. Open your link again.",
    "failed": "Something went wrong. Nothing was charged. Please try again in a few minutes.",
    "checking": "One moment: we are looking for your payment.",
    "call": "Questions? Call",
}
_ES: Final = {
    "title": "Su estado de cuenta",
    "ask_title": "Vea y pague su estado de cuenta",
    "ask_why": "Primero díganos quién es. No hace falta registrarse.",
    "born": "Fecha de nacimiento del paciente o de quien paga la cuenta",
    "month": "Mes",
    "day": "Día",
    "year": "Año",
    "other": "Apellido o código postal",
    "other_hint": "De la misma persona.",
    "open": "Mostrar el estado de cuenta",
    "tries": "Después de 5 respuestas equivocadas el enlace se bloquea. Podemos enviarle otro.",
    "error_proof": "No coincide. Revise la fecha de nacimiento y el apellido o código postal.",
    "error_date": "Escriba la fecha de nacimiento con mes, día y año, como 3 14 1985.",
    "error_missing": "Escriba un apellido o un código postal.",
    "error_more-than-owed": "Es más de lo que se debe ahora.",
    "error_too-little": "Con tarjeta son $0.50 como mínimo.",
    "error_amount": "Escriba dólares y centavos, como 25.00.",
    "error_form": "Esta página era demasiado vieja. Inténtelo de nuevo.",
    "error_no-card-processor": "El pago con tarjeta no funciona en este momento. No se cobró nada.",
    "error_paid-elsewhere": "Acaba de abrir la página de pago en otra ventana. Siga allí, o "
    "inténtelo de nuevo aquí.",
    "error_other": "Algo salió mal. Inténtelo de nuevo.",
    "statement_of": "Estado de cuenta del",
    "patient": "Paciente",
    "pay_by": "Pague antes del",
    "as_said": "Lo que dice el estado de cuenta",
    "visit": "Visita",
    "owed": "Usted debe",
    "waiting": "el seguro aún no ha respondido por",
    "less_held": "Tenemos de usted",
    "said_due": "Se debía entonces",
    "now": "Se debe ahora",
    "now_hint": "Incluye los pagos hechos después.",
    "nothing": "No se debe nada. Gracias.",
    "credit": "Se pagó más de lo que se debe. Este importe es suyo:",
    "credit_hint": "Queda en su cuenta para lo que venga, o se lo devolvemos: llámenos.",
    "file": "El estado de cuenta completo (PDF, en inglés)",
    "pay_title": "Pagar con tarjeta",
    "amount": "Importe en dólares",
    "amount_hint": "Todo, o una parte.",
    "pay": "Ir a la página de pago",
    "pay_hint": "La página de pago es de nuestro procesador de tarjetas. Nunca vemos el número de "
    "su tarjeta.",
    "too_small": "Un importe tan pequeño no se puede pagar con tarjeta. Llámenos.",
    "leave": "Listo: cerrar en este dispositivo",
    "left": "Esta página está cerrada. Para volver, abra otra vez su enlace.",
    "going": "A la página de pago",
    "going_text": "Va a la página de nuestro procesador de tarjetas.",
    "go_on": "Seguir",
    "status_title": "Su pago",
    "status_none": "No se empezó ningún pago.",
    "status_waiting": "El procesador de tarjetas aún no ha confirmado ningún pago.",
    "status_waiting_hint": "Si ya pagó, tarda unos segundos. Si no, no se cobró nada.",
    "status_expired": "La página de pago venció. No se cobró nada.",
    "status_paid": "Gracias. Recibimos",
    "receipt": "Recibo",
    "receipt_hint": "Si podemos escribirle a un correo suyo, el recibo va en camino.",
    "again": "Mirar de nuevo",
    "back": "Volver al estado de cuenta",
    "over": "Este enlace no se puede usar, o ya no: es demasiado viejo, fue sustituido o "
    "bloqueado, o no se debe nada. Llame al consultorio: podemos enviarle otro.",
    "session_over": "Por su seguridad esta página se cerró después de 15 minutos. Abra otra vez "
    "su enlace.",
    "failed": "Algo salió mal. No se cobró nada. Inténtelo de nuevo en unos minutos.",
    "checking": "Un momento: buscamos su pago.",
    "call": "¿Preguntas? Llame al",
}
WORDS: Final[Mapping[Language, Words]] = {"en": Words("en", _EN), "es": Words("es", _ES)}
