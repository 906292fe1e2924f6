"""Follow a registered model: publish each new version in model_dir, whole or not at all.

This runs as one process beside the API's workers, which serve the model published in model_dir and
do not use the registry. If the registry fails or a version is damaged, the model published last
stays, and the follower tries again at its next poll.

With shadow_share above 0 it also keeps the challenger, if there is one, in a folder of its own.

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

from . import os_errors
from .config import PREFIX, RegisteredModel, Settings, registered_model
from .error_boundary import ErrorBoundary
from .errors import ArtifactError, ConfigError, ModelNotFound, RegistryError
from .model import Model, store
from .rollback import Rollbacks

if TYPE_CHECKING:
    from .registry import Registry, Version

# Not __name__: the module runs as __main__.
log = logging.getLogger("gender_detection.model_sync")

STATUS = "follower.json"
# Below model_dir, beside the versions that may be served.
CHALLENGERS = "challenger"
# A refused version is downloaded again after one poll, two, four and so on, up to this time.
MAX_PAUSE_SECONDS = 3600.0
CHECK_SECONDS = 0.2
# A poll that takes longer is stuck.
POLL_LIMIT_SECONDS = 900.0


class Status(msgspec.Struct):
    """The status that the follower writes to model_dir for the API's metrics.

    published and refused count versions, failed counts polls, all since the follower started.
    contacted is when the registry last answered, in Unix time. version and created are those of the
    version published last, replaced is the one before it. not_judged is why its answers are not
    compared with those of replaced, "" if they may be; rolled_back and rollbacks_failed count what
    came of that (AUTO_ROLLBACK). last_error is "" if the last poll succeeded.
    """

    model: str
    contacted: float = 0.0
    published: int = 0
    refused: int = 0
    failed: int = 0
    version: str = ""
    created: int = 0
    last_error: str = ""
    replaced: str = ""
    not_judged: str = ""
    rolled_back: dict[str, int] = {}
    rollbacks_failed: int = 0


def read_status(model_dir: Path) -> Status | None:
    """Return the status that the follower wrote last; None if there is none, or it is invalid."""
    try:
        return msgspec.json.decode((model_dir / STATUS).read_bytes(), type=Status)
    except (OSError, msgspec.DecodeError):
        return None


def challenger_dir(model_dir: Path) -> Path:
    """Return the folder in which the challenger is published (model.store), never to be served."""
    return model_dir / CHALLENGERS


class Follower:
    """Keeps the version that a registered model names published in model_dir."""

    kept = "the model published last stays in service"

    def __init__(
        self,
        registry: "Registry",
        model: RegisteredModel,
        model_dir: Path,
        pause_seconds: float,
        sha256: str = "",
        rollbacks: Rollbacks | None = None,
    ) -> None:
        self._registry = registry
        self._rollbacks = rollbacks
        self._model = model
        self._model_dir = model_dir
        self._pause = pause_seconds
        self._sha256 = sha256
        self._refused: Version | None = None
        self._refusals = 0
        self._retry_at = 0.0
        previous = read_status(model_dir)
        self._status = Status(str(model))
        if previous is not None and previous.model == str(model):
            self._status.version, self._status.created = previous.version, previous.created
            self._status.replaced = previous.replaced
            self._status.not_judged = previous.not_judged

    def poll(self) -> None:
        """Ask the registry once, and publish the version that it names unless that is published."""
        status = self._status
        last_error = status.last_error
        try:
            self._roll_back()
            wanted = self._registry.find(self._model.alias, self._model.version)
            status.contacted = time.time()
            if wanted != self._refused or time.monotonic() >= self._retry_at:
                last_error = "" if self._is_published(wanted) else self._publish(wanted)
        except ModelNotFound as err:
            last_error = self._not_found(err)
        except (RegistryError, OSError) as err:
            status.failed += 1
            last_error = str(err)
        if last_error and last_error != status.last_error:
            log.error("%s; %s", last_error, self.kept)
        elif status.last_error and not last_error:
            log.info("%s: the last error is resolved", self._model)
        status.last_error = last_error
        self._write_status()

    def _not_found(self, err: ModelNotFound) -> str:
        """Count a poll that found no such version; return why it failed, or ""."""
        self._status.failed += 1
        return str(err)

    def _is_published(self, wanted: "Version") -> bool:
        """Return whether this version is published, and undamaged."""
        if (self._status.version, self._status.created) != (wanted.number, wanted.created):
            return False
        try:
            folder = store.current(self._model_dir)
            return Model.load(folder, self._sha256).version == wanted.number
        except (ArtifactError, ModelNotFound):
            return False

    def _roll_back(self) -> None:
        """Carry out an order to roll back, if there is one."""
        if self._rollbacks is not None:
            self._rollbacks.carry_out()
            self._status.rolled_back = dict(self._rollbacks.done)
            self._status.rollbacks_failed = self._rollbacks.failed

    def _note_change(self, wanted: "Version", not_judged: str) -> None:
        """Note the version that is published now, and that it replaces another one."""
        if wanted.number != self._status.version:
            self._status.replaced = self._status.version
            self._status.not_judged = not_judged
        self._status.version, self._status.created = wanted.number, wanted.created

    def _publish(self, wanted: "Version") -> str:
        """Download, check and publish a version; return why it is refused, or ""."""
        not_judged = ""
        if self._rollbacks is not None:
            not_judged = self._rollbacks.why_not_judged(wanted.number, self._status.version)
        # In versions/, where the next publication removes what a killed process left.
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
        self._note_change(wanted, not_judged)
        log.info("version %s of %s is published", wanted.number, self._model)
        return ""

    def _refuse(self, wanted: "Version", err: Exception, copy: Path) -> str:
        """Skip a version for a while, longer each time; return why."""
        self._refusals = self._refusals + 1 if wanted == self._refused else 1
        self._refused = wanted
        pause = min(self._pause * 2.0 ** min(self._refusals, 30), MAX_PAUSE_SECONDS)
        self._retry_at = time.monotonic() + pause
        self._status.refused += 1
        # The copy is deleted, so its path would be of no use.
        reason = str(err).replace(str(copy), f"models:/{self._model.name}/{wanted.number}")
        return f"version {wanted.number} of {self._model} is refused: {reason}"

    def _write_status(self) -> None:
        temporary = self._model_dir / f".{STATUS}.{uuid.uuid4().hex}"
        try:
            self._model_dir.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(msgspec.json.encode(self._status))
            temporary.replace(self._model_dir / STATUS)
        except OSError as err:
            path = self._model_dir / STATUS
            log.error("%s", os_errors.describe_for(path, "cannot be written", err))


class ChallengerFollower(Follower):
    """Keeps the challenger published in a folder of its own while a version has that alias."""

    kept = "the challenger fetched last is still asked"

    def _not_found(self, err: ModelNotFound) -> str:
        """Take the challenger away: that there is none, as after a promotion, is no error."""
        status = self._status
        status.contacted = time.time()
        if store.fingerprint(self._model_dir) is not None:
            store.withdraw(self._model_dir)
            log.info("%s is gone: no challenger is asked", self._model)
        status.version, status.created = "", 0
        return ""


def start_follower(settings: Settings) -> subprocess.Popen[bytes] | None:
    """Start a process that follows the registered model in model_uri, and the challenger if there
    is a shadow_share; return None if there is neither.

    It ends at SIGTERM, and when this process ends. Raise ConfigError if MLflow is not installed.
    """
    if (needed_by := _needed_by(settings)) is None:
        return None
    if importlib.util.find_spec("mlflow") is None:
        raise ConfigError(
            f"{PREFIX}{needed_by} needs MLflow's client: pip install mlflow-skinny, or leave the "
            "setting empty to serve the model in the model folder, and no other beside it"
        )
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    environment = {
        PREFIX + name.upper(): "" if value is None else str(value) for name, value in values.items()
    }
    return subprocess.Popen(
        [sys.executable, "-m", __name__, "--parent", str(os.getpid())],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )


def _needed_by(settings: Settings) -> str | None:
    """Return the setting, with its value, for which the registry is followed; None if it is not."""
    if registered_model(settings.model_uri) is not None:
        return f"MODEL_URI={settings.model_uri}"
    return f"SHADOW_SHARE={settings.shadow_share:g}" if settings.shadow_share else None


def main(arguments: list[str]) -> int:
    """Follow until SIGTERM, SIGINT or the end of the parent process; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gender_detection.model_sync")
    parser.add_argument(
        "--parent", type=int, default=0, help="end when the process with this ID ends"
    )
    parent = parser.parse_args(arguments).parent
    stopping = _stop_event()
    logging.basicConfig(
        level=logging.ERROR, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("gender_detection").setLevel(logging.WARNING)
    log.setLevel(logging.INFO)
    try:
        settings = Settings.from_env()
        needed_by = _needed_by(settings)
    except ConfigError as err:
        log.error("%s", err)
        return 1
    if needed_by is None:
        log.error(
            "%sMODEL_URI names no registered model: set it to models:/NAME@ALIAS, or set "
            "%sSHADOW_SHARE to follow the challenger",
            PREFIX,
            PREFIX,
        )
        return 1
    heartbeat = Heartbeat(time.monotonic())
    # In a thread: a request that hangs cannot be cancelled, but the process can be replaced.
    threading.Thread(target=_follow, args=(settings, heartbeat), daemon=True).start()
    while not stopping.wait(CHECK_SECONDS):
        if parent and os.getppid() != parent:
            break
        if time.monotonic() - heartbeat.at > POLL_LIMIT_SECONDS + settings.model_poll_seconds:
            log.error("a poll of the registry does not end: restarting the process")
            command = [sys.executable, "-m", "gender_detection.model_sync", *arguments]
            os.execv(sys.executable, command)  # noqa: S606 - without a shell
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

    stop_signals = {signal.SIGTERM, signal.SIGINT}
    for number in stop_signals:
        signal.signal(number, stop)
    # The parent process may have blocked them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop_signals)
    return stopping


def _follow(settings: Settings, heartbeat: Heartbeat) -> None:
    """Poll until the process ends."""
    # Here, as MLflow takes long to import, and main() must check for the parent meanwhile.
    from .registry import CHALLENGER, Registry, limit_waiting

    limit_waiting()
    model = registered_model(settings.model_uri)
    registry = Registry(settings.tracking_uri, model.name if model else settings.model_name)
    followers = _followers(settings, registry, CHALLENGER)
    while True:
        for follower in followers:
            with ErrorBoundary():
                follower.poll()
        heartbeat.at = time.monotonic()
        time.sleep(settings.model_poll_seconds)


def _followers(settings: Settings, registry: "Registry", challenger: str) -> list[Follower]:
    """Return what follows the registered model in model_uri, if any, and the alias challenger."""
    pause, folder = settings.model_poll_seconds, Path(settings.model_dir)
    followers: list[Follower] = []
    if (model := registered_model(settings.model_uri)) is not None:
        rollbacks = Rollbacks(registry, model.alias, folder) if settings.auto_rollback else None
        sha256 = settings.model_sha256
        followers.append(Follower(registry, model, folder, pause, sha256, rollbacks))
    if settings.shadow_share:
        # Without model_sha256: that is the digest of the model in service.
        other = RegisteredModel(registry.model_name, challenger, "")
        followers.append(ChallengerFollower(registry, other, challenger_dir(folder), pause))
    return followers


if __name__ == "__main__":
    code = main(sys.argv[1:])
    logging.shutdown()
    # Not sys.exit, which would wait for MLflow's threads.
    os._exit(code)
