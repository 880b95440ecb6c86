"""What the pages behind links say, in English and Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_EN: Final = {
    "language": "en",
    "title": "Your appointment",
    "hello": "Hello",
    "is_on": "You have an appointment on",
    "is_free": "A time is free on",
    "at": "at",
    "confirm": "Yes, I will come",
    "cancel": "Cancel this appointment",
    "reschedule": "Ask for another time",
    "accept": "Take this time",
    "decline": "No, thank you",
    "said_confirm": "Thank you. You said that you will come.",
    "said_cancel": "Thank you. You asked to cancel; we will write to you when it is done.",
    "said_reschedule": "Thank you. You asked for another time; we will write to you.",
    "said_accept": "Thank you. If nobody was faster it is yours; we will write to you.",
    "said_decline": "Thank you. We will offer it to somebody else.",
    "changed_your_mind": "Has something changed?",
    "over": "This link can no longer be used: the appointment has passed, was changed or "
    "cancelled, or the offer is over.",
    "unknown": "This link is not known, or it has expired.",
    "failed": "Something went wrong. Please try again in a few minutes.",
    "call": "Questions? Call",
    "end_title": "E-mails from",
    "end_ask": "Do you want no more e-mails at this address?",
    "end_button": "Send me no more e-mails",
    "ended": "You will get no more e-mails from us at this address.",
}
_ES: Final = {
    "language": "es",
    "title": "Su cita",
    "hello": "Hola",
    "is_on": "Tiene una cita el",
    "is_free": "Hay una hora libre el",
    "at": "a las",
    "confirm": "Sí, asistiré",
    "cancel": "Cancelar esta cita",
    "reschedule": "Pedir otra hora",
    "accept": "Tomar esta hora",
    "decline": "No, gracias",
    "said_confirm": "Gracias. Nos dijo que asistirá.",
    "said_cancel": "Gracias. Pidió cancelar; le escribiremos cuando esté hecho.",
    "said_reschedule": "Gracias. Pidió otra hora; le escribiremos.",
    "said_accept": "Gracias. Si nadie fue más rápido, es suya; le escribiremos.",
    "said_decline": "Gracias. Se la ofreceremos a otra persona.",
    "changed_your_mind": "¿Cambió algo?",
    "over": "Este enlace ya no se puede usar: la cita pasó, se cambió o se canceló, o la "
    "oferta terminó.",
    "unknown": "No conocemos este enlace, o ya venció.",
    "failed": "Algo salió mal. Inténtelo de nuevo en unos minutos.",
    "call": "¿Preguntas? Llame al",
    "end_title": "Correos de",
    "end_ask": "¿Ya no quiere recibir correos en esta dirección?",
    "end_button": "No me envíen más correos",
    "ended": "Ya no recibirá correos nuestros en esta dirección.",
}
WORDS: Final[Mapping[str, Mapping[str, str]]] = {"en": _EN, "es": _ES}
