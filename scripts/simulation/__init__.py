"""A practice's year of reminders on a clock that jumps from one event to the next."""
