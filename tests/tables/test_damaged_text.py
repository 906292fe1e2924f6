"""However text is damaged, its rows are scored, told as bad, or the table is refused in words."""

import functools
import io
import random
from collections.abc import Callable
from pathlib import Path

from gender_detection.errors import InvalidInput
from gender_detection.model import Model
from gender_detection.scoring.block_scorer import Scorer
from gender_detection.scoring.file_job import JobOptions, Plan
from gender_detection.scoring.process_pool import InProcess
from gender_detection.tables import Columns, format_of
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
TABLES, SCORED = 300, 80


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


def options(draw: random.Random) -> JobOptions:
    encoding = draw.choice([None, None, *ENCODINGS])
    delimiter = draw.choice([None, None, None, ",", ";"])
    if draw.random() < 0.2:
        text = TextOptions(encoding, delimiter, has_header=False)
        return JobOptions(Columns(draw.choice(["1", "2", "9"])), text=text)
    return JobOptions(text=TextOptions(encoding, delimiter), bom=draw.random() < 0.5)


def rows_of(path: Path, text: TextOptions) -> int:
    """Return how many rows a table has; the reader of files counts in another way."""
    with path.open("rb") as file:
        return sum(len(block.lines) for block in open_text(file, text).read_csv().blocks())


def test_no_row_is_lost_and_no_other_error_is_raised(tiny_model: Model, tmp_path: Path):
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    workers = InProcess(functools.partial(Scorer, tiny_model))
    scored = 0
    messages: list[str] = []
    for seed in range(SCORED):
        draw = random.Random(seed)
        path.write_bytes(draw.choice(DAMAGES)(table(draw), draw))
        job = options(draw)
        try:
            plan = Plan(path, format_of(path), format_of(out), job)
        except InvalidInput as err:
            messages.append(str(err))
            continue
        counts = plan.run(out, workers, lambda _rows: None)
        plan.close()
        scored += 1
        body = out.read_bytes()
        text = body.decode()  # it is UTF-8 whatever it was
        assert job.bom <= text.startswith("\ufeff")
        written = TextOptions(delimiter=delimiter_before_answers(text))
        assert counts.answers.sum() == rows_of(path, job.text) == rows_of(out, written), seed

    assert scored > SCORED / 4
    assert len(messages) > SCORED / 10
    assert all(": " in message and "\n" not in message for message in messages)


def delimiter_before_answers(text: str) -> str:
    return text[text.index("gender") - 1]


def test_damaged_text_gives_the_same_rows_in_blocks_of_any_size():
    for seed in range(1000, 1000 + TABLES):
        draw = random.Random(seed)
        body, text = draw.choice(DAMAGES)(table(draw), draw), options(draw).text
        whole, parts = lines_of(body, text, 100_000), lines_of(body, text, draw.choice([1, 50]))

        assert whole == parts, seed


def lines_of(body: bytes, text: TextOptions, block_bytes: int) -> list[str]:
    """Return the rows as they are written, or why the table is refused."""
    try:
        blocks = list(open_text(io.BytesIO(body), text).read_csv(block_bytes).blocks())
    except InvalidInput as err:
        return [str(err)]
    return [line for block in blocks for line in block.lines.to_pylist()]
