"""Reads that run at the same time: in order at the end, a few on each host, none of them lost."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.batches import AT_ONCE, together
from bot.ledger.problems import LedgerFull
from handlers.command import Command, Result
from handlers.operation import Batch, Report
from policies.problems import HostUnreachable, SessionRefused
from policies.words import Effect


class Machines:
    """Hosts that answer after a turn or two of the loop, and count how many of their sessions are in use."""

    def __init__(self, away: frozenset[str] = frozenset()) -> None:
        self.away, self.busy, self.most = away, Counter[str](), Counter[str]()
        self.asked: list[Command] = []
        self.cancelled = 0

    async def send(self, command: Command) -> Result:
        host = command.host
        self.asked.append(command)
        self.busy[host] += 1
        self.most[host] = max(self.most[host], self.busy[host])
        try:
            await asyncio.sleep(3600 if command.argv[0] == "forever" else 0)
            if host in self.away:
                raise HostUnreachable(host=host, address="10.0.0.1", port=22, reason="No route")
            if command.argv[0] == "refused":
                raise SessionRefused(host=host, reason="no more sessions")
            if command.argv[0] == "broken":
                raise LedgerFull(path="hscbot.db", reason="full")
            return Result(command=command, exit_status=0, text=command.argv[-1])
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.busy[host] -= 1


def read(host: str, *argv: str) -> Command:
    return Command(host=host, argv=argv)


async def nothing(_: Report) -> None: ...


@settings(deadline=None)
@given(st.lists(st.sampled_from(["oslo", "arizona", "away"]), max_size=40))
def test_results_come_in_the_order_of_the_commands(hosts: list[str]) -> None:
    """However many on whichever hosts: one result for each, in its place, never more than a few at once on one host."""
    machines = Machines(frozenset({"away"}))
    commands = tuple(read(host, "ioslevel", str(n)) for n, host in enumerate(hosts))
    results = asyncio.run(together(Batch(commands=commands), machines.send, nothing))
    assert [result.command for result in results] == list(commands)
    for result in results:
        away = result.command.host == "away"
        assert (result.text, bool(result.unsent)) == (("" if away else result.command.argv[-1]), away)
    assert all(count <= AT_ONCE for count in machines.most.values())
    assert Counter(each.host for each in machines.asked)["away"] <= AT_ONCE, "it isn't tried for each"


async def test_one_without_a_session_keeps_no_other_from_its_turn() -> None:
    """That one wasn't sent, and says why; the host is asked for the rest."""
    machines = Machines()
    commands = (read("oslo", "refused"), *(read("oslo", "ioslevel", str(n)) for n in range(4)))
    results = await together(Batch(commands=commands), machines.send, nothing)
    assert [bool(result.unsent) for result in results] == [True, False, False, False, False]


async def test_a_fault_of_ours_ends_all_of_it() -> None:
    """What isn't a host's own is raised as it is, and what still ran is ended."""
    machines = Machines()
    commands = (read("oslo", "forever"), read("arizona", "forever"), read("arizona", "broken"))
    with pytest.raises(LedgerFull):
        await together(Batch(commands=commands), machines.send, nothing)
    assert machines.cancelled == 2
    assert sum(machines.busy.values()) == 0


async def test_who_stops_waiting_ends_what_runs() -> None:
    """A batch that is cancelled leaves no read behind it."""
    machines = Machines()
    work = asyncio.create_task(together(Batch(commands=(read("oslo", "forever"),) * 3), machines.send, nothing))
    async with asyncio.timeout(20):
        while sum(machines.busy.values()) < AT_ONCE:  # noqa: ASYNC110  # turns of the loop, no time
            await asyncio.sleep(0)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert sum(machines.busy.values()) == 0


def test_a_change_is_in_no_batch() -> None:
    """Changes are sent one by one: a batch with one can't even be made."""
    with pytest.raises(ValueError, match="reads alone"):
        Batch(commands=(Command(host="oslo", argv=("chdev",), effect=Effect.CHANGES),))
