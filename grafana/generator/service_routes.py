"""PromQL selectors of routes, from the API's own description of its routes."""

from collections.abc import Iterable

from gender_detection.api.spec.routes import AGGREGATE, PREDICT, ROUTES, Route, rule


def _any_of(routes: Iterable[Route]) -> str:
    # Dots are not escaped: no two routes differ by a dot alone.
    return "|".join(rule(route) for route in routes)


# Probes, scrapes and documentation do not count for the objectives.
SERVICE = f'route!~"{_any_of(route for route in ROUTES if not route.is_service)}"'
ASKING_THE_MODEL = f'route=~"{_any_of((PREDICT, AGGREGATE))}"'
