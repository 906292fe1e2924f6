"""Rolling back a new version by itself when its answers are beyond the limits.

    judging   compares the answers of two versions, by shares
    orders    the file by which the server's parent process asks the follower to roll back
    carrying_out   the follower's side: it has the registry

docs/decisions/0049-rollback-by-itself.md has the reasons.
"""

from ..config import PREFIX, Settings, registered_model
from ..errors import ConfigError
from .carrying_out import Rollbacks
from .judging import CAUSES, IN_A_ROW, INPUTS, Judgement, Limits, Stretch, judge, mean
from .orders import Order, give, read, settle

__all__ = [
    "CAUSES",
    "INPUTS",
    "IN_A_ROW",
    "Judgement",
    "Limits",
    "Order",
    "Rollbacks",
    "Stretch",
    "check_settings",
    "give",
    "judge",
    "mean",
    "read",
    "settle",
]


def check_settings(settings: Settings) -> None:
    """Raise ConfigError if AUTO_ROLLBACK is switched on where it cannot work."""
    served = registered_model(settings.model_uri)
    if settings.auto_rollback and (served is None or not served.alias):
        raise ConfigError(
            f"{PREFIX}AUTO_ROLLBACK is on, and {PREFIX}MODEL_URI={settings.model_uri or ''} names "
            f"no alias in a registry, which could be moved back: set {PREFIX}MODEL_URI="
            f"models:/{settings.model_name}@champion, or leave {PREFIX}AUTO_ROLLBACK out"
        )
