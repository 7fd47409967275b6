"""Commands that end at root's shell: the line that `viosvrcmd` passes to a VIOS, and what a host gets that is logged in
to by itself. The only room that makes either.

Whoever writes into such a line is root there, and nobody outside knows through how many shells it goes. So a word that
any shell would act on isn't quoted but refused: a line of these characters is one command to one shell or to five.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from handlers.command import Command, Reader, Result
from handlers.heard import Reads, heard, understood
from handlers.place import Place
from policies.problems import HostProblem
from policies.words import Effect

T = TypeVar("T")

_WORD = re.compile(r"[A-Za-z0-9_.,:=@%+/-]+", re.ASCII)
_WORDS = re.compile(r"[A-Za-z0-9_.,:=@%+/ -]+", re.ASCII)
_STATUS = re.compile(r"^rc=(\d{1,3})\s*\Z", re.ASCII | re.MULTILINE)


class WordUnsendable(HostProblem):
    code = "word-unsendable"
    sentence = "I don't send {word} to {host}."
    why = "A shell there could take part of it for something else, and that shell can become root. Nothing was sent."
    remedy = "Use letters, digits, blanks and . , : = @ % + / _ - alone; for anything else log in there yourself."


def line(argv: Iterable[str], host: str) -> str:
    """The words as one line, or WordUnsendable. A word with blanks is quoted; were the quotes lost, it would still be
    words of the same command."""
    return " ".join(_quoted(word, host) for word in argv)


def _quoted(word: str, host: str) -> str:
    if _WORD.fullmatch(word):
        return word
    if _WORDS.fullmatch(word) and word == word.strip():
        return f"'{word}'"
    raise WordUnsendable(word=repr(word)[:80], host=host)


def on_host(
    place: Place,
    argv: tuple[str, ...],
    *,
    effect: Effect = Effect.READS,
    deadline: float = 60.0,
    reader: Reader | None = None,
    streamed: bool = False,
) -> Command:
    """That command on a host that is reached by itself; the console quotes its words once more."""
    line(argv, place.host)
    return Command(host=place.host, argv=argv, effect=effect, deadline=deadline, reader=reader, streamed=streamed)


def on_vios(
    place: Place,
    argv: tuple[str, ...],
    *,
    effect: Effect = Effect.READS,
    deadline: float = 60.0,
    after: float = 0.0,
    reader: Reader | None = None,
    streamed: bool = False,
) -> Command:
    """That command on a VIOS, through the HMC that manages its frame."""
    return Command(
        host=place.hmc,
        argv=("viosvrcmd", "-m", place.system, "-p", place.name, "-c", line(argv, place.name)),
        effect=effect,
        deadline=deadline,
        after=after,
        reader=reader,
        streamed=streamed,
    )


def status_there(result: Result) -> int | None:
    """The exit status of the command on the VIOS, where it failed: the HMC exits with 1 whatever the VIOS said, and
    tells of it in the last line. None: it isn't told."""
    found = _STATUS.search(result.text) if result.exit_status and not result.unsent else None
    return int(found[1]) if found is not None else None


def answered(place: Place, argv: tuple[str, ...], parse: Callable[[str], T]) -> Reads[T]:
    """What that command on the VIOS answers, or Unread."""
    return understood(heard((yield on_vios(place, argv))), " ".join(argv[:2]), parse)
