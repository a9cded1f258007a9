"""Company names across scripts: parse, compare with reasons, identify. Pure: tables are arguments."""

from qinglian.engines.names.evidence import Evidence
from qinglian.engines.names.grammar import parse, readable
from qinglian.engines.names.identifiers import Identifier, is_uscc, read_identifier
from qinglian.engines.names.knowledge import Knowledge, Scripts, knowledge
from qinglian.engines.names.matching import REVIEW, STRONG, Match, Matcher, band
from qinglian.engines.names.name import Name, Unit

__all__ = [
    "REVIEW",
    "STRONG",
    "Evidence",
    "Identifier",
    "Knowledge",
    "Match",
    "Matcher",
    "Name",
    "Scripts",
    "Unit",
    "band",
    "is_uscc",
    "knowledge",
    "parse",
    "read_identifier",
    "readable",
]
