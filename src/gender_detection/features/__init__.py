"""From a key to numbers: its hash, the indices of its spelling, its split. Without state.

A key is lower-case ASCII letters only (gender_detection.names.key). Every step is written once, for
the bytes of one key, and compiled; columns of keys are loops over it that hold no lock.
"""

from .hashing import country_codes, hash_key, hash_keys
from .index import HashIndex
from .ngrams import FEATURES_VERSION, MAX_LETTERS, NGrams
from .spelling import Spelling, ngram_indices
from .splits import split_of

__all__ = [
    "FEATURES_VERSION",
    "MAX_LETTERS",
    "HashIndex",
    "NGrams",
    "Spelling",
    "country_codes",
    "hash_key",
    "hash_keys",
    "ngram_indices",
    "split_of",
]
