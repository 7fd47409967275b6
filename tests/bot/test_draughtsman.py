"""Drawing happens in a process of its own, and whatever becomes of that process, nobody waits for it for long."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.pictures import specs
from bot.pictures.draughtsman import SIGNATURE, Draughtsman, Undrawn
from handlers.pictures import Reading, Series, SeriesPicture
from handlers.sea.pictures import PairPicture
from tests.bot.looks import NOON, look, told

PAIR = PairPicture(look=look(told("sharing-primary"), told("sharing-backup")))


@pytest.fixture
def draughtsman() -> Iterator[Draughtsman]:
    made = Draughtsman()
    yield made
    made.close()


async def test_what_comes_back_is_a_picture(draughtsman: Draughtsman) -> None:
    """PNG, words and a name, the same each time; several at once are drawn one after the other."""
    one, other = await asyncio.gather(draughtsman.draw(PAIR), draughtsman.draw(PAIR))
    assert one == other
    assert one.png.startswith(SIGNATURE)
    assert (one.alt, one.name) == (PAIR.alt, "pair.png")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import time; time.sleep(600)", "took longer than"),
        ("import sys; sys.exit(3)", "ended with 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ended with -9"),
        ("print('no picture')", "ended with 0"),
        ("import sys; sys.stdin.close(); raise SystemExit('no')", "ended with 1"),
        (f"import sys; sys.stdout.buffer.write({SIGNATURE!r} + bytes(2_000_000))", "more than I send"),
    ],
    ids=["hangs", "fails", "is killed", "says something else", "doesn't listen", "draws too much"],
)
async def test_a_process_that_fails_is_a_fault_in_words(code: str, why: str) -> None:
    """However it ends, also not by itself, it is Undrawn with the reason, and no process is left."""
    made = Draughtsman(within=2.0, program=("-c", code))
    with pytest.raises(Undrawn, match=why):
        await made.draw(PAIR)
    with pytest.raises(ChildProcessError):
        _any_child()
    made.close()


def _any_child() -> None:
    """ChildProcessError where there is none."""
    os.waitpid(-1, os.WNOHANG)


async def test_a_process_that_draws_is_given_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the bot's surroundings is in those of the process that draws."""
    monkeypatch.setenv("HSCBOT_SLACK__BOT_TOKEN", "xoxb-secret")
    made = Draughtsman(program=("-c", "import os, sys; sys.exit('HSCBOT_SLACK__BOT_TOKEN' in os.environ)"))
    with pytest.raises(Undrawn, match="ended with 0"):
        await made.draw(PAIR)
    made.close()


async def test_a_process_that_draws_is_bounded() -> None:
    """It can take neither all memory nor a processor for ever."""
    code = "from bot.pictures import child, drawing; drawing.sheet_of = lambda values: bytearray(2**31); child.main()"
    made = Draughtsman(program=("-c", code))
    with pytest.raises(Undrawn, match="ended with 1"):
        await made.draw(PAIR)
    made.close()
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY, "the bot itself is not under them"


async def test_too_much_is_not_even_tried(draughtsman: Draughtsman) -> None:
    """Values beyond what is kept of a picture start no process."""
    readings = tuple(Reading(at=NOON, value=float(n)) for n in range(2_000))
    huge = SeriesPicture(title="x" * specs.LARGEST, series=(Series(name="n", readings=readings),))
    with pytest.raises(Undrawn, match="more than I can draw"):
        await draughtsman.draw(huge)


async def test_what_was_made_for_drawing_is_gone_at_the_end(draughtsman: Draughtsman) -> None:
    """The folder in which the drawing library keeps its list of fonts goes with the bot."""
    await draughtsman.draw(PAIR)
    kept = draughtsman._kept
    assert kept is not None
    assert _is_there(kept.name)
    draughtsman.close()
    assert not _is_there(kept.name)


def _is_there(folder: str) -> bool:
    return Path(folder).is_dir()
