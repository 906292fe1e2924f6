"""Clients that send a CSV table to POST /predict, and some that do it badly."""

import asyncio
import csv
import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from people import people

from gender_detection.model import Model, Person, Prediction, store

POOL = 50_000
SAMPLE_EVERY = 997
COLUMNS = ["id", "name", "country", "note"]
CHUNK = 1 << 20
HEAD = b"POST /predict HTTP/1.1\r\nHost: drill\r\n"


@dataclass(frozen=True)
class Streamed:
    """What came back of a table: rows, those of them that differ from what was sent or, in a
    sample, from what the model says, and when the first bytes and the last came."""

    rows: int
    changed: int
    sampled: int
    wrong: int
    first_seconds: float
    seconds: float


def make_table(path: Path, rows: int) -> None:
    """Write a table of so many rows, in which people and names come again as they do in life."""
    random = Random("table")
    pool = [(_full_name(person), person.country or "") for person in people(POOL, seed=3)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, (name, country) in enumerate(random.choices(pool, k=rows)):
            writer.writerow((number, name, country, 'a "note", with a comma'))


def _full_name(person: Person) -> str:
    return person.name or f"{person.given_name} {person.family_name}"


def stream(port: int, path: Path, reads_meanwhile: bool, model_dir: Path) -> Streamed:
    """Send a table and read the answer, meanwhile or when all is sent; compare them."""
    model = Model.load(store.current(model_dir))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        start = time.perf_counter()
        sending = threading.Thread(target=send, args=(connection, path))
        sending.start()
        if not reads_meanwhile:
            sending.join()
        answer = http.client.HTTPResponse(connection, method="POST")
        answer.begin()
        first = time.perf_counter() - start
        if answer.status != http.client.OK:
            raise SystemExit(f"status {answer.status}: {answer.read(1000).decode()}")
        rows = csv.reader(io.TextIOWrapper(answer, "utf-8", newline=""))
        with path.open(encoding="utf-8", newline="") as file:
            counts = _compare(csv.reader(file), rows, model)
        sending.join()
    return Streamed(*counts, first, time.perf_counter() - start)


def send(connection: socket.socket, path: Path) -> None:
    """Send a table as one request."""
    head = HEAD + b"Content-Type: text/csv\r\nContent-Length: %d\r\n\r\n" % path.stat().st_size
    connection.sendall(head)
    with path.open("rb") as file:
        while part := file.read(CHUNK):
            connection.sendall(part)


def _compare(
    sent: Iterator[list[str]], answered: Iterator[list[str]], model: Model
) -> tuple[int, int, int, int]:
    next(sent)
    if next(answered)[: len(COLUMNS)] != COLUMNS:
        raise SystemExit("the header of the answer is not the one sent, with columns appended")
    rows = changed = 0
    sample: list[list[str]] = []
    for row in answered:
        changed += row[: len(COLUMNS)] != next(sent, None)
        if rows % SAMPLE_EVERY == 0:
            sample.append(row)
        rows += 1
    asked = [Person(name=row[1], country=row[2] or None) for row in sample]
    said = model.predict(asked)
    wrong = sum(row[len(COLUMNS) :] != _cells(p) for row, p in zip(sample, said, strict=True))
    return rows, changed + sum(1 for _ in sent), len(sample), wrong


def _cells(said: Prediction) -> list[str]:
    # Equal to what a cell holds where it is written as short as can be: 1 for 1.0.
    shown = [said.gender, said.probability, said.p_female, said.basis, said.reason]
    return ["" if x is None else f"{x:g}" if isinstance(x, float) else str(x) for x in shown]


async def drip(port: int, kind: str, at_most: float) -> float:
    """Send one byte a second, of a head, a JSON or a CSV body; return the seconds until the server
    ended it, infinity where it did not."""
    sent = {
        "head": HEAD + b"X-Slow: ",
        "json": HEAD + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
        "csv": HEAD + b"Content-Type: text/csv\r\nContent-Length: 100000\r\n\r\nname\r\n",
    }[kind]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start = time.perf_counter()
    writer.write(sent)
    answer = asyncio.create_task(_read_to_end(reader))
    while not answer.done() and time.perf_counter() < start + at_most:
        writer.write(b"a")
        await asyncio.wait([answer], timeout=1)
    ended = time.perf_counter() - start if answer.done() else float("inf")
    answer.cancel()
    writer.close()
    return ended


async def _read_to_end(reader: asyncio.StreamReader) -> None:
    try:
        await reader.read()
    except ConnectionError:
        return


def stop_reading(port: int, path: Path) -> socket.socket:
    """Send a table, read the start of the answer and no more; return the connection."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    connection.connect(("127.0.0.1", port))
    send(connection, path)
    list(islice(iter(lambda: connection.recv(1024), b""), 4))
    return connection
