"""The split of a key."""

import zlib


def split_of(key: str) -> str:
    """Return the split of a key, by its CRC-32: test or valid for a tenth each, else train."""
    tenth = zlib.crc32(key.encode()) % 10
    return "test" if tenth == 0 else "valid" if tenth == 1 else "train"
