"""A person's name: title, given names, family name, order, initials, script, and its keys."""

from .parse import ParsedName, family_gender, parse, parse_parts
from .statement import family_key, statement_key
from .text import NORMALISATION_VERSION, key, script

__all__ = [
    "NORMALISATION_VERSION",
    "ParsedName",
    "family_gender",
    "family_key",
    "key",
    "parse",
    "parse_parts",
    "script",
    "statement_key",
]
