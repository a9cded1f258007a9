"""Draws that anybody can recompute: targets and inspectors, from committed lists and a seed nobody chose.

Pure computation. From below: hashing · identities · rows · exclusions · rates · beacon · sources · terms ·
seed · tickets · sample · arcs · assign · transcript · logged; beside them leaf, forecast and audit. numpy,
OR-tools and py-ecc are brought in only by the functions that need them.
"""
