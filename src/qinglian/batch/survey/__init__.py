"""Answers in a CSV and a design in TOML → estimates with their errors, ready for an index. Needs numpy."""
