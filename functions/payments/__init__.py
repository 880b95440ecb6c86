"""Remittances: read, matched, posted to the last cent; denials worked; deposits matched."""
