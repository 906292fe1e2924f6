"""Ways to damage a file, each drawn by a seed."""

import io
import random
import zipfile
from collections.abc import Callable

from tests.common.seed_files import PACKERS, SEEDS

Mutation = Callable[[bytes, random.Random], bytes]
# What text means something by, in some format.
SIGNS = (
    b",", b";", b"\t", b"|", b'"', b'""', b"\n", b"\r\n", b"\r", b"\n\n", b"\0", b"\x1a", b"{",
    b"}", b"[", b"]", b":", b"\\", b"\\u0000", b"\\ud800", b" - ", b"  - ", b"@", b"=", b"#", b"%",
    b"ER  - ", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xff", b"\xc3", b"\xed\xa0\x80",
    b"null", b"-1", b"1e999", b"9" * 40, b"sep=;\n", b"name", b"author", "é".encode("cp1252"),
    "佐藤".encode("cp932"), "ß".encode(), "Ж".encode("utf-16-le"), b"</row>", b"&#0;", b"\x0b",
    b"\x1c", b"\x85", b"\xe2\x80\xa8",
)  # fmt: skip


def flip_bytes(body: bytes, draw: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(draw.choice([1, 1, 2, 5, 30])):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def flip_bits(body: bytes, draw: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(draw.choice([1, 1, 3])):
        if changed:
            changed[draw.randrange(len(changed))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def cut(body: bytes, draw: random.Random) -> bytes:
    start = draw.choice([0, 0, 0, 1, 3, draw.randrange(len(body) + 1)])
    return body[start : draw.randrange(len(body) + 1)]


def remove(body: bytes, draw: random.Random) -> bytes:
    start, end = _slice(body, draw)
    return body[:start] + body[end:]


def insert(body: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.choice([1, 1, 2, 6])):
        at = draw.randrange(len(body) + 1)
        piece = draw.choice([draw.choice(SIGNS), draw.randbytes(draw.randint(1, 8))])
        body = body[:at] + piece + body[at:]
    return body


def duplicate(body: bytes, draw: random.Random) -> bytes:
    start, end = _slice(body, draw)
    at = draw.choice([end, draw.randrange(len(body) + 1)])
    return body[:at] + body[start:end] * draw.choice([1, 2, 50]) + body[at:]


def swap_signs(body: bytes, draw: random.Random) -> bytes:
    old, new = draw.sample(SIGNS[:30], 2)
    return body.replace(old, new, draw.choice([1, 3, -1]))


def mix_encodings(body: bytes, draw: random.Random) -> bytes:
    """Write a part of the text in another encoding."""
    start, end = _slice(body, draw)
    codec = draw.choice(["cp1252", "utf-16-le", "utf-16", "utf-8-sig", "cp932", "koi8-r", "utf-32"])
    part = body[start:end].decode(errors="replace").encode(codec, errors="replace")
    return body[:start] + part + body[end:]


def splice(body: bytes, draw: random.Random) -> bytes:
    """Go on with another file in the middle."""
    other = draw.choice(list(SEEDS.values()))
    return body[: draw.randrange(len(body) + 1)] + other[draw.randrange(len(other) + 1) :]


def add_zeros(body: bytes, draw: random.Random) -> bytes:
    at = draw.choice([0, len(body), draw.randrange(len(body) + 1)])
    return body[:at] + b"\0" * draw.choice([1, 2, 100]) + body[at:]


def lengthen_a_line(body: bytes, draw: random.Random) -> bytes:
    at = draw.randrange(len(body) + 1)
    piece = draw.choice([b"x", b"x ", b"\xc3\xa4", b'"', b",", b"[", b"{", b"\\"])
    return body[:at] + piece * draw.choice([300, 1_001, 70_000]) + body[at:]


def leave(body: bytes, _draw: random.Random) -> bytes:
    return body


MUTATIONS: tuple[Mutation, ...] = (
    leave, flip_bytes, flip_bits, cut, remove, insert, duplicate, swap_signs, mix_encodings, splice,
    add_zeros, lengthen_a_line,
)  # fmt: skip


def mutated(kind: str, draw: random.Random) -> bytes:
    """Return the seed file of a kind, damaged; of what is packed, sometimes the content."""
    body = SEEDS[kind]
    packed = kind.rpartition(".")[2]
    if packed == "xlsx" and draw.random() < 0.7:
        return _in_a_member(body, draw)
    if packed in PACKERS and draw.random() < 0.5:
        return PACKERS[packed](_damaged(SEEDS[kind.partition(".")[0]], draw))
    return _damaged(body, draw)


def _damaged(body: bytes, draw: random.Random) -> bytes:
    for _ in range(draw.choice([1, 1, 1, 2, 4])):
        body = draw.choice(MUTATIONS)(body, draw)
    return body


def _in_a_member(body: bytes, draw: random.Random) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as book, zipfile.ZipFile(sink, "w") as changed:
        chosen = draw.choice(book.namelist())
        for name in book.namelist():
            text = book.read(name)
            changed.writestr(name, _damaged(text, draw) if name == chosen else text)
    return sink.getvalue()


def _slice(body: bytes, draw: random.Random) -> tuple[int, int]:
    start = draw.randrange(len(body) + 1)
    return start, min(len(body), start + draw.choice([1, 4, 30, len(body)]))
