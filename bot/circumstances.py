"""What judging takes beside the policy: the case of an operation, with its tags, and the moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from handlers.operation import Operation
from policies.case import Asking, Case, Radius
from policies.words import Effect, Person


class Circumstances:
    """`tags`: each tag, such as `env:prod`, with the names or patterns of names that bear it."""

    def __init__(self, tags: Mapping[str, Sequence[str]]) -> None:
        self._tags = dict(tags)

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self._tags)

    def case(self, operation: Operation, person: Person, asking: Asking, radius: Radius | None = None) -> Case:
        """What only reads takes nothing along, so that much is known of it before any plan."""
        targets = operation.targets()
        return Case(
            operation=operation.name(),
            effect=operation.effect,
            person=person,
            targets=frozenset(targets),
            tags=self.tags_of(targets),
            radius=Radius() if operation.effect is Effect.READS else radius,
            asking=asking,
        )

    def tags_of(self, targets: Sequence[str]) -> frozenset[str]:
        return frozenset(
            tag
            for tag, patterns in self._tags.items()
            if any(fnmatchcase(target, pattern) for target in targets for pattern in patterns)
        )
