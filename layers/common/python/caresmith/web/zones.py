"""Time zones to choose from."""

from __future__ import annotations

from caresmith.records.practice import known_zones


def zone_options() -> list[tuple[str, str]]:
    """American zones, since that is where the practices are, then those of the Pacific."""
    american = sorted(z for z in known_zones() if z.startswith(("America/", "US/")))
    pacific = ["Pacific/Honolulu", "Pacific/Guam", "Pacific/Pago_Pago"]
    return [(zone, zone.replace("_", " ")) for zone in (*american, *pacific)]
