"""Patterns of a policy: of names, and of tickets."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, TypeAlias

from pydantic import StringConstraints, TypeAdapter, ValidationError
from pydantic_core import SchemaError

NamePattern: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]


@lru_cache(maxsize=1_024)
def _whole(pattern: str) -> TypeAdapter[str]:
    # The engine behind pydantic takes a time that is linear in the text. Python's would take years over `([0-9]+)*x`
    # and sixty digits, and judging stands in the way of everybody.
    TypeAdapter(Annotated[str, StringConstraints(pattern=pattern)])  # alone: `a)|(b` must not get out of the group
    return TypeAdapter(Annotated[str, StringConstraints(pattern=rf"\A(?:{pattern})\z")])


def fault_of(pattern: str) -> str | None:
    """Why it is no pattern of tickets; None: it is."""
    try:
        _whole(pattern)
    except SchemaError as fault:
        told = str(fault).splitlines()[-1].strip()
        return told.removeprefix("error: ").removeprefix("SchemaError: ")
    return None


def fits(pattern: str, ticket: str) -> bool:
    """Whether the whole ticket has this form."""
    try:
        _whole(pattern).validate_python(ticket)
    except ValidationError:
        return False
    return True
