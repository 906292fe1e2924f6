"""Carrying out an order to roll back, in the process that follows the registry."""

import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AliasMoved, ModelNotFound
from . import orders
from .orders import Order

if TYPE_CHECKING:
    from ..registry import Registry

log = logging.getLogger(__name__)


class Rollbacks:
    """Carries out the orders in model_dir on an alias, and counts them.

    done counts rollbacks by cause, failed those that could not be done, since the process started.
    """

    def __init__(self, registry: "Registry", alias: str, model_dir: Path) -> None:
        self._registry = registry
        self._alias = alias
        self._model_dir = model_dir
        self.done: Counter[str] = Counter()
        self.failed = 0

    def carry_out(self) -> None:
        """Carry out the order, if there is one.

        It is done only if the version judged still has the alias, and the one that it was compared
        with had it before. Otherwise the log says why not, and the order is settled as well. Raise
        RegistryError if the registry does not answer: the order is kept.
        """
        order = orders.read(self._model_dir)
        if order is None:
            return
        try:
            self._roll_back(order)
        except (AliasMoved, ModelNotFound) as err:
            self.failed += 1
            log.error("version %s is not rolled back (%s): %s", order.version, order.why, err)
        orders.settle(self._model_dir)

    def _roll_back(self, order: Order) -> None:
        present = self._registry.holder(self._alias)
        noted = self._registry.rolled_back(order.version) is not None
        if present == order.version and self._registry.is_forced(order.version):
            log.warning(
                "version %s stays: it was promoted by force meanwhile (%s)",
                order.version, order.why,
            )  # fmt: skip
            return
        if present == order.version:
            self._registry.rollback(self._alias, expected=(order.version, order.back))
            self.done[order.cause] += 1
            log.error(
                "version %s is rolled back to version %s: %s",
                order.version, order.back, order.why,
            )  # fmt: skip
        elif present != order.back or noted:
            log.warning(
                "version %s need not be rolled back: version %s has the alias %s by now",
                order.version, present, self._alias,
            )  # fmt: skip
            return
        # Also where the last attempt got no further than to move the alias.
        self._registry.note_rollback(order.version, at=order.at, why=order.why)

    def why_not_judged(self, version: str, replaced: str) -> str:
        """Return why a version that replaces another one is not judged; "" if it is judged.

        Raise RegistryError if the registry does not answer.
        """
        if not replaced:
            return "no other version was in service here before it"
        if self._registry.is_forced(version):
            return "it was promoted by force"
        if self._registry.rolled_back(replaced) is not None:
            return f"version {replaced} was rolled back"
        try:
            _, back = self._registry.previous(self._alias)
        except ModelNotFound:
            return "there is no version to go back to"
        if back != replaced:
            return f"a rollback would go to version {back}, not to version {replaced}"
        return ""
