"""People of known gender, written down here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gender_detection.evaluation import LabelledPerson
from gender_detection.model import Person


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write text, or bytes, to a file of a name, and return its path."""

    def write(content: str | bytes, name: str = "people.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture(scope="session")
def mixed_people() -> list[LabelledPerson]:
    """People for whom the tiny model is right, wrong, unsure or without an answer."""

    def person(name: str, gender: Any, country: str | None = None) -> LabelledPerson:
        return LabelledPerson(Person(name=name, country=country), gender)

    return [
        person("Maria", "female", "IT"),
        person("John", "male", "GB"),
        person("Andrea", "male", "IT"),
        person("Andrea", "female", "IT"),  # wrong
        person("Mrs Smith", "female", "GB"),
        person("Kim", "male"),  # wrong when forced, ambiguous at the threshold
        person("J. R.", "male", "US"),
        person("", "female"),
        person("Maria", None, "IT"),
    ]
