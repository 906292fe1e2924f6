"""The parts of the documentation that are made from the code.

These are settings, commands, HTTP routes and metrics.
"""

import argparse
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any
from unittest.mock import patch

from gender_detection.api.metrics.definitions import MODEL, SERVICE
from gender_detection.api.spec.openapi import describe
from gender_detection.cli.commands import parser
from gender_detection.config import PREFIX, Settings
from gender_detection.telemetry.described import Described
from gender_detection.telemetry.layout import Family
from gender_detection.telemetry.pipeline_metrics import PIPELINE

# Printed help is as wide as this, whatever terminal make docs runs in.
WIDTH = "100"
# A label with more values than this has only their number in the table of metrics.
MOST_VALUES = 8
METRIC_PREFIX = "gender_detection_"
Schema = dict[str, Any]


def settings() -> str:
    """Return the table of all settings, from Settings."""
    home = "$HOME"
    derived = Settings.from_env({f"{PREFIX}HOME": f"/{home}"})
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for field in fields(Settings):
        default = str(getattr(derived, field.name) if field.default == "" else field.default)
        shown = default.replace(f"/{home}", home)
        if shown in ("", "None"):
            shown = ""
        cell = f"`{shown}`" if shown else ""
        rows.append(f"| `{field.name.upper()}` | {cell} | {field.metadata['meaning']} |")
    return "\n".join(rows)


def command_line() -> str:
    """Return what --help prints, for the program and for each of its commands."""
    return "\n\n".join(
        f"## `{name}`\n\n```text\n{_help(found)}\n```" for name, found in _parsers(parser())
    )


def _parsers(found: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield a parser and, in their order, those of its commands, with what is typed for each."""
    yield found.prog, found
    for action in found._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _parsers(command)


def _help(found: argparse.ArgumentParser) -> str:
    with patch.dict(os.environ, COLUMNS=WIDTH, NO_COLOR="1"):
        return found.format_help().strip()


def metrics() -> str:
    """Return the tables of all metrics, from their declarations: service, model, pipeline."""
    return "\n\n".join(
        f"## {title}\n\n{_metrics(declared)}"
        for title, declared in (
            ("The service", SERVICE),
            ("The model and the names", MODEL),
            ("The pipeline", PIPELINE),
        )
    )


def _metrics(declared: Iterable[Family | Described]) -> str:
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for metric in declared:
        name = metric.name.removeprefix(METRIC_PREFIX)
        if metric.type == "counter":
            name += "_total"
        labels = "<br>".join(f"`{label}`{_values(of)}" for label, of in metric.labels.items())
        # Names of settings and of metrics, in a help text that Prometheus shows as it is.
        meaning = re.sub(r"\w+_\w+", r"`\g<0>`", metric.help)
        rows.append(f"| `{name}` | {metric.type} | {labels} | {meaning} |")
    return "\n".join(rows)


def _values(values: tuple[str, ...]) -> str:
    """Return the values of a label, or their number; nothing for those that are open."""
    if not values:
        return ""
    if len(values) > MOST_VALUES:
        return f": {len(values)} values"
    return ": " + ", ".join(f"`{value}`" for value in values)


def http() -> str:
    """Return all routes of the OpenAPI document: parameters, bodies and answers of each."""
    document = json.loads(describe())
    request_id = document["components"]["parameters"]["RequestId"]
    parts = [
        document["info"]["description"],
        f"Every request may have the header `{request_id['name']}`: {request_id['description']}",
    ]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(f"## `{method.upper()} {path}`\n\n{_sentence(operation['summary'])}")
            parts += _operation(operation, document)
    errors = sorted(_errors(document).items())
    rows = [f"| {status} | {_sentence(error['description'])} |" for status, error in errors]
    parts.append("\n".join(["## Errors", "", "| status | meaning |", "|---|---|", *rows]))
    parts.append("## Objects\n\nThe bodies of requests and answers in JSON.")
    for name, schema in document["components"]["schemas"].items():
        parts.append(f"### {name}\n\n{_object(schema)}")
    return "\n\n".join(part for part in parts if part)


def _errors(document: Schema) -> Schema:
    """Return status -> answer, of all routes."""
    return {
        status: _resolved(answer, document)
        for operations in document["paths"].values()
        for operation in operations.values()
        for status, answer in operation["responses"].items()
        if status != "200"
    }


def _operation(operation: Schema, document: Schema) -> Iterator[str]:
    rows = [
        f"| `{each['name']}` | {each['in']} | {_cell(each['schema'], each['description'])} |"
        for each in operation["parameters"]
        if "$ref" not in each
    ]
    if rows:
        yield "\n".join(["| parameter | in | meaning |", "|---|---|---|", *rows])
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"Takes `{media_type}`{_kind(content)}."
        yield from _examples(content)
    answers = {status: _resolved(a, document) for status, a in operation["responses"].items()}
    good = answers.pop("200")
    kinds = ", ".join(f"`{kind}`{_kind(content)}" for kind, content in good["content"].items())
    yield f"Answers with {kinds}."
    for content in good["content"].values():
        yield from _examples(content)
    yield f"Errors: {', '.join(f'[{status}](#errors)' for status in answers)}."


def _examples(content: Schema) -> Iterator[str]:
    for name, example in content.get("examples", {}).items():
        value = example["value"]
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
        yield f"An example, {name}:\n\n```text\n{text.rstrip()}\n```"


def _object(schema: Schema) -> str:
    if "properties" not in schema:
        return f"{_cell(schema)}."
    required = schema.get("required", ())
    rows = [
        f"| `{name}` | {'yes' if name in required else ''} | {_cell(member)} |"
        for name, member in schema["properties"].items()
    ]
    head = [schema["description"], ""] if "description" in schema else []
    return "\n".join([*head, "| field | always | meaning |", "|---|---|---|", *rows])


def _cell(schema: Schema, *texts: str) -> str:
    """Return the type of a value and what is said about it, for a cell of a table."""
    said = [*texts, *([schema["description"]] if "description" in schema else [])]
    text = " ".join([f"{_type(schema)}.", *map(_sentence, said)])
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(map(_type, alternatives)))
    if "enum" in schema:
        return " or ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    kind = schema.get("type", "any value")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(kind if isinstance(kind, str) else " or ".join(kind))


def _kind(content: Schema) -> str:
    schema = content.get("schema", {})
    return f": {_type(schema)}" if "$ref" in schema or "anyOf" in schema else ""


def _resolved(node: Schema, document: Schema) -> Schema:
    if "$ref" not in node:
        return node
    found = document
    for key in node["$ref"].removeprefix("#/").split("/"):
        found = found[key]
    return found


def _sentence(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
