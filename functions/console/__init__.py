"""The staff console's shell: log-in, session, home, emergency access, static files."""
