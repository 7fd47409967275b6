"""One look at things that should be alike → what is to be told of them, and what is to be remembered. Pure.

Whoever declares two hosts to be alike finds out that they aren't. On the first look that is a proposal, one note for
the whole group, which calls nobody: they have been so all along, and it can wait for the morning. What becomes unlike
from then on is told as drift is, with its own severity. A change on one member is that member's drift and told there,
once; the group speaks as soon as somebody has accepted it on one and not on the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.drift import machine
from handlers.drift.beside import CHANGED_LINES
from handlers.drift.comparing import Difference
from handlers.drift.machine import KIND, LISTED, Look, Memory
from handlers.drift.source import Back, Source
from policies.alerts import Remedy, Severity, Sighting, Symptom

PREFIX = "alike/"  # before a group's name wherever it is kept


def key_of(group: str) -> str:
    return f"{PREFIX}{group}"


class GroupLook(Look):
    """`host`: the group's name. `proposed`: what has been unlike since the first look, where nobody owned it yet."""

    members: tuple[str, ...]
    proposed: tuple[Difference, ...] = ()

    @property
    def key(self) -> str:
        return key_of(self.host)

    @property
    def title(self) -> str:
        return f"{self.host}: {', '.join(self.members)} aren't alike"

    def back(self, difference: Difference, source: Source) -> Back:
        return Back(why_not="which of them should be set as another is isn't for me to say")

    def then(self, difference: Difference, source: Source) -> str:
        what = source.explained.get(difference.key)
        return (
            f"{f'{difference.key}: {what}. ' if what else ''}Set them alike, each as its own baseline should be; "
            f"`/drift accept {self.host}` says that they may differ in it."
        )

    def shown(self, difference: Difference, source: Source) -> tuple[str, ...]:
        text = difference.after.text if difference.after is not None else None
        lines = (text or "").splitlines()
        more = (f"… {len(lines) - CHANGED_LINES} more lines",) if len(lines) > CHANGED_LINES else ()
        return (*(line[:200] for line in lines[:CHANGED_LINES]), *more)


def step(memory: Memory | None, look: GroupLook, sources: Mapping[str, Source]) -> tuple[Memory, Sighting]:
    after, sighting = machine.step(memory, look, sources)
    if not look.proposed:
        return after, sighting
    return after, sighting.model_copy(update={"symptoms": (*sighting.symptoms, _proposal(look))})


def _proposal(look: GroupLook) -> Symptom:
    many = len(look.proposed)
    first = "; ".join(each.said for each in look.proposed[:LISTED])
    more = f" and {many - LISTED} more" if many > LISTED else ""
    return Symptom(
        rule="drift-proposed",
        about=look.host,
        severity=Severity.NOTE,
        said=f"unlike since I first looked, {many} in all: {first}{more}",
        evidence=tuple(each.said for each in look.proposed[:CHANGED_LINES]),
        then=f"`/drift diff {look.host}` has them all. `/drift baseline {look.host}` says that they may stay so; what "
        "shouldn't be is set alike on each of them.",
        remedies=(
            Remedy(label="Show difference", command=KIND, text=f"diff {look.host}"),
            Remedy(label="Accept all…", command=KIND, text=f"baseline {look.host}"),
        ),
    )
