"""A command that names what is on several managed systems, said again with one of them."""

from __future__ import annotations

from handlers import grammar
from handlers.grammar import Asked, Catalog
from handlers.operation import typed
from policies.case import Asking

_OF_FRAMES = ("system", "source")  # the parameters by which an operation is told where a name is meant


def with_frame(catalog: Catalog, asked: Asked, system: str) -> str | None:
    """What would be typed after the command, all that was said beside it too; None where that can't be typed."""
    operation = asked.operation
    fields = type(operation).model_fields
    name = next((each for each in _OF_FRAMES if each in fields and getattr(operation, each) is None), None)
    said = operation.typed({**operation.model_dump(by_alias=False), name: system}) if name is not None else None
    if said is None:
        return None
    text = " ".join([said.text(), *_beside(asked.asking)])
    return text if grammar.read(catalog, operation.command, text) == Asked(said, asked.asking) else None


def _beside(asking: Asking) -> list[str]:
    usual = Asking()
    given = ((name, getattr(asking, name)) for name in Asking.model_fields)
    return [f"{name}={typed(value)}" for name, value in given if value != getattr(usual, name)]
