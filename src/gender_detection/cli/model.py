"""gender-detection model: look at the model that is there."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from ..config import Settings
from ..errors import ModelNotFound
from ..model import Model, artifact, store


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    model = commands.add_parser("model", help="look at the model")
    actions = model.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print the model card: what for, how right, where not")
    show.add_argument("--json", action="store_true", help="parameters and metrics as JSON")
    show.set_defaults(command=_show)


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    folder = store.current(Path(settings.model_dir))
    model = Model.load(folder)
    manifest = artifact.read_manifest(folder)
    if not arguments.json:
        print(_card(model, folder, manifest))
        return 0
    shown = {"version": model.version, "folder": str(folder), **manifest}
    print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    return 0


def _card(model: Model, folder: Path, manifest: Mapping[str, Any]) -> str:
    """Return the model card for a terminal; raise ModelNotFound where the model has none."""
    from .. import card  # needed by this action alone

    text = artifact.load_documents(folder, manifest).get(card.FILE)
    if text is None:
        raise ModelNotFound(
            f"the model at {folder} has no card: train it again with 'make train', or look at its "
            "parameters with --json"
        )
    return card.plain(f"{model.name}, version {model.version}, in {folder}\n\n{text}")
