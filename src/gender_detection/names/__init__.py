"""A person's name: title, given names, family name, order, initials, script, and its keys.

The way of a full name such as "Maria del Carmen García" to an answer, by modules:

1. reader: takes names in blocks, or one (Reader.read_name).
2. taking: finds its words in its bytes; splitting: finds them in the few texts that need more.
3. words: looks at each word once. Its key is made by shapes, or by text and romanise; its classes
   (title, particle, initial, ...) come from word_classes, whose lists are in lexicon.
4. reading: goes through the words of a name: titles, initials and what is no name (titles), then
   which words are the given names and which the family name (order), and the keys to look up.
   "del Carmen" stays with "Maria" in order.
5. model.beliefs: judges the keys by evidence and spelling; model.answers says what its codes mean.

parse() shows to people what was read.
"""

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
