"""The fields of the Prometheus Operator's kinds that are used here, as its API documents them.

Its schemas come with the operator, not with Kubernetes; those of all other kinds do.
"""

from typing import Any


def _object(required: tuple[str, ...] = (), **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
# The units go down: 1h30m, not 30m1h.
_DURATION = {
    "type": "string",
    "pattern": r"^(0|(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?)$",
    "minLength": 1,
}
_METADATA = _object(("name",), name=_TEXT, labels=_TEXTS, annotations=_TEXTS)
_RULE = _object(
    ("expr",),
    alert=_TEXT,
    record=_TEXT,
    expr=_TEXT,
    labels=_TEXTS,
    annotations=_TEXTS,
    keep_firing_for=_DURATION,
    **{"for": _DURATION},
)
_RULE["oneOf"] = [{"required": ["alert"]}, {"required": ["record"]}]
_GROUP = _object(
    ("name", "rules"), name=_TEXT, interval=_DURATION, rules={"type": "array", "items": _RULE}
)


def _kind(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return _object(
        ("apiVersion", "kind", "metadata", "spec"),
        apiVersion={"const": "monitoring.coreos.com/v1"},
        kind={"const": name},
        metadata=_METADATA,
        spec=spec,
    )


POD_MONITOR = _kind(
    "PodMonitor",
    _object(
        ("selector", "podMetricsEndpoints"),
        selector=_object(("matchLabels",), matchLabels=_TEXTS),
        jobLabel=_TEXT,
        podMetricsEndpoints={
            "type": "array",
            "minItems": 1,
            "items": _object(
                ("port",), port=_TEXT, path=_TEXT, interval=_DURATION, scrapeTimeout=_DURATION
            ),
        },
    ),
)
PROMETHEUS_RULE = _kind(
    "PrometheusRule",
    _object(("groups",), groups={"type": "array", "minItems": 1, "items": _GROUP}),
)
