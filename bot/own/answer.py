"""What is asked of hscbot itself, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot import tables
from bot.circumstances import Circumstances
from bot.ledger.tx import Db
from handlers.drift.source import Kind
from handlers.operation import Operation, Report
from handlers.own import Tabled
from handlers.pictures import Drawable
from handlers.table import Row
from policies.faults import Vocabulary
from policies.problems import AskProblem
from policies.rules import member_of
from policies.words import Person


class NobodyKnown(AskProblem):
    code = "nobody-known"
    sentence = "I don't know who {who} is."
    why = "A person is named by exact workspace and id; names can be changed by their bearers."
    remedy = "Write T0123ABCD:U0456EFGH, or terminal:LOGIN; in Slack type @ and choose the person."


@dataclass(frozen=True, kw_only=True)
class Answer:
    """As a command's: an exit status, and plain text, other people's words among it. `report`: the same as a table."""

    status: int
    text: str
    pictures: tuple[Drawable, ...] = ()  # beside the text, which tells everything without them
    report: Report | None = None


@dataclass(frozen=True, kw_only=True)
class World:
    """What an answer is made from, beside the ledger: what can be asked for, and what bears which tag. `ignored`:
    settings that never matter at this site, by patterns of whole names."""

    folder: Path
    reads: Mapping[Kind, float] | None = None  # seconds from one look at a host's settings to the next; None: not known
    catalog: Mapping[str, Sequence[type[Operation]]]
    vocabulary: Vocabulary
    circumstances: Circumstances
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who asks, when, and the ledger as of then."""

    world: World
    db: Db
    now: datetime
    person: Person

    def named(self, who: str | None) -> Person:
        """Who is meant: a mention and a bare id are of the asker's own workspace."""
        if who is None:
            return self.person
        bare = who.removeprefix("<@").removesuffix(">")
        told = bare if ":" in bare else f"{self.person.workspace}:{bare}"
        try:
            found = member_of(told)
        except ValueError:
            found = None
        if not isinstance(found, Person):
            raise NobodyKnown(who=who)
        return found


def good(lines: Sequence[str], *, pictures: Sequence[Drawable] = ()) -> Answer:
    return Answer(status=0, text="\n".join(lines) + "\n", pictures=tuple(pictures))


def listed(
    asked: Tabled,
    rows: Sequence[Row],
    headline: str,
    lines: Sequence[str] = (),
    *,
    pictures: Sequence[Drawable] = (),
) -> Answer:
    """These rows as they were wanted."""
    report = asked.answer(rows, headline, tuple(lines))
    text = "\n".join(tables.lines(report, headline)) + "\n"
    return Answer(status=0, text=text, pictures=tuple(pictures), report=report)


def bad(lines: Sequence[str]) -> Answer:
    return Answer(status=1, text="\n".join(lines) + "\n")


def age(age: timedelta) -> str:
    """`90 s`, `15 min`, `24 h`."""
    seconds = max(0, round(age.total_seconds()))
    minutes, hours = seconds // 60, seconds // 3600
    return f"{seconds} s" if seconds < 120 else f"{minutes} min" if minutes < 120 else f"{hours} h"


def clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
