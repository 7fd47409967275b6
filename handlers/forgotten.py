"""An operation that a request was made for by another version: it is shown and ended, and never carried out."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from handlers.operation import Flow, Inventory, Operation
from policies.problems import Problem
from policies.words import Effect


class OperationForgotten(Problem):
    code = "operation-forgotten"
    sentence = "This version of hscbot doesn't know {operation} as it was asked for."
    why = "The request is of another version, which knew it, or knew other parameters of it. I send nothing for it."
    remedy = "See where the machines stand, then ask anew for what is still needed."


@lru_cache(maxsize=64)
def forgotten(name: str) -> Operation:
    """It stands for an operation that nobody knows any more, so that what is asked about its request has an answer."""
    first, _, rest = name.partition(".")

    class Forgotten(Operation):
        """This version of hscbot doesn't know it any more."""

        command: ClassVar[str] = first
        verb: ClassVar[str] = rest
        effect: ClassVar[Effect] = Effect.DESTROYS  # what isn't known is taken for the worst
        example: ClassVar[str] = ""

        def systems(self) -> tuple[str, ...]:
            return ()

        def flow(self, inventory: Inventory) -> Flow:
            raise OperationForgotten(operation=name)

    return Forgotten()
