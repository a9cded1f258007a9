"""Estimates from samples, with the errors their design gives them. Needs numpy."""
