"""The base record of every table. Features derive their records from these.

All tables have the partition key ``pk`` and the sort key ``sk``. ``entity``
says what a record is, and PynamoDB makes the right class of it when a query
returns several kinds. Every ``pk`` begins with the practice's id.

    class Patient(PatientsItem, discriminator="patient"):
        version = VersionAttribute()
        demographics = BinaryAttribute(legacy_encoding=False)
"""

from __future__ import annotations

from pynamodb.attributes import (
    BinaryAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.models import Model

from caresmith.settings import Domain, table_name


class _Item(Model):
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class KeystoreItem(_Item):
    """A practice's wrapped data key (see :mod:`caresmith.keystore`)."""

    class Meta:
        table_name = table_name(Domain.KEYSTORE)

    version = NumberAttribute()
    wrapped = BinaryAttribute(legacy_encoding=False)
    created_at = UnicodeAttribute()


class IdentityItem(_Item):
    class Meta:
        table_name = table_name(Domain.IDENTITY)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class PracticeItem(_Item):
    class Meta:
        table_name = table_name(Domain.PRACTICE)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class PatientsItem(_Item):
    class Meta:
        table_name = table_name(Domain.PATIENTS)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class ScheduleItem(_Item):
    class Meta:
        table_name = table_name(Domain.SCHEDULE)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class ClinicalItem(_Item):
    class Meta:
        table_name = table_name(Domain.CLINICAL)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class RevenueItem(_Item):
    class Meta:
        table_name = table_name(Domain.REVENUE)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class MessagesItem(_Item):
    class Meta:
        table_name = table_name(Domain.MESSAGES)

    entity = DiscriminatorAttribute()
    expires_at = NumberAttribute(null=True)


class AuditItem(_Item):
    class Meta:
        table_name = table_name(Domain.AUDIT)

    entity = DiscriminatorAttribute()
