"""Follow a registered model: copy each new version into model_dir, whole, or not at all.

It runs as one process beside the API's workers, which know nothing of a registry: they serve what
is published in model_dir. Whatever happens to the registry, or to a version in it, what was
published last stays there; the follower tries again at its next poll.

    python -m gender_detection.model_sync [--parent PID]
"""

import argparse
import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, fields
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import msgspec

from .config import PREFIX, RegisteredModel, Settings, registered_model
from .error_boundary import ErrorBoundary
from .errors import ArtifactError, ConfigError, ModelNotFound, RegistryError
from .model import Model, store

if TYPE_CHECKING:
    from .registry import Registry, Version

# By name: the module runs as __main__.
log = logging.getLogger("gender_detection.model_sync")

STATUS = "follower.json"
# A refused version is asked for again after one poll, two, four and so on, up to this.
MOST_PAUSE_SECONDS = 3600.0
LOOK_SECONDS = 0.2
# No answer of a registry takes so long; a poll that does is stuck.
POLL_LIMIT_SECONDS = 900.0


class Status(msgspec.Struct):
    """What the follower notes in model_dir for others to read.

    published, refused and failed count versions and polls since it started; contacted is when the
    registry answered last, in Unix time; version and created tell what was published last.
    """

    model: str
    contacted: float = 0.0
    published: int = 0
    refused: int = 0
    failed: int = 0
    version: str = ""
    created: int = 0
    last_error: str = ""


def read_status(model_dir: Path) -> Status | None:
    """Return what the follower noted last; None where it noted nothing that can be read."""
    try:
        return msgspec.json.decode((model_dir / STATUS).read_bytes(), type=Status)
    except (OSError, msgspec.DecodeError):
        return None


class Follower:
    """Keeps what is published in model_dir the version that a registered model names."""

    def __init__(
        self,
        registry: "Registry",
        model: RegisteredModel,
        model_dir: Path,
        pause_seconds: float,
        sha256: str = "",
    ) -> None:
        self._registry = registry
        self._asked = model
        self._model_dir = model_dir
        self._pause = pause_seconds
        self._sha256 = sha256
        self._refused: Version | None = None
        self._refusals = 0
        self._retry_at = 0.0
        before = read_status(model_dir)
        self._status = Status(str(model))
        if before is not None and before.model == str(model):
            self._status.version, self._status.created = before.version, before.created

    def poll(self) -> None:
        """Ask the registry once, and publish what it names unless that is what is published."""
        status = self._status
        last_error = status.last_error
        try:
            wanted = self._registry.find(self._asked.alias, self._asked.version)
            status.contacted = time.time()
            if wanted != self._refused or time.monotonic() >= self._retry_at:
                last_error = "" if self._is_published(wanted) else self._publish(wanted)
        except (RegistryError, ModelNotFound, OSError) as err:
            status.failed += 1
            last_error = str(err)
        if last_error and last_error != status.last_error:
            log.error("%s; what was published last goes on serving", last_error)
        elif status.last_error and not last_error:
            log.info("%s is followed again", self._asked)
        status.last_error = last_error
        self._note()

    def _is_published(self, wanted: "Version") -> bool:
        """Return whether what is published is this version, and whole."""
        if (self._status.version, self._status.created) != (wanted.number, wanted.created):
            return False
        try:
            folder = store.current(self._model_dir)
            return Model.load(folder, self._sha256).version == wanted.number
        except (ArtifactError, ModelNotFound):
            return False

    def _publish(self, wanted: "Version") -> str:
        """Copy a version, check it and publish it; return what is wrong with it, "" if nothing."""
        # Among the versions, so that the next to publish clears away what a killed one left.
        copy = self._model_dir / "versions" / f".{uuid.uuid4().hex}"
        try:
            folder = self._registry.download(wanted, copy)
            Model.load(folder, self._sha256)
            store.publish(self._model_dir, folder, wanted.number)
        except (ArtifactError, ModelNotFound) as err:
            return self._refuse(wanted, err, copy)
        finally:
            shutil.rmtree(copy, ignore_errors=True)
        self._refused, self._refusals = None, 0
        self._status.published += 1
        self._status.version, self._status.created = wanted.number, wanted.created
        log.info("version %s of %s is published", wanted.number, self._asked)
        return ""

    def _refuse(self, wanted: "Version", err: Exception, copy: Path) -> str:
        """Leave a version alone for a while, longer each time; return why."""
        self._refusals = self._refusals + 1 if wanted == self._refused else 1
        self._refused = wanted
        pause = min(self._pause * 2.0 ** min(self._refusals, 30), MOST_PAUSE_SECONDS)
        self._retry_at = time.monotonic() + pause
        self._status.refused += 1
        # Where it was copied to means nothing to anybody: it is gone.
        reason = str(err).replace(str(copy), f"models:/{self._asked.name}/{wanted.number}")
        return f"version {wanted.number} of {self._asked} is refused: {reason}"

    def _note(self) -> None:
        note = self._model_dir / f".{STATUS}.{uuid.uuid4().hex}"
        try:
            self._model_dir.mkdir(parents=True, exist_ok=True)
            note.write_bytes(msgspec.json.encode(self._status))
            note.replace(self._model_dir / STATUS)
        except OSError as err:
            log.error("%s cannot be written: %s", self._model_dir / STATUS, err.strerror)


def start_follower(settings: Settings) -> subprocess.Popen[bytes] | None:
    """Start a process that follows the registered model that model_uri names; None: it names none.

    It ends at SIGTERM, and when this process ends. Raise ConfigError where MLflow is not installed.
    """
    if registered_model(settings.model_uri) is None:
        return None
    if importlib.util.find_spec("mlflow") is None:
        raise ConfigError(
            f"{PREFIX}MODEL_URI={settings.model_uri} needs MLflow's client: pip install "
            "mlflow-skinny, or leave it empty to serve what is in the model folder"
        )
    given = {
        PREFIX + field.name.upper(): str(getattr(settings, field.name))
        for field in fields(settings)
    }
    return subprocess.Popen(
        [sys.executable, "-m", __name__, "--parent", str(os.getpid())],
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
    )


def main(arguments: list[str]) -> int:
    """Follow until SIGTERM, SIGINT or the end of the parent; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gender_detection.model_sync")
    parser.add_argument("--parent", type=int, default=0, help="end with this process")
    parent = parser.parse_args(arguments).parent
    stopping = _stop_event()
    logging.basicConfig(
        level=logging.ERROR, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    log.setLevel(logging.INFO)
    try:
        settings = Settings.from_env()
        model = registered_model(settings.model_uri)
    except ConfigError as err:
        log.error("%s", err)
        return 1
    if model is None:
        log.error("%sMODEL_URI names no registered model: there is nothing to follow", PREFIX)
        return 1
    heartbeat = Heartbeat(time.monotonic())
    # A thread, as a request to a registry cannot be broken off: the process can.
    threading.Thread(target=_follow, args=(settings, model, heartbeat), daemon=True).start()
    while not stopping.wait(LOOK_SECONDS):
        if parent and os.getppid() != parent:
            break
        if time.monotonic() - heartbeat.at > POLL_LIMIT_SECONDS + settings.model_poll_seconds:
            log.error("the registry keeps a poll waiting: starting afresh")
            again = [sys.executable, "-m", "gender_detection.model_sync", *arguments]
            os.execv(sys.executable, again)  # noqa: S606 - there is no shell, nor need of one
    return 0


@dataclass
class Heartbeat:
    """When the last poll ended."""

    at: float


def _stop_event() -> threading.Event:
    """Return an event that SIGTERM and SIGINT set."""
    stopping = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopping.set()

    asked_to_stop = {signal.SIGTERM, signal.SIGINT}
    for number in asked_to_stop:
        signal.signal(number, stop)
    # Whoever starts us may have blocked them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, asked_to_stop)
    return stopping


def _follow(settings: Settings, model: RegisteredModel, heartbeat: Heartbeat) -> None:
    """Poll for ever."""
    from .registry import Registry, limit_waiting

    limit_waiting()
    pause = settings.model_poll_seconds
    registry = Registry(settings.tracking_uri, model.name)
    follower = Follower(registry, model, Path(settings.model_dir), pause, settings.model_sha256)
    while True:
        with ErrorBoundary():
            follower.poll()
        heartbeat.at = time.monotonic()
        time.sleep(pause)


if __name__ == "__main__":
    code = main(sys.argv[1:])
    logging.shutdown()
    # Not the interpreter's own end, which waits for MLflow's threads.
    os._exit(code)
