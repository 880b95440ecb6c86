"""What people write back, as data: the words and phrases that intents are read from.

All stands as :func:`functions.webhooks.reading.plain` leaves it: lower case, no
accents, no apostrophes (``can't`` is ``cant``), clauses parted by ``|``, emojis as words.
English and Spanish stand side by side, since people mix them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Intent(StrEnum):
    """What a text asks for, before it is known which question it answers."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    RESCHEDULE = "reschedule"
    PICK = "pick"
    """A number out of a list."""
    YES = "yes"
    NO = "no"
    ACCEPT = "accept"
    """Only an offer can be meant."""
    DECLINE = "decline"
    LATE = "late"
    STOP = "stop"
    START = "start"
    HELP = "help"
    UNCLEAR = "unclear"


def _listed(words: str) -> frozenset[str]:
    """The phrases between the commas."""
    return frozenset(words.split(", "))


EMOJIS: Final[Mapping[str, str]] = {
    "👍": " emojiyes ",
    "✅": " emojiyes ",
    "☑": " emojiyes ",
    "✔": " emojiyes ",
    "👌": " emojiyes ",
    "🆗": " emojiyes ",
    "👎": " emojino ",
    "🚫": " emojino ",
    "❌": " emojix ",
    "✖": " emojix ",
    **dict.fromkeys("😂🤣😜😝🙃🤔🤷😉🤨😅", " emojidoubt "),
}
"""Emojis that answer, or make doubtful what was said. Others (thanks, hearts) are dropped."""

GREETINGS: Final = _listed(
    "hi, hello, hey, hola, good, morning, afternoon, evening, buenos, buenas, dias, tardes, noches"
)
"""Politeness before a keyword."""
FILLERS: Final = _listed(
    "please, pls, plz, pleas, thanks, thank, you, thx, ty, tks, so, much, very, gracias, "
    "muchas, mil, por, favor, porfavor, porfa, sorry, disculpe, disculpa, perdon, lo, siento, "
    "sir, maam, mam, senor, senora, senorita, doctor, doc, dr, friend"
)
"""Politeness before and after it."""

# 47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel and unsubscribe as
# words that revoke consent in reply to a text; CTIA's Messaging Principles name most of
# them too. CANCEL is not among ours: our texts ask "X to cancel" about a visit and say beside
# it that STOP ends the texts, so who answers CANCEL means the visit. A carrier that takes
# CANCEL for STOP says so itself (Twilio's OptOutType), and then that is honoured as well.
KEYWORDS: Final[Mapping[Intent, frozenset[str]]] = {
    Intent.STOP: _listed(
        "stop, stopall, stop all, unsubscribe, end, quit, revoke, optout, opt out, alto, "
        "pare, paren, parar, baja, dar de baja, detener"
    ),
    Intent.START: _listed("start, unstop, empezar, comenzar, reanudar, subscribe, opt in, optin"),
    Intent.HELP: _listed("help, info, ayuda, informacion"),
    Intent.CONFIRM: _listed(
        "c, confirm, confirmed, confirming, confirmation, attending, confirmo, confirmar, "
        "confirmado, confirmada, confirma, asistire"
    ),
    Intent.CANCEL: _listed(
        "x, emojix, cancel, cancel it, cancel appointment, cancel appt, cancelar, cancelar "
        "cita, cancele, cancela, cancelen, anular"
    ),
    Intent.RESCHEDULE: _listed(
        "r, reschedule, re schedule, resched, postpone, change appointment, cambiar, "
        "cambiarla, cambiar cita, reprogramar, reagendar, posponer"
    ),
    Intent.YES: _listed(
        "yes, yess, y, yep, yup, yeah, ya, yea, ok, okay, k, kk, okey, sure, sure thing, "
        "sounds good, absolutely, of course, perfect, great, emojiyes, si, sip, claro, claro "
        "que si, esta bien, de acuerdo, that works, works for me, thats fine, alright, all "
        "right, 10 4, got it, gotcha, muy bien, perfecto, bueno, simon, por supuesto, "
        "excelente, definitely, certainly"
    ),
    Intent.NO: _listed("no, n, nope, nah, nop, noo, emojino, no no"),
    Intent.ACCEPT: _listed(
        "take it, ill take it, i will take it, i want it, give it to me, ill take that, i "
        "want that, ill take the appointment, take that one, love that time, i accept, "
        "accept, la tomo, la quiero, la acepto, lo tomo, "
        "lo quiero, acepto, me la quedo"
    ),
    Intent.DECLINE: _listed(
        "pass, ill pass, i will pass, keep mine, keep my, decline, not interested, prefiero "
        "mi hora, prefiero la mia, me quedo con la mia, no me interesa"
    ),
}
"""Whole texts, politeness aside."""

_ORDINALS: Final = (
    "one first 1st uno una primero primera",
    "two second 2nd dos segundo segunda",
    "three third 3rd tres tercero tercera",
    "four fourth 4th cuatro cuarto cuarta",
    "five fifth 5th cinco quinto quinta",
)
NUMBERS: Final[Mapping[str, int]] = {
    **{str(number): number for number in range(1, 10)},
    **{word: at for at, words in enumerate(_ORDINALS, start=1) for word in words.split()},
}
PICKING: Final = (
    r"(?:(?:yes|si|ok|option|opcion|number|numero|num|no|slot|choice|the|la|el|ill|i|would|id|"
    r"like|want|take|do|lets|go|with|choose|pick|prefer|quiero|prefiero|tomo|elijo|con|me|quedo) )*"
    r"(?P<number>{numbers})"
    r"(?: (?:one|option|opcion|works|is|good|great|fine|for|me|would|be|esta|bien|great|ok))*"
)

OPTING_OUT: Final = (
    r"\bstop (?:texting|sending|messaging|contacting|bothering|these|the texts|text)",
    r"\b(?:do not|dont|never|quit) (?:text|texting|message|messaging|contact)\b",
    r"\b(?:take|remove|delete) (?:me|my number|this number)\b.*\b(?:off|from|list)\b",
    r"\bunsubscribe\b|\blose my number\b",
    r"\bstop (?:the |these |all |your )?(?:msgs?|texts?|messages?)\b",
    r"\bno more (?:texts?|messages?)\b",
    r"\b(?:want to|please) opt out\b",
    r"\bno (?:me |nos )?(?:mand|envi|escrib)\w+ (?:mas|mensajes)\b",
    r"\bno quiero (?:recibir )?(?:mas |sus )?(?:mensajes|textos)\b",
    r"\bdej\w+ de (?:mandar|enviar|escribir|textear)\w*",
    r"\b(?:denme|deme|dar\w*|den) de baja\b",
    r"\bquit\w+ de (?:la|su) lista\b",
)
"""Revoking by any reasonable words counts: 47 CFR 64.1200(a)(10)."""

NOT_A_PERSON: Final = (
    # Reactions of iPhones and Androids arrive as texts that repeat ours.
    r"^(?:liked|loved|disliked|emphasized|laughed at|questioned|reacted|le gusto|le encanto)\b",
    r"\ba \w+ le (?:gusto|encanto)\b",
    r"\bauto ?(?:matic|mated)? ?(?:reply|response|respuesta)\b",
    r"\b(?:out of (?:the )?office|not monitored|driving|focus turned on|manejando)\b",
    r"\bcant talk\b|\bno puedo hablar\b|\bverification code\b|https?\b|\bbit ly\b",
    # Our own words coming back.
    r"\breply (?:c|yes|with)\b|\bresponda (?:c|si|con)\b|\bto opt out\b",
)

CANCELLING: Final = (
    r"\b(?:cancel|cancelling|canceling|cancelar|cancelarla|cancelarme|cancelo)\b",
    r"\b(?:cancele|cancelen|canceleme|cancela|anular|anule|anulen)\b",
)
_CANT: Final = (
    "cant|cannot|can not|couldnt|wont|will not|unable to|not able to|not going to|not gonna|"
    "wont be able to|not be able to|im not|am not|are not|were not"
)
_COME: Final = (
    "make it|make the appointment|come|coming|attend|be there|be coming|get there|come in"
)
_NO_PUEDO: Final = "puedo|podre|podemos|podremos|voy a poder|vamos a poder|boy a poder"
NOT_COMING: Final = (
    rf"\b(?:{_CANT}) (?:be able to )?(?:{_COME})\b",
    r"(?:^|\| )not (?:coming|attending|gonna make it|going to make it)\b",
)
NO_IRE: Final = (
    rf"\bno (?:{_NO_PUEDO}) (?:ir|asistir|venir)\b|\bno (?:voy|vamos|boy) a (?:ir|asistir)\b",
    r"\bno asistir(?:e|emos)\b|\bno ire(?:mos)?\b|\bya no (?:voy|vamos)\b(?: a ir)?",
)
"""In Spanish the verb itself says that it is the writer who does not come."""
_STRUCTURE: Final = (
    "i im id ill we our my the a an it this to have had need needs want would like got gotta gonna "
    "going must will be am is are was and so go ahead for on in just really unfortunately "
    "apologies today tonight tomorrow morning afternoon appointment appt apt appointments visit "
    "time able yes yeah no ok okay can could you someone y me yo nosotros mi mis la las lo le "
    "cita citas consulta que de por para al a en un una es esta este necesito necesitamos quiero "
    "queremos quisiera tengo tenemos debo favor podria podrian puede pueden hoy manana "
    "lamentablemente desafortunadamente pena si ya porque pues hacer"
)
_REASONS: Final = (
    "sick ill unwell covid flu fever cold stomach bug vomiting throwing hospital emergency family "
    "funeral death kids kid son daughter baby husband wife mom dad mother father child children "
    "work working job boss called call shift school class car broke broken down tire flat battery "
    "of wont start ride transportation bus weather snow ice storm roads out town travel traveling "
    "travelling something came up because cause bc since due conflict forgot feeling feel bad "
    "well hurt has with he she they got my had jury duty babysitter childcare money afford "
    "enfermo enferma enfermos gripe fiebre calentura hijo hija hijos nino nina esposo esposa mama "
    "papa trabajo trabajar trabajando carro coche descompuso transporte emergencia familiar "
    "escuela estoy estamos surgio algo mal siento viaje fuera ciudad nieve tiene tienen esta "
    "estan mi se me"
)
PLAIN_WORDS: Final = frozenset(f"{_STRUCTURE} {_REASONS}".split())
"""All that a text may hold besides the cancellation itself and politeness: any other word
is about something that these rules don't know, so a person reads it."""
WHO_MAY_STAND_BEFORE: Final = _listed(
    "|, i, we, so, and, sorry, unfortunately, that, be, really, just, will, ill, am, im, yo, "
    "nosotros, y, pero, disculpe, perdon, siento, lamentablemente, porque, because, but, ya, "
    "hi, hello, hola, still, no, well, gracias, thanks, probably"
)
"""Before "can't make it": else somebody other than the patient may not be coming."""
DAYS: Final[Mapping[str, int]] = {
    word: day
    for day, words in enumerate(
        (
            *("monday mon lunes", "tuesday tue tues martes", "wednesday wed weds miercoles"),
            *("thursday thu thur thurs jueves", "friday fri viernes", "saturday sabado"),
            "sunday domingo",
        )
    )
    for word in words.split()
}
"""Weekdays as :meth:`datetime.date.weekday` counts them."""
TODAY: Final = _listed("today, tonight, hoy")
TOMORROW: Final = _listed("tomorrow, tomorow, tmrw, tomorrows, manana")

CONFIRMING: Final = (
    r"\b(?:confirm|confirmed|confirming|confirmo|confirmar|confirmado|confirmada)\b",
    r"\b(?:ill|will|well|to|be|is|are|am) (?:be|being) (?:there|their|at my)\b",
    r"\b(?:ill|i will|we will|well|\w+ will) be (?:there|their)\b|\bbeing there\b",
    r"\b(?:see|c) (?:you|u|ya) (?:then|there|tomorrow|soon|on|at|mon|tue|wed|thu|fri|sat|sun)",
    r"\b(?:ill|i will|we will|we do) come\b",
    r"\bwell both be there\b|\b(?:am|definitely) coming\b",
    r"\bcan make it\b|\b(?:im|were|we are|still) coming\b|\bcount me in\b|\bwill attend\b",
    r"\bplan(?:ning)? (?:on|to) (?:come|coming|attend)\w*|\bwe are still on\b",
    r"\b(?:ahi|alli|alla|ahy|aya) estare(?:mos)?\b|\bestare (?:presente|ahi|alli|alla)\b",
    r"\b(?:ahi|alli|alla) (?:voy|vamos) a estar\b",
    r"\bsi (?:voy|vamos|ire|asistire)\b|\b(?:asistire|cuente conmigo)\b|\bnos vemos\b",
)
RESCHEDULING: Final = (
    r"\bre ?sched\w*|\breprogram\w*|\bre ?agend\w*|\bpostpone\b|\bposponer\b|\baplazar\b",
    r"\b(?:change|move|switch|push) (?:my|the|our|it|this)\b(?! (?:doctor|number|address))",
    r"\bcan (?:i|we) (?:come|go) (?:in )?(?:tomorrow|another|later|next|on|instead)\b",
    r"\b(?:different|another|new|better) (?:time|day|date|slot|appointment)\b",
    r"\bother (?:time|day|date|slot)\b|\b(?:can|could) (?:i|we) (?:do|get|have) .*\binstead\b",
    r"\b(?:anything|something|openings?) (?:\w+ ){0,2}(?:later|next|else|another)\b",
    r"\bcambi(?:ar|en|ame|arme)(?:la|mela|sela)?\b(?! de (?:doctor|medico|seguro|numero|telefono))",
    r"\bmover (?:la|mi) (?:cita|hora)\b|\botr[ao] (?:dia|hora|fecha|cita|horario)\b",
)
RUNNING_LATE: Final = (
    r"\brunning (?:\w+ ){0,4}(?:late|behind)\b",
    r"\b(?:be|am|im|are|were) (?:\w+ ){0,5}late\b|\bstuck in traffic\b|\brunning behind\b",
    r"\b(?:llego|llegar|llegare|llegaremos|voy|vamos|llegando) (?:\w+ ){0,4}tarde\b",
    r"\b(?:estoy|voy|vamos|estamos) (?:\w+ ){0,3}(?:atrasad|retrasad)\w+",
)

NEGATORS: Final = _listed(
    "not, dont, wont, never, no, without, nunca, ni, cant, cannot, didnt, doesnt, isnt, "
    "arent, wasnt, sin, tampoco"
)
_HEDGES: Final = (
    r"\b(?:if|unless|maybe|might|may|perhaps|depends?|possibly|probably|think|guess|wondering)\b",
    r"\bnot sure\b|\blet you know\b|\bwill see\b|\byet\b|\bcheck with\b|\bno se\b|\bto see if\b",
    r"\b(?:quiza|quizas|tal vez|a lo mejor|creo|depende|todavia|aun)\b",
    r"\bsi (?:no|puedo|consigo|es|hay|tengo|me|se|pudiera|cancelo)\b",
)
_SCOPES: Final = (
    r"\b(?:one of|the other|keep|except|only|both|either|not mine|la mia no|la otra|las dos)\b",
    r"\b(?:but|pero|or|instead|y no)\b|(?<!\|) o ",
)
_OTHER_THINGS: Final = (
    r"\b(?:card|tarjeta|subscription|order|insurance|seguro|prescription|refill|receta|membership)\b",
    r"\b(?:flight|vuelo|fee|charge|charged|cobran|cost|policy|cancellation|surgery|wrong chat)\b",
)
_ERRANDS: Final = (
    "ride|transportation|bus|trip|class|school|shift|work|babysitter|childcare|"
    "transporte|viaje|escuela|trabajo"
)
_NOT_THE_VISIT: Final = (rf"\b(?:cancel\w*|anul\w+) (?:\w+ ){{0,3}}(?:{_ERRANDS})\b",)
_DONE_ALREADY: Final = (
    r"\b(?:already|cancell?ed|cancelad[oa]s?|cancelaron|habia|did|last (?:time|week)|ya cancele)\b",
    r"\b(?:remember|said|told|supposed)\b|\byou guys cancel\b",
)
_LIMITS: Final = (
    r"\b(?:before|until|till|earlier|by|on time|that early|antes|hasta|temprano|after|despues)\b",
    r"\d",
)
KEEPS_FROM_CANCELLING: Final = (
    *(*_HEDGES, *_SCOPES, *_OTHER_THINGS, *_NOT_THE_VISIT, *_DONE_ALREADY, *_LIMITS),
)
KEEPS_FROM_CONFIRMING: Final = (*_HEDGES, *_OTHER_THINGS, *_DONE_ALREADY, r"\b(?:but|pero|or)\b")
KEEPS_FROM_RESCHEDULING: Final = (*_HEDGES, *_OTHER_THINGS, r"\b(?:or|already)\b")

PEOPLE: Final = _listed(
    "son, sons, daughter, daughters, husband, husbands, wife, wifes, mom, moms, dad, dads, "
    "mother, mothers, father, fathers, kid, kids, child, brother, brothers, sister, sisters, "
    "his, her, hers, their, baby, hijo, hija, hijos, esposo, esposa, mama, papa, madre, "
    "padre, nino, nina, abuela, abuelo, hermano, hermana, el, ella, suya"
)
"""Named after "cancel", another person's visit is meant."""

ASKING_WORDS: Final = _listed(
    "what, whats, where, who, whos, when, which, how, why, do, does, did, is, are, can, "
    "could, would, should, am, que, cual, quien, cuando, donde, como, cuanto, puedo, puede, "
    "pueden, podria, podemos, tienen, hablan, es"
)
"""Which begin a question, also one without its mark."""
PLEAS_TO_CANCEL: Final = (
    r"\b(?:can|could|would|will) (?:you|u|someone|somebody) (?:please |pls |plz )?cancel\b",
    r"\b(?:me )?(?:puede|pueden|podria|podrian) cancelar(?:me|la)?\b",
    r"\bfavor de cancelar\b",
)
"""Questions only in form."""

VOCABULARY: Final = (
    *("cancel", "cancelar", "cancele", "confirm", "confirmed", "confirmo", "confirmar"),
    *("reschedule", "reprogramar", "reagendar", "cambiar", "appointment", "asistir"),
)
"""Words that are recognised when they are misspelt."""
NOT_MISSPELT: Final = _listed(
    "cancer, cancers, canker, cancun, cancion, camino, canal, candle, cancha, conform, "
    "confort, canceled, cancelled, cancelado, cancelada, cancelo, cancela, cancelen, "
    "confirma, confirme, confirman, cambia, cambio, cambie, asistire, asisti, scheduled, "
    "schedule, appointed, cambiaron, cancelaron"
)
"""Words of their own that look like one of them."""
SPANISH_KEYWORDS: Final = _listed(
    "alto, pare, paren, parar, baja, dar de baja, detener, empezar, comenzar, reanudar, "
    "ayuda, informacion"
)
"""Of the carriers' words, those by which it is known in which language to answer."""
