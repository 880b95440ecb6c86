"""What the practice offers: its kinds of visits."""

from __future__ import annotations

from typing import Final

from caresmith.ids import AppointmentTypeId
from caresmith.records.practice import AppointmentType
from scripts.sample_practice.dice import Dice
from scripts.sample_practice.premises import PROVIDERS

_ids = Dice("offerings")
_EVERYDAY: Final = ("okafor", "lindqvist", "torres", "whitfield")


def _type(name: str, minutes: int, by: tuple[str, ...], **given: object) -> AppointmentType:
    return AppointmentType.model_validate(
        {
            "id": _ids.id(AppointmentTypeId),
            "name": name,
            "minutes": minutes,
            "provider_ids": tuple(PROVIDERS[key].id for key in by),
            **given,
        }
    )


TYPES: Final[dict[str, AppointmentType]] = {
    "new": _type(
        "New patient visit",
        40,
        _EVERYDAY,
        room_kind="exam",
        buffer_after=5,
        patients="new",
        self_schedulable=True,
        colour="#206bc4",
    ),
    "office": _type(
        "Office visit",
        20,
        _EVERYDAY,
        room_kind="exam",
        patients="established",
        self_schedulable=True,
        colour="#4299e1",
    ),
    "physical": _type(
        "Annual physical", 40, _EVERYDAY, room_kind="exam", buffer_after=10, colour="#2fb344"
    ),
    "telehealth": _type(
        "Telehealth visit",
        20,
        (*_EVERYDAY, "haddad"),
        telehealth=True,
        patients="established",
        self_schedulable=True,
        colour="#17a2b8",
    ),
    "well-child": _type(
        "Well-child visit", 30, ("raman", "okafor"), room_kind="exam", colour="#f59f00"
    ),
    "sick-child": _type("Pediatric sick visit", 15, ("raman",), room_kind="exam", colour="#fab005"),
    "new-gyn": _type(
        "New OB/GYN patient",
        45,
        ("kobayashi",),
        room_kind="exam",
        buffer_after=5,
        patients="new",
        colour="#862e9c",
    ),
    "gyn": _type(
        "OB/GYN follow-up",
        20,
        ("kobayashi",),
        room_kind="exam",
        patients="established",
        colour="#ae3ec9",
    ),
    "ultrasound": _type(
        "Obstetric ultrasound",
        30,
        ("kobayashi",),
        room_kind="imaging",
        buffer_after=10,
        colour="#cc5de8",
    ),
    "derm": _type("Dermatology consultation", 20, ("feldman",), room_kind="exam", colour="#f76707"),
    "skin": _type(
        "Skin procedure",
        45,
        ("feldman",),
        room_kind="procedure",
        buffer_before=5,
        buffer_after=15,
        colour="#d9480f",
    ),
    "phototherapy": _type(
        "Phototherapy",
        15,
        ("feldman",),
        room_kind="procedure",
        patients="established",
        colour="#ff922b",
    ),
    "nutrition": _type("Nutrition counseling", 45, ("haddad",), room_kind="exam", colour="#4263eb"),
    "class": _type(
        "Diabetes self-management class",
        90,
        ("haddad",),
        room_kind="group",
        buffer_before=15,
        buffer_after=15,
        capacity=12,
        self_schedulable=True,
        colour="#748ffc",
    ),
}
