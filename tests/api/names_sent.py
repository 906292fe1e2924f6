"""What looks like a name in the requests that tests send, and whether it shows in a log."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress

# Sent by tests that speak to a socket themselves, unseen by us.
ALWAYS_SOUGHT = frozenset({"Maria"})
_WORD = re.compile(r"[^\W\d_]{2,}")


def names_in(body: object) -> set[str]:
    """Return the words of a body that could be of a name: capitalised ones, and foreign letters.

    A body may be bytes, text, or what JSON is made of; of others nothing is known.
    """
    if isinstance(body, bytes):
        text = body.decode("utf-8", "ignore")
        with suppress(ValueError, RecursionError):
            text += json.dumps(json.loads(text), ensure_ascii=False)  # what stood there escaped
    elif isinstance(body, str):
        return names_in(body.encode("utf-8", "ignore"))
    elif isinstance(body, dict | list):
        text = json.dumps(body, ensure_ascii=False)
    else:
        return set()
    return {word for word in _WORD.findall(text) if not word.isascii() or _is_capitalised(word)}


def _is_capitalised(word: str) -> bool:
    return len(word) >= 4 and word[0].isupper()


def names_shown(log: str, names: Iterable[str]) -> set[str]:
    """Return the names that a log holds, as they are or escaped as Python and JSON do it."""
    words = set(_WORD.findall(log))
    escaped = {name: {ascii(name)[1:-1], json.dumps(name)[1:-1]} for name in names}
    return {
        name
        for name, forms in escaped.items()
        if name in words or (not name.isascii() and any(form in log for form in forms))
    }
