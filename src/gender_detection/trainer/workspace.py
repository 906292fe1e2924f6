"""The folder of a training, in which each step keeps what it made, whole or not at all."""

import json
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..config import PREFIX, Settings
from ..errors import ConfigError, DatasetError
from ..whole_files import write_whole

BEGUN = "training.json"
# The steps, in their order, each of which needs those before it; and what each keeps: its result,
# which shows that it is done.
FILES = {
    "fit": "fitted.npz",
    "calibrate": "calibration.json",
    "assemble": "assembled",
    "evaluate": "metrics.json",
    "card": "artifact",
    "register": "registered.json",
    "gate": "verdict.json",
    "publish": "published.json",
}
# Older ones are removed when a training begins: a task may be repeated as long as they are there.
KEPT = 3
# What an interrupted step has not changed.
UNCHANGED = "the served model is unchanged"
_UNSAFE = re.compile(r"[^A-Za-z0-9_.+-]+")


def named(settings: Settings) -> str:
    """Return the name of the training in the settings; raise ConfigError if there is none."""
    if not settings.training_run:
        raise ConfigError(f"{PREFIX}TRAINING_RUN is not set: give the training a name")
    return settings.training_run


def folder_of(trainings: Path, name: str) -> Path:
    """Return the folder of the training with a name."""
    return trainings / (_UNSAFE.sub("_", name).strip(".") or "training")


class Workspace:
    """The files of one training, below a folder of all trainings."""

    def __init__(self, trainings: Path, name: str) -> None:
        """Make the folder of the training with a name, such as that of Airflow's run."""
        self.folder = folder_of(trainings, name)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.touch()
        others = sorted(trainings.iterdir(), key=lambda path: path.stat().st_mtime)
        for old in others[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)

    def forget(self, step: str) -> None:
        """Remove the results of a step and of those after it, so that they are run again."""
        steps = [*FILES]
        for later in reversed(steps[steps.index(step) :]):
            self.remove(FILES[later])

    def has(self, name: str) -> bool:
        """Return whether a file or folder is there."""
        return (self.folder / name).exists()

    def remove(self, name: str) -> None:
        """Remove a file or folder, if it is there."""
        path = self.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)

    def json(self, name: str) -> Any:
        """Return what a JSON file says; raise DatasetError if it cannot be read."""
        path = self.folder / name
        try:
            return json.loads(path.read_bytes())
        except (OSError, ValueError) as err:
            raise DatasetError(f"{path} cannot be read: delete {self.folder}, train again") from err

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Write a JSON file."""
        text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        write_whole(self.folder / name, text.encode())

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays of a file; raise DatasetError if it cannot be read."""
        path = self.folder / name
        try:
            with np.load(path, allow_pickle=False) as found:
                return dict(found)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile) as err:
            raise DatasetError(f"{path} cannot be read: delete {self.folder}, train again") from err

    def write_folder(self, name: str, write: Callable[[Path], None]) -> Path:
        """Let write fill an empty folder, and give it its name when it is complete."""
        unfinished = self.folder / f".{name}.{uuid.uuid4().hex}"
        try:
            write(unfinished)
            self.remove(name)
            return unfinished.rename(self.folder / name)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)

    def write_arrays(self, name: str, **arrays: npt.ArrayLike) -> None:
        """Write a file of arrays."""
        unfinished = self.folder / f".{uuid.uuid4().hex}.npz"
        try:
            np.savez(unfinished, allow_pickle=False, **arrays)
            unfinished.replace(self.folder / name)
        finally:
            unfinished.unlink(missing_ok=True)
