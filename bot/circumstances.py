"""What judging takes beside the policy: the case of an operation, with its tags, and the moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase

from handlers.operation import Operation
from policies.case import Asking, Case, Radius
from policies.problems import Problem
from policies.words import Effect, Person


class Circumstances:
    """`tags`: each tag, such as `env:prod`, with the names or patterns of names that bear it.

    `reach`: every name that an operation is about, by what is known of the fleet; without it, those that it was given.
    """

    def __init__(
        self, tags: Mapping[str, Sequence[str]], reach: Callable[[Operation], Sequence[str]] | None = None
    ) -> None:
        self._tags, self._reach = dict(tags), reach

    @property
    def tags(self) -> frozenset[str]:
        return frozenset(self._tags)

    def case(self, operation: Operation, person: Person, asking: Asking, radius: Radius | None = None) -> Case:
        """What only reads takes nothing along, so that much is known of it before any plan."""
        targets = self.targets(operation)
        return Case(
            operation=operation.name(),
            effect=operation.effect,
            person=person,
            targets=frozenset(targets),
            tags=self.tags_of(targets),
            radius=Radius() if operation.effect is Effect.READS else radius,
            asking=asking,
        )

    def targets(self, operation: Operation) -> tuple[str, ...]:
        """The names by which rules, tags and searches find it. What isn't known yet can't be run either: before it is,
        it is judged once more, by the names that it turned out to mean."""
        if self._reach is None:
            return operation.targets()
        try:
            return tuple(self._reach(operation))
        except Problem:
            return operation.targets()

    def tags_of(self, targets: Sequence[str]) -> frozenset[str]:
        return frozenset(
            tag
            for tag, patterns in self._tags.items()
            if any(fnmatchcase(target, pattern) for target in targets for pattern in patterns)
        )
