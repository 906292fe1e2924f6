"""The command line: gender-detection predict, serve, model."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from .config import Settings
from .errors import GenderDetectionError
from .model import Model, Person, Prediction, artifact, store


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; what is wrong is said in one line."""
    arguments = _parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal that cannot show a name's letters gets their numbers instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = arguments.command(arguments, Settings.from_env())
        sys.stdout.flush()
        return code
    except GenderDetectionError as err:
        print(f"error: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read our output (head, less) has left; that is no fault.
        _discard_output()
        return 0
    except OSError as err:
        print(f"error: {err}; free the disk or allow access to it", file=sys.stderr)
        _discard_output()
        return 1


def _discard_output() -> None:
    """Keep Python from writing what is left, and failing again, when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gender-detection",
        description="Infer from a personal name how that name is gendered, and how sure that is. "
        "It says nothing about who somebody is.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    predict = commands.add_parser("predict", help="answer names given here")
    predict.add_argument("names", nargs="+", metavar="NAME")
    predict.add_argument("--country", type=_country, help="ISO 3166-1 alpha-2 code, such as IT")
    predict.add_argument("--threshold", type=float, help="answer from this probability on")
    predict.add_argument("--female-share", type=float, help="known share of women among them")
    predict.add_argument("--json", action="store_true", help="one JSON object a line")
    predict.set_defaults(command=_predict)

    serve = commands.add_parser("serve", help="serve the REST API")
    serve.set_defaults(command=_serve)

    model = commands.add_parser("model", help="look at the model")
    actions = model.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser("show", help="print the model's version, parameters and metrics")
    show.set_defaults(command=_model_show)
    return parser


def _country(code: str) -> str:
    if len(code) == 2 and code.isascii() and code.isalpha():
        return code.upper()
    raise argparse.ArgumentTypeError(f"{code!r} is no ISO 3166-1 alpha-2 code, such as IT")


def _predict(arguments: argparse.Namespace, settings: Settings) -> int:
    model = Model.load(store.current(Path(settings.model_dir)))
    # Bytes that are no text in the terminal's encoding could not be printed again.
    names = [name.encode(errors="replace").decode() for name in arguments.names]
    people = [Person(name=name, country=arguments.country) for name in names]
    predictions = model.predict(
        people, threshold=arguments.threshold, female_share=arguments.female_share
    )
    for prediction in predictions:
        print(msgspec.json.encode(prediction).decode() if arguments.json else _line(prediction))
    return 0


def _line(prediction: Prediction) -> str:
    if prediction.probability is None:
        return f"{prediction.name}: unknown ({prediction.reason})"
    if prediction.gender == "unknown":
        likelier = "female" if (prediction.p_female or 0) > 0.5 else "male"
        why = f"{prediction.reason}, {likelier} at {prediction.probability:.1%}"
        return f"{prediction.name}: unknown ({why})"
    return (
        f"{prediction.name}: {prediction.gender} at {prediction.probability:.1%} "
        f"(by {prediction.basis})"
    )


def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    from .serving import serve  # the server is needed by this command alone

    return serve(settings)


def _model_show(arguments: argparse.Namespace, settings: Settings) -> int:
    folder = store.current(Path(settings.model_dir))
    model = Model.load(folder)
    manifest = artifact.read_manifest(folder)
    shown = {"version": model.version, "folder": str(folder), **manifest}
    print(msgspec.json.format(msgspec.json.encode(shown), indent=2).decode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
