"""Planted frauds, done with the operator's rights on copies of a small played site, and who sees them."""
