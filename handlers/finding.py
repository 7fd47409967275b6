"""What an answer means, problem by problem."""

from __future__ import annotations

from enum import StrEnum

from policies.words import Frozen


class Section(StrEnum):
    """The part of a `migrlpar` answer in which a message stood."""

    ERROR = "error"
    DETAIL = "detail"
    WARNING = "warning"


class ReturnCode(Frozen):
    """One RMC or operating-system return code of a detail block, explained."""

    code: str  # catalogue key: RMCRC-1141, OSRC-85
    known: bool
    meaning: str
    fixes: tuple[str, ...] = ()


class Finding(Frozen):
    """One explained message of a machine.

    `code` is the innermost code, the cause; `path` leads to it from the outermost wrapper and ends with it. A message
    without a code that we recognise has the catalogue's own key (`HSC-NOCODE-4`); one that we don't has `None`, and
    then `known` is false: it is shown raw, never guessed.
    """

    code: str | None
    path: tuple[str, ...] = ()
    section: Section | None = None
    text: str  # the machine's own words, line breaks kept, at most TEXT_LIMIT characters
    known: bool = False
    text_seen: bool = False  # true: the machine's wording is known to us; false: the meaning alone
    kind: str = "error"  # the catalogue's kind: error, wrapper, companion, info
    meaning: str = ""
    causes: tuple[str, ...] = ()
    check: str = ""
    fixes: tuple[str, ...] = ()
    source: str = ""
    rank: int = 50  # what to mend first: small before large
    rmc_rc: int | None = None
    os_rc: int | None = None
    returns: tuple[ReturnCode, ...] = ()

    @property
    def is_error(self) -> bool:
        """It stands in the way: an error by its section, or, outside any section, by its kind."""
        if self.section is not None:
            return self.section is Section.ERROR
        return self.code is not None and self.kind != "info"


TEXT_LIMIT = 8_000
