"""Clients that send a CSV table to POST /predict: normal, slow, and one that stops reading."""

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
from typing import Literal

from gender_detection.model import Model, Person, Prediction, store

from .people import people

POOL = 50_000
SAMPLE_EVERY = 997
COLUMNS = ["id", "name", "country", "note"]
CHUNK = 1 << 20
SlowBody = Literal["head", "json", "csv"]
HEAD = b"POST /predict HTTP/1.1\r\nHost: load-test\r\n"


@dataclass(frozen=True)
class Streamed:
    """The answer to a table: rows, and how many of them differ from those sent.

    sampled rows were compared with the model's predictions, and wrong of them differ. Seconds are
    those from the start of the request to the first and the last bytes of the answer.
    """

    rows: int
    changed: int
    sampled: int
    wrong: int
    first_seconds: float
    seconds: float


def make_table(path: Path, rows: int) -> None:
    """Write a table of this many rows, in which people and names repeat as in real tables."""
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
    """Send a table, read the answer (meanwhile, or when everything is sent), and compare them."""
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
        raise SystemExit("the header of the answer does not begin with the header sent")
    rows = changed = 0
    sample: list[list[str]] = []
    for row in answered:
        changed += row[: len(COLUMNS)] != next(sent, None)
        if rows % SAMPLE_EVERY == 0:
            sample.append(row)
        rows += 1
    persons = [Person(name=row[1], country=row[2] or None) for row in sample]
    pairs = zip(sample, model.predict(persons), strict=True)
    wrong = sum(row[len(COLUMNS) :] != _cells(prediction) for row, prediction in pairs)
    return rows, changed + sum(1 for _ in sent), len(sample), wrong


def _cells(p: Prediction) -> list[str]:
    # CSV has the shortest form of a number: 1, not 1.0.
    values = [p.gender, p.probability, p.p_female, p.basis, p.reason]
    return ["" if x is None else f"{x:g}" if isinstance(x, float) else str(x) for x in values]


async def send_slowly(port: int, kind: SlowBody, at_most: float) -> float:
    """Send one byte a second: of headers, of a JSON body, or of a CSV body.

    Return the seconds until the server closed the connection, infinity if it did not.
    """
    start_of_request = {
        "head": HEAD + b"X-Slow: ",
        "json": HEAD + b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n",
        "csv": HEAD + b"Content-Type: text/csv\r\nContent-Length: 100000\r\n\r\nname\r\n",
    }[kind]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    start = time.perf_counter()
    writer.write(start_of_request)
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
    """Send a table, read only the start of the answer, and return the connection."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
    connection.connect(("127.0.0.1", port))
    send(connection, path)
    list(islice(iter(lambda: connection.recv(1024), b""), 4))
    return connection
