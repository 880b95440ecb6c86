"""What features share to reach people: messages, wording, contact points, settings."""
