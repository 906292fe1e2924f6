"""From a key to numbers: its hash, the indices of its spelling, its split. Vectorised, stateless.

A key is lower-case ASCII letters only (gender_detection.names.key), so a column of keys is
bytes and every step here works on whole columns.
"""

from .hashing import (
    country_codes,
    hash_keys,
    hash_rows,
    hash_with_codes,
    hash_with_country,
)
from .index import HashIndex
from .ngrams import FEATURES_VERSION, MAX_LETTERS, NGrams, Part, ngram_indices, ngram_parts
from .rows import Rows
from .single import hash_key, hash_key_with_country, indices_of
from .splits import split_of

__all__ = [
    "FEATURES_VERSION",
    "MAX_LETTERS",
    "HashIndex",
    "NGrams",
    "Part",
    "Rows",
    "country_codes",
    "hash_key",
    "hash_key_with_country",
    "hash_keys",
    "hash_rows",
    "hash_with_codes",
    "hash_with_country",
    "indices_of",
    "ngram_indices",
    "ngram_parts",
    "split_of",
]
