"""Ways to damage a published version, each drawn by a seed."""

import hashlib
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from gender_detection.model import artifact, store
from gender_detection.model.artifact import MANIFEST, REGISTRATION

Damage = Callable[[Path, random.Random], None]


def flip_a_bit(version: Path, draw: random.Random) -> None:
    path = draw.choice(_files(version))
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def flip_a_bit_of_what_is_sealed(version: Path, draw: random.Random) -> None:
    path = version / draw.choice([MANIFEST, REGISTRATION, "card.md"])
    content = bytearray(path.read_bytes())
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
    path.write_bytes(content)


def damage_the_pointer(version: Path, draw: random.Random) -> None:
    pointer = version.parents[1] / "current.json"
    content = bytearray(pointer.read_bytes())
    if draw.random() < 0.3:
        pointer.write_bytes(content[: draw.randrange(len(content) - 2)])
        return
    # The name of the version, not the space before it.
    content[draw.randrange(len('{"folder": "'), len(content) - 3)] ^= 1 << draw.randrange(8)
    pointer.write_bytes(content)


def give_the_pointer_another_type(version: Path, draw: random.Random) -> None:
    value = draw.choice([None, 7, True, [version.name], {"name": version.name}, "..", "", "\0"])
    text = json.dumps(draw.choice([value, {"folder": value}, {"version": "2"}]))
    (version.parents[1] / "current.json").write_text(text)


def truncate(version: Path, draw: random.Random) -> None:
    path = draw.choice(_files(version))
    os.truncate(path, draw.randrange(path.stat().st_size))


def lengthen(version: Path, draw: random.Random) -> None:
    with draw.choice(_files(version)).open("ab") as file:
        file.write(draw.randbytes(draw.randint(1, 9)))


def remove(version: Path, draw: random.Random) -> None:
    draw.choice(_files(version)).unlink()


def remove_all(version: Path, draw: random.Random) -> None:
    shutil.rmtree(version)


def put_something_else_in_place(version: Path, draw: random.Random) -> None:
    path = draw.choice(_files(version))
    moved = path.rename(version.parents[2] / f"moved {path.name}")
    match draw.choice(["folder", "link", "dangling link", "pipe"]):
        case "folder":
            path.mkdir()
        case "link":
            path.symlink_to(moved)
        case "dangling link":
            path.symlink_to(version / "nowhere")
        case "pipe":
            os.mkfifo(path)


def exchange_two_files(version: Path, draw: random.Random) -> None:
    first, second = draw.sample(_files(version), 2)
    kept = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(kept)


def mistype_the_manifest(version: Path, draw: random.Random) -> None:
    """Say something of another type, under checksums that hold."""
    manifest = json.loads((version / MANIFEST).read_text())
    where = draw.choice(
        [("format",), ("files",), ("documents",), ("name",), ("data_version",), ("parameters",),
         ("pattern",), ("metrics",), ("pattern", "ngrams"), ("pattern", "bias"),
         ("pattern", "ngrams", "bits"), ("parameters", "threshold"), ("parameters", "min_count")]
    )  # fmt: skip
    within = manifest
    for step in where[:-1]:
        within = within[step]
    if draw.random() < 0.2 and where != ("documents",) and where[0] != "parameters":
        del within[where[-1]]
    else:
        within[where[-1]] = draw.choice([None, [], "text", [1], -1e9, float("nan"), [[[]]]])
    _seal(version, manifest)


def mistype_an_array(version: Path, draw: random.Random) -> None:
    """Put an array of another type or shape in place, under checksums that hold."""
    path = draw.choice(sorted(version.glob("*.npy")))
    array = np.load(path)
    others = [array.astype(np.complex64), array.astype("S3"), array[:-1], array[:, None], array[0]]
    with path.open("wb") as file:
        np.save(file, draw.choice(others), allow_pickle=False)
    manifest = json.loads((version / MANIFEST).read_text())
    content = path.read_bytes()
    facts = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    manifest["files"][path.name] = facts
    _seal(version, manifest)


KINDS: list[Damage] = [
    flip_a_bit, flip_a_bit_of_what_is_sealed, damage_the_pointer, give_the_pointer_another_type,
    truncate, lengthen, remove, remove_all, put_something_else_in_place, exchange_two_files,
    mistype_the_manifest, mistype_an_array,
]  # fmt: skip


def damage(version: Path, seed: int) -> str:
    """Damage a version that is the current one, in one of all ways; return which."""
    kind = KINDS[seed % len(KINDS)]
    kind(version, random.Random(seed))
    return kind.__name__


def _files(version: Path) -> list[Path]:
    return sorted(version.iterdir())


def _seal(version: Path, manifest: dict[str, Any]) -> None:
    """Make all checksums and names right, so that the content alone is wrong."""
    (version / MANIFEST).write_bytes(artifact.seal(manifest))
    artifact.register(version, "2")
    named = version.rename(version.with_name(store._name("2", artifact.digest(version))))
    (version.parents[1] / "current.json").write_text(json.dumps({"folder": named.name}))
