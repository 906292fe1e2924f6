"""The licences of a model: those of the data that it was made from, as its manifest states them."""

from collections.abc import Mapping
from typing import Any

# The licence of this project's own code.
CODE = "MIT"


def terms(manifest: Mapping[str, Any]) -> list[str]:
    """Return the distinct licences of a model's data, permissive ones first.

    They are SPDX identifiers; the list is empty if the manifest does not say what the data were.
    """
    sources = manifest.get("data", {}).get("sources", {}).values()
    ordered = sorted(sources, key=lambda one: (not one.get("permissive"), one["licence"]))
    return list(dict.fromkeys(source["licence"].strip() for source in ordered))


def with_code(manifest: Mapping[str, Any]) -> list[str]:
    """Return the distinct licences of code and model together: CODE, then terms()."""
    return list(dict.fromkeys([CODE, *terms(manifest)]))
