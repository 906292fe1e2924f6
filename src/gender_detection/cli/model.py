"""gender-detection model: show the served model, list versions, and change the champion."""

import argparse
import datetime
import importlib.util
import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .. import compiled
from ..config import PREFIX, Settings, registered_model
from ..errors import ArtifactError, ConfigError, ModelNotFound
from ..interrupts import ending_at_once
from ..model import Model, artifact, store
from . import gate

if TYPE_CHECKING:
    from ..registry import Registry

CHAMPION = "champion"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    model = commands.add_parser("model", help="show the model, list and promote versions")
    actions = model.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print the model card: purpose, accuracy and limits")
    show.add_argument("--json", action="store_true", help="print parameters and metrics as JSON")
    show.set_defaults(command=_show)
    listed = actions.add_parser("list", help="list the versions in the registry")
    listed.set_defaults(command=_list)
    promote = actions.add_parser("promote", help="make a version the champion, and serve it")
    promote.add_argument("version", metavar="VERSION")
    promote.add_argument("--alias", default=CHAMPION, help="alias to move (default: champion)")
    gate.add_force(promote)
    promote.set_defaults(command=_promote)
    gate.add_check(actions, _registry)
    rollback = actions.add_parser("rollback", help="make the previous champion the champion again")
    rollback.set_defaults(command=_rollback)


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    folder = store.served(Path(settings.model_dir), settings.model_uri)
    model = Model.load(folder, settings.model_sha256)
    manifest = artifact.read_manifest(folder)
    digest = artifact.digest(folder)
    if not arguments.json:
        heading = f"{model.name}, version {model.version}, in {folder}\nSHA-256 {digest}"
        heading += f"\n{compiled.describe()}"
        print(_card(heading, folder, manifest))
        return 0
    shown = {"version": model.version, "folder": str(folder), "digest": digest, **manifest}
    shown["uncompiled"] = compiled.uncompiled()
    print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    return 0


def _card(heading: str, folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return the model card for a terminal; raise ModelNotFound where the model has none."""
    with ending_at_once():
        from .. import card  # only this action needs it

    text = artifact.load_documents(folder, manifest).get(card.FILE)
    if text is None:
        raise ModelNotFound(
            f"the model in {folder} has no card: train it again with 'make train', or print its "
            "parameters with --json"
        )
    return card.plain(f"{heading}\n\n{text}")


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    versions = _registry(settings).versions()
    print(f"{'VERSION':<9}{'CREATED':<22}ALIASES")
    for version in versions:
        created = datetime.datetime.fromtimestamp(version.created / 1000, datetime.UTC)
        aliases = ", ".join(version.aliases)
        print(f"{version.number:<9}{created:%Y-%m-%d %H:%M UTC}  {aliases}".rstrip())
    return 0


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
    _, previous = registry.previous(CHAMPION)
    with _publishing(registry, settings, CHAMPION, previous):
        before, now = registry.rollback(CHAMPION)
        print(f"version {now} of {registry.model_name} is {CHAMPION} again, instead of {before}")
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


def _registry(settings: Settings) -> "Registry":
    """Return the registry of the served model, or that of the model trained here."""
    if importlib.util.find_spec("mlflow") is None:
        raise ConfigError(
            "the registry needs MLflow's client, which is not installed: "
            "run 'pip install mlflow-skinny'"
        )
    with ending_at_once():
        from ..registry import Registry, limit_waiting  # only these actions need it

    limit_waiting()
    # Hide the log lines of retries and downloads; the final error is reported.
    for library in ("urllib3", "mlflow"):
        logging.getLogger(library).setLevel(logging.ERROR)
    served = registered_model(settings.model_uri)
    return Registry(settings.tracking_uri, served.name if served else settings.model_name)
