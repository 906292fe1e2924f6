"""gender-detection model show, list and diff: where versions come from, and how they differ."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from .. import compiled
from ..config import Settings
from ..errors import ModelNotFound
from ..interrupts import ending_at_once
from ..model import Model, artifact, store
from .registered import VERSION_HELP, lineage_of, open_registry, registered

WHERE_FROM = "Where this version comes from: gender-detection model show "


def add_to(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions."""
    show = actions.add_parser(
        "show", help="print the card of the served model, or where a version comes from"
    )
    show.add_argument(
        "version",
        nargs="?",
        metavar="VERSION",
        help=f"print where this version comes from, and how to make it again: {VERSION_HELP}",
    )
    show.add_argument("--json", action="store_true", help="print all that is known as JSON")
    show.set_defaults(command=_show)
    listed = actions.add_parser("list", help="list the versions in the registry, with figures")
    listed.add_argument("--json", action="store_true", help="print the list as JSON")
    listed.set_defaults(command=_list)
    diff = actions.add_parser(
        "diff", help="print what changed from one version to another: data, figures, answers"
    )
    diff.add_argument("before", metavar="BEFORE", help=VERSION_HELP)
    diff.add_argument("after", metavar="AFTER", help="the same")
    diff.add_argument("--json", action="store_true", help="print all changes as JSON")
    diff.set_defaults(command=_diff)


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    if arguments.version is not None:
        return _show_lineage(arguments, settings)
    folder = store.served(Path(settings.model_dir), settings.model_uri)
    model = Model.load(folder, settings.model_sha256)
    manifest = artifact.read_manifest(folder)
    digest = artifact.digest(folder)
    if not arguments.json:
        heading = f"{model.name}, version {model.version}, in {folder}\nSHA-256 {digest}"
        heading += f"\n{compiled.describe()}"
        if model.version != artifact.Registration().version:
            heading += f"\n{WHERE_FROM}{model.version}"
        print(_card(heading, folder, manifest))
        return 0
    shown = {"version": model.version, "folder": str(folder), "digest": digest, **manifest}
    shown["uncompiled"] = compiled.uncompiled()
    _print_json(shown)
    return 0


def _show_lineage(arguments: argparse.Namespace, settings: Settings) -> int:
    with ending_at_once():
        from ..lineage import document, text  # they import the card, as _card() does

    lineage, page = lineage_of(arguments.version, settings)
    if arguments.json:
        _print_json(document.as_document(lineage, page))
    else:
        print(text.as_text(lineage, page))
    return 0


def _list(arguments: argparse.Namespace, settings: Settings) -> int:
    with ending_at_once():
        from ..lineage import document, text

    registry = open_registry(settings)
    lineages = [registry.lineage(version, of_run=False) for version in registry.versions()]
    if arguments.json:
        _print_json([document.in_list(lineage) for lineage in lineages])
    else:
        print(text.listed(lineages))
    return 0


def _diff(arguments: argparse.Namespace, settings: Settings) -> int:
    with ending_at_once():
        from ..lineage import answers, changes, changes_text

    registry = open_registry(settings)
    versions = [registry.resolve(named) for named in (arguments.before, arguments.after)]
    found = changes.between(*(registry.lineage(version) for version in versions))
    models = [registered(registry, version, Path(settings.model_dir)) for version in versions]
    found["answers"] = answers.compare(*models)
    if arguments.json:
        _print_json(found)
    else:
        print(changes_text.as_text(found))
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


def _print_json(value: object) -> None:
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
