"""The ways out to people, all behind one port."""
