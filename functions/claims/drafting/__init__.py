"""From a charge sheet to a draft of its claim: pure, from what ``gathering`` has read."""
