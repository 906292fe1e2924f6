"""What Grafana would ask Prometheus for when somebody opens the dashboards that are committed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana" / "provisioning" / "dashboards"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
# What Grafana sends for a variable at "All" is every value; this is those, or more.
ALL = ".+"
LABEL_VALUES = re.compile(r"label_values\((?P<series>.+), (?P<label>\w+)\)")


class Query(NamedTuple):
    """A query of a panel, an annotation or a variable, ready to be sent to Prometheus."""

    dashboard: str
    title: str
    # "instant": the vector now; "range": a matrix over the time shown.
    kind: str
    expr: str

    @property
    def where(self) -> tuple[str, str]:
        """Dashboard and title, as grafana.generator.may_be_empty has them."""
        return self.dashboard, self.title


def dashboard(name: str) -> dict[str, Any]:
    """Return a dashboard as it is committed."""
    return dict(json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def panels(name: str) -> list[dict[str, Any]]:
    """Return the panels of a dashboard, without the titles of rows."""
    return [panel for panel in dashboard(name)["panels"] if panel["type"] != "row"]


def queries(rate_interval: str = "1m", interval: str = "15s", shown: str = "1h") -> Iterator[Query]:
    """Yield every query of all dashboards, with variables replaced.

    rate_interval, interval and shown stand for $__rate_interval, $__interval and $__range.
    """
    for name in NAMES:
        content = dashboard(name)
        variables = content["templating"]["list"]
        values = {variable["name"]: ALL for variable in variables}
        values |= {"__rate_interval": rate_interval, "__interval": interval, "__range": shown}
        for title, kind, expr in _written(content, variables):
            yield Query(name, title, kind, _filled(expr, values))


def _written(
    content: dict[str, Any], variables: list[dict[str, Any]]
) -> Iterator[tuple[str, str, str]]:
    for panel in content["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], "instant" if target["instant"] else "range", target["expr"]
    for annotation in content["annotations"]["list"]:
        yield annotation["name"], "range", annotation["expr"]
    for variable in variables:
        found = LABEL_VALUES.fullmatch(variable["query"]["query"])
        assert found, variable
        yield variable["name"], "instant", f"count by ({found['label']}) ({found['series']})"


def _filled(expr: str, values: dict[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        return values[found[1]]

    return re.sub(r"\$(\w+)", value, expr)
