"""Who may do what: one table. A route names one permission; a role holds many.

Minimum necessary (45 CFR 164.502(b)): a role holds what its work needs and no
more. Nothing is implied: what stands in no row is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Permission(StrEnum):
    PUBLIC = "public"
    """Anyone, also without an account. The route itself proves what it must."""
    SIGNED_IN = "signed-in"
    """Anyone with a valid session."""

    SEARCH_PATIENTS = "patients.search"
    READ_PATIENT = "patients.read"
    REGISTER_PATIENT = "patients.register"
    CHANGE_PATIENT = "patients.change"
    CHANGE_COVERAGE = "coverage.change"
    """Enter, change and end a patient's policies; nothing else of the chart."""
    MERGE_PATIENTS = "patients.merge"
    ARCHIVE_PATIENT = "patients.archive"

    READ_CALENDAR = "calendar.read"
    SEARCH_SLOTS = "slots.search"
    BOOK_APPOINTMENT = "appointments.book"
    CHANGE_APPOINTMENT = "appointments.change"
    OVERBOOK = "appointments.overbook"
    MOVE_PATIENT_FLOW = "appointments.flow"
    """Check in, room, start, complete, mark as no-show."""
    MANAGE_WAITLIST = "waitlist.manage"
    MANAGE_FEEDS = "calendar.feeds"

    READ_MESSAGES = "messages.read"
    """Conversations with patients and the inbox."""
    SEND_MESSAGES = "messages.send"
    MANAGE_REMINDERS = "reminders.manage"
    """Cadence, wording, quiet hours, recalls."""
    READ_DELIVERY = "reminders.statistics"
    """How many messages went out and what came of them: numbers, nobody's data."""

    READ_CHART = "clinical.read"
    """The summary, problems, allergies, medications, vitals, orders and results."""
    CHANGE_CHART = "clinical.change"
    """Problems, allergies, histories, immunizations, procedures, care plans, tasks, visits."""
    RECORD_VITALS = "clinical.vitals"
    READ_NOTES = "notes.read"
    WRITE_NOTES = "notes.write"
    SIGN_NOTES = "notes.sign"
    COSIGN_NOTES = "notes.cosign"
    MANAGE_NOTE_TEMPLATES = "notes.templates"
    """Templates and phrases of the whole practice; everybody who writes has their own."""
    PRESCRIBE = "medications.prescribe"
    """Prescribe, stop, hold; who does so is a provider, which the route asks besides."""
    RENEW_MEDICATIONS = "medications.renew"
    """Renew a prescription, and decide on a request to."""
    RECONCILE_MEDICATIONS = "medications.reconcile"
    """Compare the list with what the patient says, and write down what they take."""
    TAKE_REFILL_REQUESTS = "medications.take-refill-requests"
    """Write down that a patient or a pharmacy asks for a refill, and by which words."""
    MANAGE_PHARMACIES = "pharmacies.manage"
    """The practice's list of pharmacies, and which one a patient likes best."""
    PLACE_ORDERS = "orders.place"
    REVIEW_RESULTS = "results.review"
    IMPORT_RESULTS = "results.import"
    DELIVER_RESULTS = "results.deliver"
    """Hand in results by machine; what is read back is whether they were taken."""
    READ_DOCUMENTS = "documents.read"
    ADD_DOCUMENTS = "documents.add"
    ATTACH_DOCUMENTS = "documents.attach"
    """See a patient's documents to send one to a payer, as payment needs (45 CFR 164.506(c))."""
    READ_CARDS = "cards.read"
    """Pictures of insurance cards, and no other document."""
    FILE_FAXES = "documents.file-faxes"
    """See a fax that waits, and say whose it is. Once filed it is a document like others."""
    DELIVER_FAXES = "documents.deliver-faxes"
    """Hand in faxes by machine; nothing is read back."""
    READ_ENCOUNTER_BILLING = "encounters.billing"
    """What a charge is made from: day, providers, diagnoses, services. No note."""

    READ_ACCOUNTS = "accounts.read"
    """What patients owe and have paid, visit by visit."""
    TAKE_PAYMENTS = "accounts.take-payments"
    """Take, apply and void payments; record a check that came back."""
    REFUND = "accounts.refund"
    """Give a patient's money back, or move it to another account."""
    GIVE_UP_DENIALS = "denials.give-up"
    """Write off what a payer has denied, of whatever amount."""
    WRITE_OFF = "balances.write-off"
    """Give up what is owed, for a denied line too; of patients' up to the limit of one's role."""
    MAKE_ESTIMATES = "accounts.estimates"
    """Make good-faith estimates and give them; what a household has, for their discounts."""
    MANAGE_STATEMENTS = "accounts.statements"
    """Statements, payment plans and collections."""
    CLOSE_DAY = "accounts.close-day"
    """Count the drawer and close the books of a day."""
    REOPEN_DAY = "accounts.reopen-day"
    MANAGE_BILLING_RULES = "accounts.rules"
    """Reasons and limits of giving up money, statement cycles, the sliding scale, and how
    remittances are taken."""
    READ_CHARGES = "charges.read"
    """Charge sheets, the queue, fees and favourites."""
    ENTER_CHARGES = "charges.enter"
    RELEASE_CHARGES = "charges.release"
    """Put a sheet into the ledger, and change one that is there."""
    VOID_CHARGES = "charges.void"
    MANAGE_FEES = "charges.fees"
    """Fee schedules, code lists, how charges are released."""
    READ_AMOUNT_DUE = "charges.due"
    """What a patient owes today, and nothing of what for."""
    READ_PAYERS = "payers.read"
    """The practice's directory of payers: nobody's data."""
    MANAGE_PAYERS = "payers.manage"
    """Change the directory, and how coverage is verified."""
    READ_COVERAGE = "coverage.read"
    """What payers said of a patient's coverage, and what waits for somebody to see to it."""
    VERIFY_COVERAGE = "coverage.verify"
    """Ask a payer, or write down what one said by telephone."""
    READ_AUTHORIZATIONS = "authorizations.read"
    """What payers have agreed to beforehand: prior authorizations and referrals on file."""
    CHANGE_AUTHORIZATIONS = "authorizations.change"
    """Enter and change them."""
    READ_CLAIMS = "claims.read"
    """Claims with what they hold, files of the wire, payer rules."""
    WORK_CLAIMS = "claims.work"
    """Mend, hold, decide on warnings."""
    SUBMIT_CLAIMS = "claims.submit"
    """Approve, send, correct, void; hand in what came from a payer."""
    MANAGE_PAYER_RULES = "claims.rules"
    READ_PAYMENTS = "payments.read"
    """Remittances, deposits and denials."""
    POST_PAYMENTS = "payments.post"
    """Take remittances, match what waits, post, take out again, enter paper ones."""
    MANAGE_DENIALS = "denials.manage"
    """Assign denials, correct, appeal, write letters."""

    READ_PRACTICE = "practice.read"
    MANAGE_PRACTICE = "practice.manage"
    MANAGE_SCHEDULES = "practice.schedules"
    """Working hours, time off and holidays."""
    MANAGE_USERS = "users.manage"

    READ_AUDIT = "audit.read"
    EMERGENCY_ACCESS = "emergency.invoke"
    """Break the glass, 45 CFR 164.312(a)(2)(ii)."""


class Role(StrEnum):
    FRONT_DESK = "front_desk"
    CLINICIAN = "clinician"
    BILLER = "biller"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"
    PATIENT = "patient"
    EMERGENCY = "emergency"
    """Held for a set time by a user who broke the glass."""
    LAB = "lab"
    """A laboratory's system under its own key; no person holds it."""
    FAX = "fax"
    """A fax service under its own key; no person holds it."""
    SYSTEM = "system"
    """A function acting on an event or a clock; it reaches no route."""


_P = Permission

_DESK: Final = frozenset(
    {
        _P.SEARCH_PATIENTS,
        _P.READ_PATIENT,
        _P.REGISTER_PATIENT,
        _P.CHANGE_PATIENT,
        _P.CHANGE_COVERAGE,
        _P.READ_CARDS,
        _P.READ_CALENDAR,
        _P.SEARCH_SLOTS,
        _P.BOOK_APPOINTMENT,
        _P.CHANGE_APPOINTMENT,
        _P.MOVE_PATIENT_FLOW,
        _P.MANAGE_WAITLIST,
        _P.TAKE_REFILL_REQUESTS,
        _P.MANAGE_PHARMACIES,
        _P.READ_MESSAGES,
        _P.SEND_MESSAGES,
        _P.READ_PRACTICE,
        _P.READ_AMOUNT_DUE,
        _P.READ_PAYERS,
        _P.READ_COVERAGE,
        _P.VERIFY_COVERAGE,
        _P.READ_AUTHORIZATIONS,
    }
)

_CARE: Final = frozenset(
    {
        _P.READ_CHART,
        _P.CHANGE_CHART,
        _P.RECORD_VITALS,
        _P.READ_NOTES,
        _P.WRITE_NOTES,
        _P.SIGN_NOTES,
        _P.COSIGN_NOTES,
        _P.MANAGE_NOTE_TEMPLATES,
        _P.PRESCRIBE,
        _P.RENEW_MEDICATIONS,
        _P.RECONCILE_MEDICATIONS,
        _P.PLACE_ORDERS,
        _P.REVIEW_RESULTS,
        _P.IMPORT_RESULTS,
        _P.READ_DOCUMENTS,
        _P.ADD_DOCUMENTS,
        _P.FILE_FAXES,
        _P.READ_ENCOUNTER_BILLING,
        _P.READ_CHARGES,
        _P.ENTER_CHARGES,
    }
)

ROLE_PERMISSIONS: Final[dict[Role, frozenset[Permission]]] = {
    # Scans a card or a form, and sees nothing clinical but a fax that nobody has filed yet.
    Role.FRONT_DESK: _DESK
    | {
        _P.ADD_DOCUMENTS,
        _P.FILE_FAXES,
        _P.CHANGE_AUTHORIZATIONS,
        _P.READ_ACCOUNTS,
        _P.TAKE_PAYMENTS,
        _P.MAKE_ESTIMATES,
        _P.CLOSE_DAY,
    },
    Role.CLINICIAN: _DESK | _CARE | {_P.OVERBOOK, _P.MANAGE_FEEDS, _P.EMERGENCY_ACCESS},
    Role.BILLER: frozenset(
        {
            _P.SEARCH_PATIENTS,
            _P.READ_PATIENT,
            # A claim comes back for a member number or an order of payers: the biller mends it.
            _P.CHANGE_COVERAGE,
            _P.READ_CARDS,
            _P.READ_CALENDAR,
            _P.READ_PRACTICE,
            _P.READ_ENCOUNTER_BILLING,
            _P.ATTACH_DOCUMENTS,
            _P.READ_CLAIMS,
            _P.WORK_CLAIMS,
            _P.SUBMIT_CLAIMS,
            _P.MANAGE_PAYER_RULES,
            _P.READ_ACCOUNTS,
            _P.TAKE_PAYMENTS,
            _P.REFUND,
            _P.WRITE_OFF,
            _P.MAKE_ESTIMATES,
            _P.MANAGE_STATEMENTS,
            _P.CLOSE_DAY,
            _P.READ_CHARGES,
            _P.ENTER_CHARGES,
            _P.RELEASE_CHARGES,
            _P.VOID_CHARGES,
            _P.MANAGE_FEES,
            _P.READ_AMOUNT_DUE,
            _P.READ_PAYERS,
            _P.MANAGE_PAYERS,
            _P.READ_COVERAGE,
            _P.VERIFY_COVERAGE,
            _P.READ_AUTHORIZATIONS,
            _P.CHANGE_AUTHORIZATIONS,
            _P.READ_PAYMENTS,
            _P.POST_PAYMENTS,
            _P.MANAGE_DENIALS,
        }
    ),
    Role.MANAGER: _DESK
    | {
        _P.CHANGE_AUTHORIZATIONS,
        _P.READ_ENCOUNTER_BILLING,
        _P.READ_CLAIMS,
        _P.WORK_CLAIMS,
        _P.SUBMIT_CLAIMS,
        _P.MANAGE_PAYER_RULES,
        _P.READ_ACCOUNTS,
        _P.TAKE_PAYMENTS,
        _P.REFUND,
        _P.WRITE_OFF,
        _P.MAKE_ESTIMATES,
        _P.MANAGE_STATEMENTS,
        _P.CLOSE_DAY,
        _P.REOPEN_DAY,
        _P.MANAGE_BILLING_RULES,
        _P.READ_CHARGES,
        _P.MANAGE_FEES,
        _P.MANAGE_PAYERS,
        _P.READ_PAYMENTS,
        _P.POST_PAYMENTS,
        _P.MANAGE_DENIALS,
        _P.GIVE_UP_DENIALS,
        _P.MERGE_PATIENTS,
        _P.ARCHIVE_PATIENT,
        _P.OVERBOOK,
        _P.MANAGE_FEEDS,
        _P.MANAGE_SCHEDULES,
        _P.MANAGE_REMINDERS,
        _P.READ_DELIVERY,
    },
    Role.ADMIN: frozenset(
        {
            _P.READ_PRACTICE,
            _P.MANAGE_PRACTICE,
            _P.MANAGE_SCHEDULES,
            _P.MANAGE_USERS,
            _P.MANAGE_REMINDERS,
            _P.READ_DELIVERY,
            _P.READ_CALENDAR,
        }
    ),
    Role.AUDITOR: frozenset({_P.READ_AUDIT, _P.READ_PRACTICE}),
    Role.PATIENT: frozenset(),
    Role.LAB: frozenset({_P.DELIVER_RESULTS}),
    Role.FAX: frozenset({_P.DELIVER_FAXES}),
    Role.EMERGENCY: frozenset(
        {
            _P.SEARCH_PATIENTS,
            _P.READ_PATIENT,
            _P.READ_CALENDAR,
            _P.READ_PRACTICE,
            _P.READ_CHART,
            _P.READ_NOTES,
            _P.READ_DOCUMENTS,
        }
    ),
    Role.SYSTEM: frozenset(),
}


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles together may do."""
    held: frozenset[Permission] = frozenset({Permission.PUBLIC, Permission.SIGNED_IN})
    for role in roles:
        held |= ROLE_PERMISSIONS[role]
    return held
