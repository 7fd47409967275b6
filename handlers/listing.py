"""Reads that answer with a table, and the options that all of them have."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import Field, GetJsonSchemaHandler, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from handlers import filtering
from handlers.operation import Ending, Operation, Report
from handlers.table import Column, Row, Table
from policies.words import Effect

T = TypeVar("T")


class Listing(Operation):
    """A read that answers with a table.

    A class below says which columns it has; from them the options are checked before anything is asked of a machine,
    so that a mistyped field is told at once, in Slack, in a form and at a terminal alike.
    """

    effect: ClassVar[Effect] = Effect.READS

    filter: str | None = Field(
        default=None,
        max_length=filtering.LONGEST,
        description="only rows of which this holds: field=value, field~part, field>number; commas mean and",
    )
    fields: str | None = Field(default=None, max_length=300, description="only these fields, in this order: a,b")
    sort: str | None = Field(default=None, max_length=40, description="by this field; with a - before it downwards")
    as_: Literal["csv", "json"] | None = Field(default=None, alias="as", description="as a file of that kind")

    @classmethod
    @abstractmethod
    def heads(cls) -> tuple[Column, ...]:
        """The columns of its table, in order."""

    def usual(self) -> str | None:
        """The fields that are shown where none are chosen: what its other parameters leave of its columns."""
        return None

    @field_validator("filter")
    @classmethod
    def _filters(cls, typed: str | None) -> str | None:
        return _fitting(typed, lambda text: filtering.terms(text, cls.heads()))

    @field_validator("fields")
    @classmethod
    def _chooses(cls, typed: str | None) -> str | None:
        return _fitting(typed, lambda text: filtering.chosen(text, cls.heads()))

    @field_validator("sort")
    @classmethod
    def _orders(cls, typed: str | None) -> str | None:
        return _fitting(typed, lambda text: filtering.order(text, cls.heads()))

    def answer(
        self,
        rows: Sequence[Row],
        headline: str,
        lines: tuple[str, ...] = (),
        *,
        missing: tuple[str, ...] = (),
        ending: Ending = Ending.SUCCEEDED,
    ) -> Report:
        """The report with these rows as they were wanted. How many were left out on request is said, never hidden.

        `missing`: whose rows aren't there, each with the reason.
        """
        whole = Table(columns=self.heads(), rows=tuple(rows), missing=missing)
        fields = self.usual() if self.fields is None else self.fields
        table = filtering.arranged(whole, filter=self.filter, fields=fields, sort=self.sort)
        left_out = f"{len(table.rows)} of {len(rows)} rows: {self.filter}" if self.filter is not None else ""
        return Report(
            ending=ending,
            headline=headline,
            lines=lines,
            table=table.model_copy(update={"caption": left_out}),
            as_file=self.as_,
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """With an example for each option, made of its own columns."""
        schema: dict[str, Any] = handler.resolve_ref_schema(handler(core))
        first = cls.heads()[0].name
        for option, example in (("filter", f"{first}~a"), ("fields", first), ("sort", f"-{first}")):
            schema["properties"][option]["example"] = example
        return schema


def _fitting(typed: str | None, check: Callable[[str], object]) -> str | None:
    """As it was typed, once it is seen to be one. filtering.Unfit is a ValueError: it becomes the option's fault."""
    if typed is not None:
        check(typed)
    return typed
