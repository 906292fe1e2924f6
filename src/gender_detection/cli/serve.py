"""gender-detection serve: the REST API."""

import argparse
import os
import sys

from ..config import Settings, misspelt
from ..interrupts import ending_at_once


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    serve = commands.add_parser("serve", help="serve the REST API")
    serve.set_defaults(command=_serve)


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    with ending_at_once():
        # Only this command needs the API and its server.
        from ..api import wsgi
        from ..serving.server import serve

    for sentence in misspelt(os.environ):
        print(f"warning: {sentence}", file=sys.stderr)
    return serve(settings, wsgi)
