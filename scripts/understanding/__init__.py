"""How well people's replies are understood."""
