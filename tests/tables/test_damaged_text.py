"""However text is damaged, its rows do not depend on the size of the blocks it is read in.

Mutated files of all formats are in tests/common/test_mutated_files.py.
"""

import io
import random
from collections.abc import Callable

from gender_detection.errors import InvalidInput
from gender_detection.tables.text_layout import TextOptions, open_text

NAMES = [
    "Maria Rossi",
    "Jörg Weiß",
    "José Núñez",
    "Jiří Dvořák",
    "Иван Петров",
    "佐藤花子",
    "김철수",
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-be", "cp1252", "cp1250", "cp1251",
             "koi8-r", "cp932", "gb18030", "euc-kr", "big5"]  # fmt: skip
TABLES = 300


def table(draw: random.Random) -> bytes:
    delimiter, end = draw.choice(",;\t|"), draw.choice(["\n", "\r\n"])
    rows = [["id", "name", "country"]] + [
        [str(at), draw.choice(NAMES), draw.choice(["IT", "", "Côte d’Ivoire", '"a\nb"'])]
        for at in range(draw.randrange(12))
    ]
    above = draw.choice(["", "", f"sep={delimiter}{end}", f"People of 2026{end}{end}", end])
    text = above + "".join(delimiter.join(row) + end for row in rows)
    return text.encode(draw.choice(ENCODINGS), errors="ignore")


def flipped(body: bytes, draw: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(draw.randrange(1, 6)):
        if changed:
            changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def cut(body: bytes, draw: random.Random) -> bytes:
    start = draw.choice([0, 0, 1, draw.randrange(len(body) + 1)])
    return body[start : draw.randrange(len(body) + 1)]


def mixed(body: bytes, draw: random.Random) -> bytes:
    return body + table(draw)


def swapped(body: bytes, draw: random.Random) -> bytes:
    old, new = draw.choice([b",", b";", b"\t", b"|"]), draw.choice([b",", b";", b'"', b"\n", b"\r"])
    return body.replace(old, new, draw.randrange(1, 9))


def unchanged(body: bytes, _draw: random.Random) -> bytes:
    return body


DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [unchanged, flipped, cut, mixed, swapped]


def options(draw: random.Random) -> TextOptions:
    encoding = draw.choice([None, None, *ENCODINGS])
    delimiter = draw.choice([None, None, None, ",", ";"])
    return TextOptions(encoding, delimiter, has_header=draw.random() < 0.8)


def test_damaged_text_gives_the_same_rows_in_blocks_of_any_size():
    for seed in range(1000, 1000 + TABLES):
        draw = random.Random(seed)
        body, text = draw.choice(DAMAGES)(table(draw), draw), options(draw)
        whole, parts = lines_of(body, text, 100_000), lines_of(body, text, draw.choice([1, 50]))

        assert whole == parts, seed


def lines_of(body: bytes, text: TextOptions, block_bytes: int) -> list[str]:
    """Return the rows as they are written, or why the table is refused."""
    try:
        blocks = list(open_text(io.BytesIO(body), text).read_csv(block_bytes).blocks())
    except InvalidInput as err:
        return [str(err)]
    return [line for block in blocks for line in block.lines.to_pylist()]
