"""Drives flows: to a plan while nothing is approved, to the end once it is, and never past what was approved."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog

from bot.door import Door
from bot.ledger import policies, requests
from bot.ledger.requests import Moved, Request
from bot.ledger.store import Ledger, Tx
from bot.teller import Teller
from handlers.operation import Command, Ending, Flow, Inventory, Operation, Plan, Progress, Report, Result
from policies.problems import HostProblem, Problem
from policies.requests import State
from policies.words import Effect

log = structlog.get_logger()


class NotPlanned(Problem):
    code = "not-planned"
    sentence = "I stopped before a command that isn't in the approved plan: {command}"
    why = "Only what was shown to the approvers may run."
    remedy = "This is a fault in hscbot: report it with the request's number. Nothing of that command ran."


class StaleWhenChecked(Exception):
    """The plan is not the approved one any more."""


class Drive:
    """One pass over a flow: which request, and what it may still change."""

    def __init__(self, request: Request | None, approved: str | None, policy_version: int | None) -> None:
        self.request, self.approved, self.policy_version = request, approved, policy_version
        self.allowed: list[Command] = []
        self.changed = False  # something that changes a machine was sent


class Fleet(Inventory, Protocol):
    async def ensure(self, systems: tuple[str, ...]) -> list[Problem]:
        """Bring what is known of these managed systems up to date; a Problem for each fault."""
        ...


class Runner:
    """Everything that a request does after it is accepted."""

    def __init__(
        self, ledger: Ledger, door: Door, teller: Teller, operations: dict[str, type[Operation]], fleet: Fleet
    ) -> None:
        self._ledger, self._door, self._teller = ledger, door, teller
        self._operations, self._fleet = operations, fleet
        self._tasks: set[asyncio.Task[None]] = set()

    # ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, request: int) -> None:
        """Go on with a request from the state that it is in."""
        self._keep(self._go_on(request))

    def look(self, request: int) -> None:
        """Read where things stand after a request whose outcome is unknown."""
        self._keep(self._look(request))

    async def settled(self) -> None:
        """Back when nothing runs."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("a request's work failed", exc_info=fault)

    async def _go_on(self, number: int) -> None:
        try:
            await self._pass(number)
        except Moved as moved:
            log.info("somebody else decided first", request=number, move=str(moved))

    async def _pass(self, number: int) -> None:
        """One pass: to the plan of a request that is being planned, to the end of one that is granted."""
        request = await self._ledger.read(lambda db: requests.get(db, number))
        approved = request.digest
        if request.state is State.GRANTED:
            claimed = await self._claim(request)
            if claimed is None:
                return
            request = claimed
        operation = self.operation(request)
        drive = Drive(request, approved, await self._policy_version())
        try:
            await self._ready(operation)
            plan_or_report = await self._drive(drive, operation.flow(self._fleet))
        except StaleWhenChecked:
            await self._teller.ended(request.id, State.STALE, _stale())
            return
        except Problem as problem:
            plan_or_report = _failed(problem, drive)
        except Exception:
            log.exception("a flow failed", request=request.id)
            plan_or_report = _broken(drive)
        if isinstance(plan_or_report, Plan):
            await self._planned(request, operation, plan_or_report, drive)
        else:
            await self._ended(request, plan_or_report)

    async def _claim(self, request: Request) -> Request | None:
        """Exactly one gets it; the others, and a click after its time, find it gone."""

        def change(tx: Tx) -> Request | None:
            late = request.run_by is not None and tx.now() > request.run_by
            moved = requests.move(tx, request.id, State.EXPIRED if late else State.RUNNING, person="hscbot")
            self._teller.card(tx, moved)
            return None if late else moved

        try:
            claimed = await self._ledger.write(change)
        except Moved as moved:
            log.info("already claimed", request=request.id, state=str(moved))
            return None
        self._teller.wake()
        return claimed

    async def _planned(self, request: Request, operation: Operation, plan: Plan, drive: Drive) -> None:
        digest = self._digest(operation, plan, drive)
        granted = await self._teller.planned(request.id, plan.shown, digest)
        if granted:
            await self._go_on(request.id)

    async def _ended(self, request: Request, report: Report) -> None:
        await self._teller.ended(request.id, State(report.ending.value), report)
        if report.ending is Ending.UNKNOWN and request.state is State.RUNNING:
            await self._look(request.id)

    async def _look(self, number: int) -> None:
        request = await self._ledger.read(lambda db: requests.get(db, number))
        operation = self.operation(request)
        flow = operation.look(self._fleet)
        if flow is None:
            return
        drive = Drive(request, None, None)
        drive.changed = True  # so that an unreachable host is an answer, not the end
        try:
            await self._ready(operation)
            found = await self._drive(drive, flow)
        except Problem as problem:
            found = Report(ending=Ending.UNKNOWN, headline=problem.said, lines=(problem.because, problem.next_step))
        if isinstance(found, Report):
            await self._teller.looked(request.id, found)

    async def _ready(self, operation: Operation) -> None:
        """After a start the fleet may not be known yet when an approval comes."""
        if faults := await self._fleet.ensure(operation.systems()):
            raise faults[0]

    async def _policy_version(self) -> int | None:
        policy = await self._ledger.read(policies.current)
        return policy.version if policy is not None else None

    def operation(self, request: Request) -> Operation:
        return self._operations[request.operation].model_validate_json(request.parameters)

    # ── flows ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _drive(self, drive: Drive, flow: Flow) -> Plan | Report:
        """Run a flow to its report, or, while nothing is approved yet, to its plan."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, Plan):
                    if drive.approved is None:
                        return step
                    self._same(drive, step)
                    drive.allowed = list(step.commands)
                    step = next(flow)
                else:
                    step = flow.send(await self._step(drive, step))
        except StopIteration as end:
            report: Report = end.value
            return report
        finally:
            flow.close()

    def _same(self, drive: Drive, plan: Plan) -> None:
        if drive.request is None or self._digest(self.operation(drive.request), plan, drive) != drive.approved:
            raise StaleWhenChecked

    def _digest(self, operation: Operation, plan: Plan, drive: Drive) -> str:
        return plan.shown.digest(
            operation=operation.name(),
            parameters=operation.model_dump_json(),
            policy_version=drive.policy_version or 0,
        )

    async def _step(self, drive: Drive, command: Command) -> Result:
        if command.after:
            await asyncio.sleep(command.after)
        if command.effect > Effect.READS:
            _authorise(drive, command)
        before = drive.changed

        def sending() -> None:
            drive.changed = drive.changed or command.effect > Effect.READS

        try:
            result = await self._door.send(
                command, drive.request, sending=sending, progress=lambda how_far: self._progress(drive, how_far)
            )
        except HostProblem as problem:
            drive.changed = before
            if not before or command.effect > Effect.READS:
                raise
            # What was changed must be told, also when the read behind it finds nobody.
            return Result(command=command, exit_status=None, text=problem.said)
        if command.progress is not None and (progress := command.progress(result)) is not None:
            await self._progress(drive, progress)
        return result

    async def _progress(self, drive: Drive, progress: Progress) -> None:
        if drive.request is not None:
            await self._teller.progress(drive.request.id, progress)


def _authorise(drive: Drive, command: Command) -> None:
    """A change must be the next of the approved plan, to the letter."""
    running = drive.request is not None and drive.request.state is State.RUNNING
    wanted = drive.allowed.pop(0) if drive.allowed else None
    if not running or wanted is None or (wanted.host, wanted.argv) != (command.host, command.argv):
        raise NotPlanned(command=" ".join(command.argv))


def _failed(problem: Problem, drive: Drive) -> Report:
    done = "" if not drive.changed else " Something was sent before: look at the machine."
    ending = Ending.UNKNOWN if drive.changed else Ending.FAILED
    return Report(ending=ending, headline=problem.said, lines=(f"{problem.because}{done}", f"→ {problem.next_step}"))


def _broken(drive: Drive) -> Report:
    ending = Ending.UNKNOWN if drive.changed else Ending.FAILED
    said = "something was sent, and its outcome wasn't understood" if drive.changed else "nothing was changed"
    line = "The log of hscbot has the trace; report it with this request's number."
    return Report(ending=ending, headline=f"hscbot itself failed: {said}", lines=(line,))


def _stale() -> Report:
    return Report(
        ending=Ending.FAILED,
        headline="refused: the plan is not the approved one any more",
        lines=(
            "What the machines or the policy say has changed since it was approved, so nothing ran.",
            "→ Ask for it anew, and look at what is different.",
        ),
    )
