"""Editions of an index as folders: computed, doubted, told in three languages, signed and checked. Needs
numpy."""
