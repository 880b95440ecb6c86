"""One stack a concern: data outlives functions, functions change daily."""
