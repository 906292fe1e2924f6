"""How limits on names are written: 1000/second, or several as 1000/second;100000/day."""

import limits

from .errors import ConfigError


def parse_limits(text: str, said_by: str) -> list[limits.RateLimitItem]:
    """Return the limits in a text, all of which hold; raise ConfigError, which names what said so,
    where there are none."""
    try:
        items = limits.parse_many(text)
    except ValueError as err:
        raise _unusable(text, said_by) from err
    if not all(item.amount > 0 and item.multiples > 0 for item in items):
        raise _unusable(text, said_by)
    return items


def _unusable(text: str, said_by: str) -> ConfigError:
    return ConfigError(
        f"{said_by}={text}: give such as 100/second, or several as 10/second;1000/hour"
    )
