"""Parses rate limits on names, such as 1000/second or 1000/second;100000/day."""

import limits

from .errors import ConfigError


def parse_limits(text: str, source: str) -> list[limits.RateLimitItem]:
    """Return the limits in a text, all of which apply; raise ConfigError, which names source."""
    try:
        items = limits.parse_many(text)
    except ValueError as err:
        raise _invalid(text, source) from err
    if not all(item.amount > 0 and item.multiples > 0 for item in items):
        raise _invalid(text, source)
    return items


def _invalid(text: str, source: str) -> ConfigError:
    return ConfigError(
        f"{source}={text} is not a rate limit: use for example 100/second, or "
        "10/second;1000/hour for several"
    )
