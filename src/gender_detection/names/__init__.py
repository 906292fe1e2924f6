"""A person's name: title, given names, family name, order, initials, script, and its keys.

The way of a full name such as "Maria del Carmen García" from Model.predict to an answer:

1. model.estimation: Estimator.estimate puts the name into a slot of a block, by Reader.put_name
   (reader). One person is a block of one; columns fill blocks of 16.
2. word_row.split_bytes splits its bytes into words. Few texts need more: splitting does it in
   Python, after text.clean.
3. Words.classify (words) handles each new word once. Its key is made by word_shape, or by text and
   transliteration; its classes (title, particle, initial, ...) come from word_classes. The words
   with classes are tables in lexicon.
4. Reader.read loads the words into a row (word_row) and lets the parser divide it:
   NameParser.parse_full takes titles and initials out (titles), with the customs of the country
   (customs). divide() (order) puts "del Carmen" with "Maria", by _devotional_end.
5. NameParser._take_keys_before takes the keys to look up: "mariadelcarmen", "maria".
6. model.order_evidence: where the order is open, OrderEvidence.settle asks who bears the words;
   where they leave it open, Estimator._mix answers by both orders.
7. model.estimation: Estimator._estimate answers by the evidence and the spelling of these keys, and
   by the form of the family name (family_forms); _encode makes a code of the answer, and
   model.answers.decode says what the code means.

parse() returns the reading for people. The keys of the sources' names are made in the same way
(source_key), so a new word in the lexicon changes the training data too.
"""

from .reader import ParsedName, family_gender, parse, parse_parts
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
