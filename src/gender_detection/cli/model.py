"""gender-detection model: show the served model, list versions, and change the champion."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import PREFIX, Settings, registered_model
from ..errors import ArtifactError
from ..model import Model, artifact, store
from . import gate, model_versions
from .registered import open_registry as _registry

if TYPE_CHECKING:
    from ..registry import Registry

CHAMPION = "champion"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    model = commands.add_parser("model", help="show the model, list and promote versions")
    actions = model.add_subparsers(required=True, metavar="ACTION")
    model_versions.add_to(actions)
    promote = actions.add_parser("promote", help="make a version the champion, and serve it")
    promote.add_argument("version", metavar="VERSION")
    promote.add_argument("--alias", default=CHAMPION, help="alias to move (default: champion)")
    gate.add_force(promote)
    promote.set_defaults(command=_promote)
    gate.add_check(actions, _registry)
    rollback = actions.add_parser("rollback", help="make the previous champion the champion again")
    rollback.add_argument("--alias", default=CHAMPION, help="alias to move (default: champion)")
    rollback.set_defaults(command=_rollback)


def _promote(arguments: argparse.Namespace, settings: Settings) -> int:
    registry = _registry(settings)
    version, alias = arguments.version, arguments.alias
    gate.check_allowed(arguments, registry)
    with _publishing(registry, settings, alias, version):
        gate.note_forced(arguments, registry)
        registry.promote(version, alias)
        print(f"version {version} of {registry.model_name} is now {alias}")
    return 0


def _rollback(arguments: argparse.Namespace, settings: Settings) -> int:
    registry = _registry(settings)
    alias = arguments.alias
    _, previous = registry.previous(alias)
    with _publishing(registry, settings, alias, previous):
        before, now = registry.rollback(alias)
        print(f"version {now} of {registry.model_name} is {alias} again, instead of {before}")
    return 0


@contextmanager
def _publishing(
    registry: "Registry", settings: Settings, alias: str, version: str
) -> Iterator[None]:
    """Publish the version to which the block gives an alias, if the alias decides what is served.

    The version is downloaded and checked first: one that cannot be served gets no alias.
    """
    if settings.model_uri or alias != CHAMPION:
        yield
        print(_effect(settings, registry, alias))
        return
    model_dir = Path(settings.model_dir)
    with tempfile.TemporaryDirectory() as folder:
        try:
            fetched = registry.download(registry.find(version=version), Path(folder))
            digest = artifact.digest(fetched)
            Model.load(fetched, settings.model_sha256)
        except ArtifactError as err:
            # The message names the version: the temporary folder no longer exists.
            uri = f"models:/{registry.model_name}/{version}"
            raise ArtifactError(str(err).replace(folder, uri)) from err
        yield
        store.publish(model_dir, fetched, version)
    loaded = "running servers load it within a second"
    print(f"it is published in {model_dir}: {loaded} (SHA-256 {digest})")


def _effect(settings: Settings, registry: "Registry", alias: str) -> str:
    """Return what changes for servers if the command itself publishes nothing."""
    if not settings.model_uri:
        return f"the served model does not change: it is the {CHAMPION}"
    served = registered_model(settings.model_uri)
    if served is not None and (served.name, served.alias) == (registry.model_name, alias):
        return f"servers that follow {served} load it within {settings.model_poll_seconds:g} s"
    return f"the served model does not change: {PREFIX}MODEL_URI={settings.model_uri}"
