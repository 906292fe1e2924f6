"""The upkeep: removes old versions of the model, runs, published copies and data, by rule.

plan() says what would be removed and why all else is kept; remove() does it. What is champion,
challenger, within a rollback's reach or served is never removed, nor is the data that a kept
version was made from. docs/decisions/0050-upkeep.md has the reasons.
"""

from .plan import Item, Plan, Upkeep
from .removal import Outcome, remove

__all__ = ["Item", "Outcome", "Plan", "Upkeep", "remove"]
