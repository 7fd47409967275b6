"""What hscbot answers, or carries out, by itself: no machine is spoken to."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import StringConstraints

from handlers.command import ITSELF, Command
from handlers.heard import heard
from handlers.listing import Listing
from handlers.operation import Ending, Flow, Heard, Inventory, Operation, Report
from policies.words import Effect

# Somebody, as a command names them; what it comes to depends on who asks, and where.
Who: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=2, max_length=100, pattern=r"^(?:<@[UW][A-Z0-9]+>|[UW][A-Z0-9]+|[A-Za-z0-9]+:[A-Za-z0-9._-]+)$"
    ),
]
Time: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z:.+-]+$", max_length=40)]
TIMES = "2026-03-01, 2026-03-01T03:00+01:00 (no zone: UTC), or 2h, 3d for ago"
WHO = "@them, U0456EFGH, T0123ABCD:U0456EFGH or terminal:LOGIN"


class Own(Operation):
    """An operation whose commands are for hscbot itself."""

    effect: ClassVar[Effect] = Effect.READS
    exact: ClassVar[bool] = False  # its answer is shown to the letter: no id in it becomes a mention
    asks_for_text: ClassVar[bool] = False  # typed alone, it opens a form for a long text

    def systems(self) -> tuple[str, ...]:
        return ()

    def file(self) -> str:
        """The name of the file that its answer always is; empty: it is a message where it fits into one."""
        return ""

    def argv(self) -> tuple[str, ...]:
        """Command, verb, and what was given as key=value."""
        given = self.model_dump(exclude_defaults=True)
        return (self.command, self.verb, *(f"{key}={_word(value)}" for key, value in given.items()))

    def flow(self, inventory: Inventory) -> Flow:
        return answered((yield Command(host=ITSELF, argv=self.argv())))


class Tabled(Own, Listing):
    """One whose answer is a table, with the options of every table.

    What tells a story isn't one: what happened in turn, with evidence or explanations below each line (`show`,
    `history` of a pair or a host, `diff`, `compare`, `explain`). It has no rows that could be left out or put in
    another order. Nor is what is handed out as a file of its own form (`export`, `report`).
    """


def answered(answer: Heard) -> Report:
    """The answer as a report: what it says first, then the rest."""
    result = heard(answer)
    ending = {0: Ending.SUCCEEDED, None: Ending.UNKNOWN}.get(result.exit_status, Ending.FAILED)
    headline, *lines = result.text.splitlines() or ["(nothing)"]
    return Report(ending=ending, headline=headline, lines=tuple(lines))


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
