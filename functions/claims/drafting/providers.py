"""Those who rendered, supervised, referred or ordered, as claims name them."""

from __future__ import annotations

from caresmith.claims.drafted_parties import ProviderDraft
from caresmith.ids import ProviderId
from caresmith.records.practice import Provider
from functions.claims.drafting.material import Material
from functions.claims.drafting.wire import FIRST, LAST, wire


def provider_of(
    material: Material, provider: ProviderId | None, *, taxonomy: bool = False
) -> ProviderDraft | None:
    if provider is None:
        return None
    known = material.setup.providers.get(provider)
    return _person(known, taxonomy=taxonomy) if known else ProviderDraft()


def _person(provider: Provider, *, taxonomy: bool = False) -> ProviderDraft:
    first, _, middle = provider.given.partition(" ")
    return ProviderDraft(
        last=wire(provider.family, LAST),
        first=wire(first, FIRST),
        middle=wire(middle, 25),
        npi=provider.npi,
        taxonomy=provider.taxonomy if taxonomy else "",
    )


def outside_provider(name: str | None, npi: str | None) -> ProviderDraft | None:
    """Somebody who is not of the practice, by a name as it was typed."""
    if not name and not npi:
        return None
    given, _, family = (name or "").rpartition(" ")
    first, _, middle = given.partition(" ")
    return ProviderDraft(
        last=wire(family), first=wire(first, FIRST), middle=wire(middle, 25), npi=npi
    )
