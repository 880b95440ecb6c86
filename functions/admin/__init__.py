"""Practice set-up and users: the part of the system that administrators keep."""
