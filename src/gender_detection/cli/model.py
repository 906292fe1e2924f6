"""gender-detection model: look at the model that is there."""

import argparse
from pathlib import Path

import msgspec

from ..config import Settings
from ..model import Model, artifact, store


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its actions."""
    model = commands.add_parser("model", help="look at the model")
    actions = model.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print the model's version, parameters and metrics")
    show.set_defaults(command=_show)


def _show(arguments: argparse.Namespace, settings: Settings) -> int:
    folder = store.current(Path(settings.model_dir))
    model = Model.load(folder)
    manifest = artifact.read_manifest(folder)
    shown = {"version": model.version, "folder": str(folder), **manifest}
    print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    return 0
