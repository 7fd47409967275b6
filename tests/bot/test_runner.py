"""The runner lets nothing through that its approvers didn't see, whatever a flow asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from bot.app import world
from bot.circumstances import Circumstances
from bot.console import Console
from bot.door import Door
from bot.inventory import Inventory
from bot.lab import demo
from bot.lab.fleet import RunningFleet
from bot.ledger import policies, requests
from bot.ledger.hosts import LoginStops
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.own.itself import Itself
from bot.runner import Runner
from bot.starting import Starting
from bot.teller import Teller
from handlers.command import Command
from handlers.operation import Ending, Flow, Operation, Report
from handlers.operation import Inventory as Known
from handlers.plan import Plan
from policies.case import Asking
from policies.faults import Vocabulary
from policies.requests import State
from policies.verdicts import Allow
from policies.words import Effect, Person

SHUT = ("chsysstate", "-m", "p72", "-r", "lpar", "-o", "shutdown", "-n", "db01")
OFF = ("chsysstate", "-m", "p72", "-r", "lpar", "-o", "off", "-n", "db01")
POLICY = """
[roles]
team = ["T0LAB:U0REQUESTER"]
[[rules]]
name = "all"
who = ["team"]
verdict = "allow"
"""
VOCABULARY = Vocabulary(operations={"rogue.go": Effect.DISRUPTS})


class Rogue(Operation):
    """A flow that does other things than it shows."""

    command: ClassVar[str] = "rogue"
    verb: ClassVar[str] = "go"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "go"

    way: Literal["without a plan", "another command", "once more", "as shown"]

    def systems(self) -> tuple[str, ...]:
        return ("p72",)

    def flow(self, inventory: Known) -> Flow:
        shown = Command(host="hmc-oslo", argv=SHUT, effect=Effect.DISRUPTS)
        if self.way != "without a plan":
            yield Plan(commands=(shown,), moves="x", affected=("db01",), facts=(), undo="", stop="")
        if self.way != "another command":
            yield shown
        if self.way != "as shown":
            yield Command(host="hmc-oslo", argv=OFF, effect=Effect.DISRUPTS)
        return Report(ending=Ending.SUCCEEDED, headline="done")


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Runner, Ledger, RunningFleet]]:
    async with demo.lab() as lab, demo.open_ledger(folder) as ledger:
        hosts = lab.fleet.hosts
        await ledger.write(lambda tx: policies.load(tx, POLICY, by="a test", vocabulary=VOCABULARY))
        console = Console(hosts, LoginStops(ledger))
        teller = Teller(ledger, {Rogue.name(): Rogue}, lambda: None)
        circumstances = Circumstances({})
        door = Door(ledger, console, teller, Itself(ledger, world(folder, circumstances)))
        inventory = Inventory({name: host.address for name, host in hosts.items()}, door.read, ledger.now)
        starting = Starting(ledger, circumstances, teller)
        runner = Runner(ledger, door, starting, teller, inventory)
        try:
            yield runner, ledger, lab.fleet
        finally:
            await runner.close()
            await console.close()


async def end_of(folder: Path, way: str, *, state: State = State.PLANNING) -> tuple[State, list[tuple[str, ...]]]:
    """How a request for it ends, and what of it reached a machine."""
    async with running(folder) as (runner, ledger, fleet):

        def ask(tx: Tx) -> int:
            policy = policies.current(tx.db)
            assert policy is not None
            return requests.create(
                tx,
                operation=Rogue.name(),
                parameters=Rogue.model_validate({"way": way}).model_dump_json(),
                asking=Asking(),
                targets=("db01",),
                requester=Person(workspace="T0LAB", member="U0REQUESTER"),
                channel="C0POWEROPS",
                verdict=Allow(rules=(), minutes_to_run=5),
                policy_version=policy.version,
                state=state,
            ).id

        number = await ledger.write(ask)
        runner.start(number)
        await runner.settled()
        after = await ledger.read(lambda db: requests.get(db, number))
        return after.state, [ran.argv for ran in fleet.ran if ran.argv[0] == "chsysstate"]


async def test_what_was_shown_is_run_once(tmp_path: Path) -> None:
    """The plan's own command goes through, so that the refusals below mean something."""
    assert await end_of(tmp_path, "as shown") == (State.SUCCEEDED, [SHUT])


@pytest.mark.parametrize(
    ("way", "sent"), [("without a plan", []), ("another command", []), ("once more", [SHUT])]
)  # fmt: skip
async def test_what_was_not_shown_is_not_run(tmp_path: Path, way: str, sent: list[tuple[str, ...]]) -> None:
    """A change without a plan, another than the plan's, or one more than the plan's never reaches a machine."""
    state, ran = await end_of(tmp_path, way)
    assert ran == sent
    assert state in (State.FAILED, State.UNKNOWN)


async def test_a_request_that_is_over_is_not_driven(tmp_path: Path) -> None:
    """Started again in whatever other state, nothing happens."""
    for state in (State.WAITING, State.RUNNING, State.SUCCEEDED, State.DENIED):
        assert await end_of(tmp_path / state.value, "as shown", state=state) == (state, [])
