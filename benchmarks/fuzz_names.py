"""Ask names and model for any string there is, each twice and in other company.

    python benchmarks/fuzz_names.py --count 200000 --seed 1

A fault is an exception, a call that takes longer than it may, an answer that differs in another
batch or order, or one that breaks what the library promises of every answer. Ends with code 1
where there are faults. The digest is of all answers: equal for the same count, seed and code, on
any number of processes. The model is the one that is served (setting GENDER_DETECTION_MODEL_DIR).
"""

import argparse
import hashlib
import json
import math
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

from any_text import any_text

from gender_detection.config import Settings
from gender_detection.errors import GenderDetectionError
from gender_detection.model import Model, Person, Prediction, store
from gender_detection.names import key, parse, parse_parts, statement_key
from gender_detection.names.text import MAX_CHARACTERS

CHUNK = 1_000
LARGEST_BATCH = 1_000
# Every how manieth string is also read as what a source or separate fields would say.
OTHER_READINGS = 10
# Of given and family names together: a text each, and 16 words, in which "Md" becomes Mohammad.
MOST_LETTERS = 2 * MAX_CHARACTERS + 16 * 6
COUNTRIES = (
    None, None, None, "", "IT", "US", "DE", "es", "FR", "BR", "CN", "TW", "KR", "JP", "VN", "HU",
    "RU", "UA", "TR", "GR", "IL", "IN", "BD", "TH", "MM", "xx", "Italy", "ß", "\ud800", "1\x00",
)  # fmt: skip
SILENT = ("empty", "initials", "not_a_name")
FAULTS_SHOWN = 20


@dataclass
class Fault:
    """What went wrong with which string; chunk and index find it again."""

    kind: str
    chunk: int
    index: int
    text: str
    detail: str


@dataclass
class Findings:
    """What came of one chunk or of several."""

    count: int = 0
    digests: dict[int, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    slowest_ms: float = 0.0
    slowest: str = ""
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Findings") -> None:
        """Take in what came of another chunk."""
        self.count += other.count
        self.digests |= other.digests
        self.faults += other.faults
        self.reasons += other.reasons
        if other.slowest_ms > self.slowest_ms:
            self.slowest_ms, self.slowest = other.slowest_ms, other.slowest

    @property
    def digest(self) -> str:
        """The digest of all answers, in the order of the chunks."""
        return _digest(*(self.digests[chunk] for chunk in sorted(self.digests)))


class Chunk:
    """The strings of one chunk, the same for the same seed, and what is found in them."""

    def __init__(self, model: Model, seed: int, number: int, size: int, limit_ms: float):
        self.model, self.number, self.limit_ms = model, number, limit_ms
        self.random = Random(f"{seed} {number}")
        self.people = [self._person() for _ in range(size)]
        self.found = Findings(count=size)

    def _person(self) -> Person:
        country = self.random.choice(COUNTRIES)
        text = any_text(self.random)
        if self.random.random() < 0.7:
            return Person(name=text, country=country)
        family = any_text(self.random) if self.random.random() < 0.9 else None
        return Person(given_name=text, family_name=family, country=country)

    def run(self) -> Findings:
        """Ask for everything twice and return what was found."""
        read = [self._timed(index, "read", self._read, index) for index in range(self.found.count)]
        order = list(range(self.found.count))
        first = self._predictions(order)
        self.random.shuffle(order)
        second = self._predictions(order)
        for index, prediction in enumerate(first):
            if prediction != second[index]:
                self._fault("differs in another batch", index, f"{prediction} {second[index]}")
            if prediction is not None:
                self._check(index, prediction)
        self.found.digests[self.number] = _digest(*map(repr, read), *map(repr, first))
        return self.found

    def _read(self, index: int) -> tuple[Any, ...]:
        """Return all that names say of a string; note where that is not as promised."""
        person = self.people[index]
        text = person.name if person.name is not None else person.given_name or ""
        folded = key(text)
        parsed = parse(text, person.country)
        readings, of_a_source = [parsed], None
        if index % OTHER_READINGS == 0:
            readings.append(parse_parts(text, person.family_name, person.country))
            of_a_source = statement_key(text)
        if key(folded) != folded:
            self._fault("key is not its own key", index, f"{folded} {key(folded)}")
        if len(folded) > 64 or not (folded.isascii() and (folded.isalpha() or not folded)):
            self._fault("key is not letters", index, folded)
        for reading in readings:
            letters = sum(map(len, [*reading.given, reading.family or ""]))
            if letters > MOST_LETTERS or len(reading.keys) > 4:
                self._fault("reading is too long", index, f"{letters} {len(reading.keys)}")
            if (reading.reason is None) != bool(reading.keys):
                self._fault("reading has neither keys nor reason", index, repr(reading)[:300])
        return folded, readings, of_a_source

    def _predictions(self, order: list[int]) -> list[Prediction | None]:
        """Return predictions by index, asked for in this order and in batches of any size."""
        answers: list[Prediction | None] = [None] * len(order)
        for batch in self._batches(order):
            asked = [self.people[index] for index in batch]
            kind = "predict" if len(batch) == 1 else "predict many"
            found = self._timed(batch[0], kind, self.model.predict, asked)
            if found is None and len(batch) > 1:
                # Some string in it is at fault: ask for each alone to see which.
                alone = [self._timed(i, "predict", self.model.predict, [self.people[i]])
                         for i in batch]  # fmt: skip
                found = [answer[0] if answer else None for answer in alone]
            for index, answer in zip(batch, found or [None], strict=True):
                answers[index] = answer
        return answers

    def _batches(self, order: list[int]) -> Iterator[list[int]]:
        start = 0
        while start < len(order):
            size = int(math.exp(self.random.uniform(0, math.log(LARGEST_BATCH))))
            yield order[start : start + size]
            start += size

    def _check(self, index: int, answer: Prediction) -> None:
        silent = answer.probability is None
        if silent and (answer.reason not in SILENT or answer.basis or answer.gender != "unknown"):
            self._fault("answer without a probability", index, repr(answer)[:300])
        if not silent and not (0.5 <= answer.probability <= 1 and answer.basis):  # type: ignore[operator]
            self._fault("answer without a basis", index, repr(answer)[:300])
        self.found.reasons[answer.reason or f"{answer.gender} by {answer.basis}"] += 1

    def _timed(self, index: int, what: str, call: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a call returns, None where it raises; note that, and how long it took."""
        took, again = math.inf, 3
        while again:
            with _Raised() as raised:
                # Of this thread's processor time: other programs on the machine do not count.
                start = time.thread_time()
                result = call(*arguments)
                took = min(took, 1000 * (time.thread_time() - start))
            if raised.error is not None:
                self._fault("exception", index, f"{what}: {raised.error!r}")
                return None
            # A busy machine still slows a call down now and then; three times in a row it does not.
            again = again - 1 if took > self.found.slowest_ms and what != "predict many" else 0
        if what != "predict many":
            if took > self.found.slowest_ms:
                self.found.slowest_ms, self.found.slowest = took, f"{what}, {self._shown(index)}"
            if took > self.limit_ms:
                self._fault("slow", index, f"{what}: {took:.1f} ms")
        return result

    def _shown(self, index: int) -> str:
        return f"chunk {self.number}, index {index}: {_ascii(self.people[index])}"

    def _fault(self, kind: str, index: int, detail: str) -> None:
        person = self.people[index]
        self.found.faults.append(Fault(kind, self.number, index, _ascii(person), detail))


class _Raised:
    """Holds what a block raised; unlike a caught exception, of whatever class it is."""

    error: BaseException | None = None

    def __enter__(self) -> "_Raised":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:  # fmt: skip
        self.error = error
        return isinstance(error, Exception)


def _ascii(person: Person) -> str:
    shown = ascii([person.name, person.given_name, person.family_name, person.country])
    return shown if len(shown) <= 300 else f"{shown[:300]}... ({len(shown)} characters)"


def _digest(*texts: str) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode("utf-8", "backslashreplace") + b"\0")
    return digest.hexdigest()


_MODEL: list[Model] = []


def _start_worker(folder: str) -> None:
    _MODEL.append(Model.load(Path(folder)))


def _run_chunk(task: tuple[int, int, int, float]) -> Findings:
    seed, number, size, limit_ms = task
    return Chunk(_MODEL[0], seed, number, size, limit_ms).run()


def fuzz(folder: Path, count: int, seed: int, processes: int, limit_ms: float) -> Findings:
    """Ask for count strings in several processes; progress goes to standard error."""
    sizes = [min(CHUNK, count - start) for start in range(0, count, CHUNK)]
    tasks = [(seed, number, size, limit_ms) for number, size in enumerate(sizes)]
    findings, begun, told = Findings(), time.monotonic(), 0.0
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, _start_worker, (str(folder),)) as pool:
        for chunk in pool.imap_unordered(_run_chunk, tasks):
            findings.add(chunk)
            seconds = time.monotonic() - begun
            if seconds - told > 5 or findings.count == count:
                told = seconds
                rate = findings.count / seconds
                print(
                    f"{findings.count:,} of {count:,} strings, {rate:,.0f}/s, "
                    f"{(count - findings.count) / rate:,.0f} s left, {len(findings.faults)} faults,"
                    f" slowest call {findings.slowest_ms:.1f} ms",
                    file=sys.stderr, flush=True,
                )  # fmt: skip
    return findings


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit-ms", type=float, default=50.0, help="of one call for one string")
    asked = parser.parse_args(arguments)
    try:
        folder = store.current(Path(Settings.from_env().model_dir))
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    found = fuzz(folder, asked.count, asked.seed, asked.processes, asked.limit_ms)
    for fault in found.faults[:FAULTS_SHOWN]:
        print(json.dumps(asdict(fault)))
    summary = {
        "count": found.count, "seed": asked.seed, "faults": len(found.faults),
        "slowest_ms": round(found.slowest_ms, 2), "slowest": found.slowest,
        "answers": dict(found.reasons.most_common()), "digest": found.digest,
    }  # fmt: skip
    print(json.dumps(summary, indent=2))
    return 1 if found.faults else 0


if __name__ == "__main__":
    sys.exit(main())
