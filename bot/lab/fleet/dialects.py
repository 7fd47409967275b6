"""What the restricted shells of different machines say in place of running something."""

from __future__ import annotations

from typing import Protocol


class Dialect(Protocol):
    """What a restricted shell says in place of running something."""

    @property
    def program(self) -> str: ...

    def program_of(self, word: str) -> str | None:
        """The program that a command's first word means; None where it may not be so called."""

    def unknown(self, name: str) -> str: ...

    def path(self, name: str) -> str: ...

    def redirect(self, target: str) -> str: ...


class Bash:
    """An HMC's."""

    program = "bash"

    def program_of(self, word: str) -> str | None:
        return None if "/" in word else word

    def unknown(self, name: str) -> str:
        return f"bash: {name}: command not found\n"

    def path(self, name: str) -> str:
        return f"bash: {name}: restricted: cannot specify `/' in command names\n"

    def redirect(self, target: str) -> str:
        return f"bash: {target}: restricted: cannot redirect output\n"
