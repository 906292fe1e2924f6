"""A person's name: title, given names, family name, order, initials, script, and its keys.

The way of a full name such as "Maria del Carmen García" from Model.predict to an answer:

1. model.estimation: Estimator.estimate puts it into a block of one; columns fill blocks of 16.
2. reader: Reader.put_name, find and read take it through the steps below.
3. taking.split finds its words in its bytes; splitting finds them in the few texts that need more.
4. words: Words.note looks at each word once. Its key is made by shapes, or by text and romanise;
   its classes (title, particle, initial, ...) come from word_classes, whose lists are in lexicon.
5. reading: Reading.read_full takes titles out (titles), and divides what is left (order.divide):
   "del Carmen" stays with "Maria" in order._family_start, by _devotional_end.
6. reading: _take_keys_of says which keys are looked up: "mariadelcarmen", "maria".
7. model.estimation: Estimator._estimate answers by evidence and spelling, _encode makes a code of
   it, and model.answers.decode says what that means.

parse() shows to people what was read; by it, the keys of the data's sources are made as well
(statement), so that a new word in lexicon changes the training data too.
"""

from .parse import ParsedName, family_gender, parse, parse_parts
from .source_key import family_key, statement_key
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
