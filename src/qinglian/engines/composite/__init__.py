"""Composite indices: computed stage by stage, with their uncertainty, for one unit or many. Needs numpy."""
