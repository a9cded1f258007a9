"""Draws that anybody can recompute: targets and inspectors, from committed lists and a seed nobody chose.

Pure computation. From below: hashing · identities · rows · exclusions · rates · beacon · sources · terms ·
seed · tickets · sample · framed · arcs · checking · assign · transcript · logged; beside them leaf,
forecast, audit. numpy, OR-tools, arkworks and py-ecc are brought in only by the functions that need them.
"""
