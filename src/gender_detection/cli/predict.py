"""gender-detection predict: predictions for names given on the command line."""

import argparse

import msgspec

from ..config import Settings
from ..model import Person, Prediction
from ..model.answers import percent
from .explained import explanation_lines
from .options import FEMALE_SHARE_HELP, THRESHOLD_HELP, add_family_name_first, country_code
from .served_model import add_corrections, add_model, served_model


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    predict = commands.add_parser("predict", help="print the gender of names given as arguments")
    predict.add_argument("names", nargs="+", metavar="NAME")
    predict.add_argument(
        "--country", type=country_code, help="country of the people, such as IT, ITA, 380 or Italy"
    )
    predict.add_argument("--threshold", type=float, help=THRESHOLD_HELP)
    predict.add_argument("--female-share", type=float, help=FEMALE_SHARE_HELP)
    add_family_name_first(predict)
    add_corrections(predict)
    add_model(predict)
    predict.add_argument("--json", action="store_true", help="print one JSON object per line")
    predict.add_argument(
        "--explain", action="store_true", help="print what each answer rests on below it"
    )
    predict.set_defaults(command=_predict)


def _predict(arguments: argparse.Namespace, settings: Settings) -> int:
    model = served_model(arguments, settings)
    # Bytes that the terminal's encoding cannot decode could not be printed again.
    names = [name.encode(errors="replace").decode() for name in arguments.names]
    people = [Person(name=name, country=arguments.country) for name in names]
    options = {
        "threshold": arguments.threshold,
        "female_share": arguments.female_share,
        "family_name_first": arguments.family_name_first,
    }
    if not arguments.explain:
        for prediction in model.predict(people, **options):
            print(_json(prediction) if arguments.json else _line(prediction))
        return 0
    for explained in model.explain(people, **options):
        if arguments.json:
            print(_json(explained))
        else:
            lines = explanation_lines(explained.explanation, explained.country)
            print("\n  ".join([_line(explained), *lines]))
    return 0


def _json(prediction: Prediction) -> str:
    return msgspec.json.encode(prediction).decode()


def _line(prediction: Prediction) -> str:
    if prediction.probability is None:
        return f"{prediction.name}: unknown ({prediction.reason})"
    if prediction.gender == "unknown":
        likelier = "female" if (prediction.p_female or 0) > 0.5 else "male"
        details = f"{prediction.reason}, {likelier} at {percent(prediction.probability)}"
        return f"{prediction.name}: unknown ({details})"
    return (
        f"{prediction.name}: {prediction.gender} at {percent(prediction.probability)} "
        f"(by {prediction.basis})"
    )
