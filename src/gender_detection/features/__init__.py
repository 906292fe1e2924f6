"""What is computed from a key: its hash, the indices of its spelling, its split. Without state.

A key has only lower-case ASCII letters (gender_detection.names.key). The functions for one key are
compiled; those for columns of keys loop over them without the GIL. odds has sigmoid and logit.
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
