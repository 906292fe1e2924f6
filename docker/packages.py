"""List the packages of this Python with their licences.

python docker/packages.py > packages.txt
"""

import importlib.metadata
from importlib.metadata import Distribution


def licence(distribution: Distribution) -> str:
    """Return a package's licence: an expression, classifiers, or the first line of its text."""
    stated = distribution.metadata
    if expression := stated.get("License-Expression"):
        return expression
    classified = [
        line.rpartition(" :: ")[2]
        for line in stated.get_all("Classifier") or []
        if line.startswith("License ::")
    ]
    if classified:
        return ", ".join(classified)
    text = (stated.get("License") or "").strip()
    return text.splitlines()[0] if text else "not stated"


def lines() -> list[str]:
    """Return a line for each package: name, version and licence, separated by tabs."""
    found = sorted(importlib.metadata.distributions(), key=lambda one: one.metadata["Name"].lower())
    return [f"{one.metadata['Name']}\t{one.version}\t{licence(one)}" for one in found]


if __name__ == "__main__":
    print(*lines(), sep="\n")  # noqa: T201 - the output
