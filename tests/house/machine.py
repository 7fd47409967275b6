"""A VIOS of the lab's fleet, asked without a network: what walks and handlers' tests have a change carried out on.

Whatever a managed system or VIOS is called, it is p75 and its first VIOS, which have disks and ports to spare. The
clock is turned by hand: a second for each command.
"""

from __future__ import annotations

import shlex
from collections.abc import Coroutine
from dataclasses import replace
from functools import cache
from typing import Any

from bot.lab.fleet.commands import programs
from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.events import UpkeepChanged
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.vios import shell as vios_shell
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import Seat, World

HMC, SYSTEM, VIOS = "hmc-oslo", "p75", "p75vio1"
BEGAN = 1_772_330_400.0  # seconds: 2026-03-01 02:00 UTC
MONTHS = 40 * 86_400.0  # seconds that pass between what was done on it before and the operation
# What padmin has done on it before an operation comes, by its verb.
BEFORE: dict[str, tuple[str, ...]] = {
    "change-address": ("mktcpip -hostname p75vio1 -inetaddr 192.168.1.9 -interface en5 -start",),
    "change-aggregation": ("mkvdev -lnagg ent5",),
    "make-path": ("rmpath -dev hdisk4 -pdev fscsi0",),
    "set-path": ("chpath -oper disable -dev hdisk4 -pdev fscsi0 -conn 50050768014016aa,4000000000000",),
    "save-structure": ("mksp client_boot hdisk14",),
    "replace-structure": ("mksp client_boot hdisk14", "savevgstruct client_boot"),
    "clear-errors": ("chdev -dev ent4 -attr ha_mode=standby", "chdev -dev ent4 -attr ha_mode=auto"),
}


@cache
def _fleet() -> Fleet:
    return demo_fleet()


class Machine:
    """Answers what an HMC is asked, of itself or for its VIOS."""

    def __init__(self, *before: str, **upkeep: Any) -> None:
        self.now = BEGAN - MONTHS
        self.world = World(state=_fleet(), clock=lambda: self.now, migration_seconds=1.0, line_delay=0.0)
        for line in before:
            text, status = self.on_vios(line)
            assert status == 0, text
        self.now = BEGAN
        self.kept(**upkeep)

    @classmethod
    def before(cls, verb: str) -> Machine:
        """As an operation finds it that has something to do."""
        return cls(*BEFORE.get(verb, ()), licensed=verb != "accept-license")

    @property
    def vios(self) -> Partition:
        return Login(self.world, SYSTEM, VIOS).vios

    def kept(self, **upkeep: Any) -> None:
        """What its administrators have done to it is so from now on."""
        after = replace(self.vios.io.upkeep, **upkeep)
        self.world.happen(UpkeepChanged(system=SYSTEM, partition=VIOS, upkeep=after))

    def on_vios(self, line: str) -> tuple[str, int]:
        """What that line prints in padmin's shell, and its exit status."""
        return self._run(vios_shell(Login(self.world, SYSTEM, VIOS)), line)

    def answer(self, argv: tuple[str, ...]) -> tuple[str, int]:
        """What the HMC prints, and its exit status."""
        self.now += 1.0
        seat = Seat(self.world, HMC, self.world.fleet.hmcs[HMC].users[0])
        hmc = Shell(programs(seat), tell=lambda words: None, variables={})
        found = self._run(hmc, shlex.join(_as_here(argv)))
        assert self.world.errors == [], "the simulated machine itself had no fault"
        return found

    def _run(self, shell: Shell, line: str) -> tuple[str, int]:
        printed: list[str] = []

        async def keep(text: str) -> None:
            printed.append(text)

        status = _ended(shell.run(line, keep, keep))
        return "".join(printed), status


def _ended(work: Coroutine[None, None, int]) -> int:
    """Nothing in it waits for anything, so it needs no loop."""
    try:
        while True:
            work.send(None)
    except StopIteration as end:
        status: int = end.value
        return status


def _as_here(argv: tuple[str, ...]) -> list[str]:
    words = list(argv)
    for flag, name in (("-m", SYSTEM), ("-p", VIOS)):
        if flag in words:
            words[words.index(flag) + 1] = name
    return [f"lpar_names={VIOS}" if word.startswith("lpar_names=") else word for word in words]
