"""The set-up's routes: the practice, its places, people, kinds of visits and hours.

A thing that nothing refers to may be deleted; any other is set inactive.
"""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response

from caresmith.actor import current_actor
from caresmith.dispatch import make_handler
from caresmith.http import etag, reply, requires
from caresmith.ids import (
    AppointmentTypeId,
    EntityId,
    LocationId,
    ProviderId,
    RoomId,
    RuleId,
)
from caresmith.permissions import Permission
from caresmith.records.practice import (
    AppointmentType,
    AvailabilityRule,
    Location,
    Practice,
    Provider,
    Room,
    Thing,
)
from functions.admin import models as m
from functions.admin import screens, setup, user_routes, user_screens
from functions.admin.app import app
from functions.admin.models import T

__all__ = ["app", "handler", "screens", "user_routes", "user_screens"]


def _read(kind: type[T], thing_id: EntityId) -> Response[T]:
    return _answer(setup.read(kind, thing_id, actor=current_actor()))


def _add(kind: type[T], draft: T) -> Response[T]:
    thing = m.new_thing(kind, draft)
    return _answer(setup.add(thing, actor=current_actor(), now=app.clock.now()), status=201)


def _change(kind: type[T], thing_id: EntityId, draft: T) -> Response[T]:
    thing = m.known_thing(kind, draft, thing_id)
    expected = app.if_match()
    return _answer(setup.replace(thing, expected, actor=current_actor(), now=app.clock.now()))


def _delete(kind: type[Thing], thing_id: EntityId) -> Response[None]:
    expected = app.if_match()
    setup.remove(kind, thing_id, expected, actor=current_actor(), now=app.clock.now())
    return reply(None, status=204)


def _answer(kept: setup.Kept[T], *, status: int = 200) -> Response[T]:
    return reply(kept.thing, status=status, headers=etag(kept.version))


# -- the whole, and the practice itself --------------------------------------


@app.get("/admin/setup")
@requires(Permission.READ_PRACTICE, action="read-setup")
def read_setup() -> Response[m.SetupRead]:
    return reply(setup.whole(current_actor()))


@app.get("/admin/practice")
@requires(Permission.READ_PRACTICE, action="read-practice")
def read_practice() -> Response[Practice]:
    return _read(Practice, current_actor().practice_id)


@app.put("/admin/practice")
@requires(Permission.MANAGE_PRACTICE, action="change-practice")
def change_practice(draft: m.PracticeDraft) -> Response[Practice]:
    return _change(Practice, current_actor().practice_id, draft)


# -- locations -----------------------------------------------------------------


@app.post("/admin/locations", status_code=201)
@requires(Permission.MANAGE_PRACTICE, action="add-location")
def add_location(draft: m.LocationDraft) -> Response[Location]:
    return _add(Location, draft)


@app.get("/admin/locations/<location_id>")
@requires(Permission.READ_PRACTICE, action="read-location")
def read_location(location_id: LocationId) -> Response[Location]:
    return _read(Location, location_id)


@app.put("/admin/locations/<location_id>")
@requires(Permission.MANAGE_PRACTICE, action="change-location")
def change_location(location_id: LocationId, draft: m.LocationDraft) -> Response[Location]:
    return _change(Location, location_id, draft)


@app.delete("/admin/locations/<location_id>", status_code=204)
@requires(Permission.MANAGE_PRACTICE, action="delete-location")
def delete_location(location_id: LocationId) -> Response[None]:
    return _delete(Location, location_id)


# -- rooms ---------------------------------------------------------------------


@app.post("/admin/rooms", status_code=201)
@requires(Permission.MANAGE_PRACTICE, action="add-room")
def add_room(draft: m.RoomDraft) -> Response[Room]:
    return _add(Room, draft)


@app.get("/admin/rooms/<room_id>")
@requires(Permission.READ_PRACTICE, action="read-room")
def read_room(room_id: RoomId) -> Response[Room]:
    return _read(Room, room_id)


@app.put("/admin/rooms/<room_id>")
@requires(Permission.MANAGE_PRACTICE, action="change-room")
def change_room(room_id: RoomId, draft: m.RoomDraft) -> Response[Room]:
    return _change(Room, room_id, draft)


@app.delete("/admin/rooms/<room_id>", status_code=204)
@requires(Permission.MANAGE_PRACTICE, action="delete-room")
def delete_room(room_id: RoomId) -> Response[None]:
    return _delete(Room, room_id)


# -- providers -----------------------------------------------------------------


@app.post("/admin/providers", status_code=201)
@requires(Permission.MANAGE_PRACTICE, action="add-provider")
def add_provider(draft: m.ProviderDraft) -> Response[Provider]:
    return _add(Provider, draft)


@app.get("/admin/providers/<provider_id>")
@requires(Permission.READ_PRACTICE, action="read-provider")
def read_provider(provider_id: ProviderId) -> Response[Provider]:
    return _read(Provider, provider_id)


@app.put("/admin/providers/<provider_id>")
@requires(Permission.MANAGE_PRACTICE, action="change-provider")
def change_provider(provider_id: ProviderId, draft: m.ProviderDraft) -> Response[Provider]:
    return _change(Provider, provider_id, draft)


@app.delete("/admin/providers/<provider_id>", status_code=204)
@requires(Permission.MANAGE_PRACTICE, action="delete-provider")
def delete_provider(provider_id: ProviderId) -> Response[None]:
    return _delete(Provider, provider_id)


# -- appointment types ---------------------------------------------------------


@app.post("/admin/appointment-types", status_code=201)
@requires(Permission.MANAGE_PRACTICE, action="add-type")
def add_type(draft: m.TypeDraft) -> Response[AppointmentType]:
    return _add(AppointmentType, draft)


@app.get("/admin/appointment-types/<type_id>")
@requires(Permission.READ_PRACTICE, action="read-type")
def read_type(type_id: AppointmentTypeId) -> Response[AppointmentType]:
    return _read(AppointmentType, type_id)


@app.put("/admin/appointment-types/<type_id>")
@requires(Permission.MANAGE_PRACTICE, action="change-type")
def change_type(type_id: AppointmentTypeId, draft: m.TypeDraft) -> Response[AppointmentType]:
    return _change(AppointmentType, type_id, draft)


@app.delete("/admin/appointment-types/<type_id>", status_code=204)
@requires(Permission.MANAGE_PRACTICE, action="delete-type")
def delete_type(type_id: AppointmentTypeId) -> Response[None]:
    return _delete(AppointmentType, type_id)


# -- availability rules --------------------------------------------------------


@app.post("/admin/availability-rules", status_code=201)
@requires(Permission.MANAGE_SCHEDULES, action="add-rule")
def add_rule(draft: m.RuleDraft) -> Response[AvailabilityRule]:
    return _add(AvailabilityRule, draft)


@app.get("/admin/availability-rules/<rule_id>")
@requires(Permission.READ_PRACTICE, action="read-rule")
def read_rule(rule_id: RuleId) -> Response[AvailabilityRule]:
    return _read(AvailabilityRule, rule_id)


@app.put("/admin/availability-rules/<rule_id>")
@requires(Permission.MANAGE_SCHEDULES, action="change-rule")
def change_rule(rule_id: RuleId, draft: m.RuleDraft) -> Response[AvailabilityRule]:
    return _change(AvailabilityRule, rule_id, draft)


@app.delete("/admin/availability-rules/<rule_id>", status_code=204)
@requires(Permission.MANAGE_SCHEDULES, action="delete-rule")
def delete_rule(rule_id: RuleId) -> Response[None]:
    return _delete(AvailabilityRule, rule_id)


handler = make_handler(app)
