"""The desk: takes in what people ask and click, has it judged, and keeps the answer. One transaction for each."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from bot import cards
from bot.inventory import Inventory
from bot.ledger import audit, policies, requests, slack
from bot.ledger.requests import Moved
from bot.ledger.slack import Envelope, Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.runner import Runner
from bot.teller import Teller
from handlers import explain, grammar
from handlers.operation import Ending, Offer, Operation, Report
from policies.problems import Problem
from policies.requests import State, TooLate, Vote, cast, withdraw
from policies.rules import Allow, Deny, judge
from policies.words import Effect, Person

log = structlog.get_logger()

STILL_MEANT = timedelta(minutes=2)
KEPT = timedelta(days=30)  # deliveries and letters that are done with


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    envelopes: list[Envelope]
    requests: list[requests.Request]


class Broken(Problem):
    code = "internal-fault"
    sentence = "hscbot itself failed on that."
    why = "It is a fault of mine, not of what you asked. My log has the trace."
    remedy = "Look at the request's message, if there is one, before you ask again; and report it."


class AskedLongAgo(Problem):
    code = "asked-long-ago"
    sentence = "You asked this while I was down, and I only see it now."
    why = "Too long ago to be sure that you still want it. Nothing ran."
    remedy = "Ask again if you still want it."


class OddClick(Problem):
    code = "odd-click"
    sentence = "I don't know that button."
    why = "It may stand on a message of another version of hscbot."
    remedy = "Type the command anew."


class Desk:
    """`catalog` holds each slash command's operations."""

    def __init__(
        self,
        ledger: Ledger,
        catalog: Mapping[str, Sequence[type[Operation]]],
        inventory: Inventory,
        runner: Runner,
        teller: Teller,
    ) -> None:
        self._ledger, self._catalog, self._inventory = ledger, catalog, inventory
        self._runner, self._teller = runner, teller
        self._idle: set[int] = set()

    async def handle(self, envelope: Envelope) -> None:
        """Deal with one delivery; what it leads to and that it is handled are one transaction."""
        take: dict[str, Callable[[Envelope], Any]] = {
            "command": self._command,
            "action": self._action,
            "shortcut": self._shortcut,
        }
        try:
            await take[envelope.kind](envelope)
        except Problem as problem:
            await self._whisper(envelope, [problem], asked=_asked(envelope))
        except Exception:
            log.exception("a delivery failed", kind=envelope.kind, key=envelope.key)
            await self._broken(envelope)

    async def _broken(self, envelope: Envelope) -> None:
        """Tell whoever sent it, if it says who that is; it is over in any case, and doesn't come up at each start."""
        try:
            await self._whisper(envelope, [Broken()], asked=_asked(envelope))
        except (KeyError, AttributeError, TypeError):
            log.exception("a delivery that nobody can be told of", key=envelope.key)
            await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _command(self, envelope: Envelope) -> None:
        body = envelope.body
        await self._ask(envelope, str(body["command"]), str(body.get("text") or ""))

    async def _ask(self, envelope: Envelope, command: str, text: str) -> None:
        asked = grammar.read(self._catalog, command, text)
        shown = f"{command} {text}" if command.startswith("/") else f"/{command} {text}"
        if isinstance(asked, list):
            await self._whisper(envelope, asked, asked=shown)
        elif isinstance(asked, grammar.Help):
            card = cards.help_card(asked.command, self._catalog[asked.command], asked.verb)
            await self._say_to(envelope, card)
        else:
            await self._submit(envelope, asked, shown)

    async def _submit(self, envelope: Envelope, operation: Operation, shown: str) -> None:
        person = _person(envelope)
        policy = await self._ledger.read(policies.current)
        verdict = judge(policy, operation.name(), operation.effect, person)
        if isinstance(verdict, Deny):
            await self._whisper(envelope, [verdict], asked=shown)
            return
        if faults := await self._inventory.ensure(operation.systems()):
            await self._whisper(envelope, faults, asked=shown)
            return
        number = await self._ledger.write(lambda tx: self._accepted(tx, envelope, operation, shown))
        self._teller.wake()
        if number is not None:
            self._runner.start(number)

    def _accepted(self, tx: Tx, envelope: Envelope, operation: Operation, shown: str) -> int | None:
        """Judge it again, by the policy of this very transaction, and keep it; None: refused, or handled already."""
        person, policy = _person(envelope), policies.current(tx.db)
        verdict = judge(policy, operation.name(), operation.effect, person)
        if isinstance(verdict, Deny) or policy is None:
            self._refuse(tx, envelope, [verdict] if isinstance(verdict, Deny) else [], shown)
            return None
        if not slack.handled(tx, envelope.key):
            return None
        at_once = operation.effect is Effect.READS and isinstance(verdict, Allow)
        request = requests.create(
            tx,
            operation=operation.name(),
            parameters=operation.model_dump_json(),
            requester=person,
            channel=_channel(envelope),
            verdict=verdict,
            policy_version=policy.version,
            state=State.GRANTED if at_once else State.PLANNING,
        )
        self._teller.card(tx, request, first=True)
        return request.id

    # ── clicking ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _action(self, envelope: Envelope) -> None:
        action = envelope.body["actions"][0]
        name, value = str(action.get("action_id", "")), str(action.get("value", ""))
        if name in ("vote.approve", "vote.deny") and value.isdigit():
            await self._vote(envelope, int(value), name)
        elif name == "request.withdraw" and value.isdigit():
            await self._withdraw(envelope, int(value))
        elif name.startswith("offer."):
            await self._ask(envelope, *_offered(value))
        else:
            raise OddClick

    async def _vote(self, envelope: Envelope, number: int, action: str) -> None:
        vote = Vote(person=_person(envelope), choice="approve" if action == "vote.approve" else "deny")

        def change(tx: Tx) -> bool:
            if not slack.handled(tx, envelope.key):
                return False
            request = _request(tx, number)
            after = cast(request.standing, vote, policies.current(tx.db), tx.now())
            requests.voted(tx, number, vote)
            if after is not State.WAITING:
                requests.move(tx, number, after, person=str(vote.person))
            if after is State.DENIED:
                self._closed(tx, number, f"denied by <@{vote.person.member}>")
            else:
                self._teller.card(tx, requests.get(tx.db, number))
            return after is State.GRANTED

        granted = await self._ledger.write(change)
        self._teller.wake()
        if granted:
            self._runner.start(number)

    async def _withdraw(self, envelope: Envelope, number: int) -> None:
        person = _person(envelope)

        def change(tx: Tx) -> None:
            if not slack.handled(tx, envelope.key):
                return
            after = withdraw(_request(tx, number).standing, person)
            requests.move(tx, number, after, person=str(person))
            self._closed(tx, number, f"withdrawn by <@{person.member}>")

        await self._ledger.write(change)
        self._teller.wake()

    def _closed(self, tx: Tx, number: int, how: str) -> None:
        """It will not run: said on the card, and to who asked."""
        request = requests.get(tx.db, number)
        self._teller.card(tx, request)
        self._teller.note(tx, request, f"{cards.ICONS[request.state]} <@{request.requester.member}> #{number} {how}")

    async def expire(self) -> None:
        """Close what waited longer than its policy allows."""
        late = await self._ledger.read(lambda db: requests.due(db, self._ledger.now()))
        for request in late:
            try:
                await self._ledger.write(partial(self._expired, number=request.id))
            except Moved:
                log.info("decided just in time", request=request.id)
        if late:
            self._teller.wake()

    def _expired(self, tx: Tx, *, number: int) -> None:
        requests.move(tx, number, State.EXPIRED, person="hscbot")
        self._closed(tx, number, "expired: nobody decided, or it didn't start, in time. Nothing ran.")

    # ── explaining ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _shortcut(self, envelope: Envelope) -> None:
        """Explain the codes in a message that somebody pointed at."""
        # Slack hands out a message's text escaped.
        text = html.unescape(str(envelope.body.get("message", {}).get("text") or ""))
        found = [each for each in explain.explain(text.splitlines()) if each.code is not None]
        await self._say_to(envelope, cards.explained_card(found))

    # ── answering ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _whisper(self, envelope: Envelope, problems: Sequence[Problem | Deny], *, asked: str) -> None:
        await self._ledger.write(lambda tx: self._refuse(tx, envelope, problems, asked))
        self._teller.wake()

    def _refuse(self, tx: Tx, envelope: Envelope, problems: Sequence[Problem | Deny], asked: str) -> None:
        if slack.handled(tx, envelope.key):
            tx.audit(
                "refused",
                person=str(_person(envelope)),
                channel=_channel(envelope),
                targets=audit.names_in(asked),
                asked=asked[:2_000],
                codes=[problem.code for problem in problems],
            )
            self._put(tx, envelope, cards.problems_card(asked, problems))

    async def _say_to(self, envelope: Envelope, message: cards.Message) -> None:
        def change(tx: Tx) -> None:
            if slack.handled(tx, envelope.key):
                self._put(tx, envelope, message)

        await self._ledger.write(change)
        self._teller.wake()

    def _put(self, tx: Tx, envelope: Envelope, message: cards.Message) -> None:
        reader = _person(envelope).member
        slack.say(tx, Letter(kind="whisper", channel=_channel(envelope), reader=reader, body=message))

    # ── starting again ────────────────────────────────────────────────────────────────────────────────────────────

    async def left_over(self) -> LeftOver:
        """What the last stop left: deliveries that were not dealt with, requests that were under way."""
        return LeftOver(
            envelopes=await self._ledger.read(slack.unhandled), requests=await self._ledger.read(requests.unfinished)
        )

    async def recover(self, left: LeftOver) -> None:
        """Pick it up, each by itself. Nothing that was sent to a machine is sent again."""
        for envelope in left.envelopes:
            await _alone(self._late(envelope))
        for request in left.requests:
            await _alone(self._pick_up(request))

    async def _late(self, envelope: Envelope) -> None:
        """What was asked long ago may not be wanted any more."""
        if envelope.at is not None and self._ledger.now() - envelope.at > STILL_MEANT:
            await self._whisper(envelope, [AskedLongAgo()], asked=_asked(envelope))
        else:
            await self.handle(envelope)

    async def sweep(self) -> None:
        """Close what is overdue, and pick up what nobody works on: twice seen so, for work that just starts."""
        await self.expire()
        idle = {
            request.id: request
            for request in await self._ledger.read(requests.unfinished)
            if request.state is not State.WAITING and not self._runner.busy(request.id)
        }
        for number in idle.keys() & self._idle:
            await _alone(self._pick_up(idle.pop(number)))
        self._idle = set(idle)

    async def forget(self) -> None:
        """Let go of what is long done with."""
        await self._ledger.write(lambda tx: slack.forget(tx, tx.now() - KEPT))

    async def _pick_up(self, request: requests.Request) -> None:
        if self._runner.busy(request.id):
            return
        if request.state is State.GRANTED:
            self._runner.start(request.id)
        elif request.state is State.UNKNOWN:
            self._runner.look(request.id)
        elif request.state in (State.PLANNING, State.RUNNING):
            await self._interrupted(request)

    async def _interrupted(self, request: requests.Request) -> None:
        """Nothing is sent again: told as unknown where a change may be under way, and looked at."""
        changed = await self._ledger.read(lambda db: requests.change_sent(db, request.id))
        operation = self._teller.operation(request)
        if changed:
            report = Report(
                ending=Ending.UNKNOWN,
                headline="unknown: I was interrupted while it ran; I am looking at the machines",
            )
        else:
            asked_alone = operation.effect is Effect.READS  # its answer was on its way, and nobody heard it
            report = Report(
                ending=Ending.UNKNOWN if asked_alone else Ending.FAILED,
                headline="interrupted: I was stopped before it ended; nothing was changed",
                offers=(Offer(label="Ask again", text=operation.text()),),
            )
        await self._teller.ended(request.id, State(report.ending.value), report)
        if changed:
            self._runner.look(request.id)


async def _alone(work: Coroutine[Any, Any, None]) -> None:
    """One that fails doesn't keep the others from their turn."""
    try:
        await work
    except Exception:
        log.exception("couldn't pick up what was left")


def _asked(envelope: Envelope) -> str:
    """What was asked or clicked, in words, for its refusal and the audit."""
    if envelope.kind == "command":
        return f"{envelope.body.get('command', '')} {envelope.body.get('text') or ''}"
    action: dict[str, Any] = next(iter(envelope.body.get("actions") or ()), {})
    words = {"vote.approve": "approve", "vote.deny": "deny", "request.withdraw": "withdraw"}
    name = str(action.get("action_id", envelope.kind))
    return f"{words.get(name, name)} #{action.get('value', '')}" if name in words else f"click on {name}"


def _offered(value: str) -> tuple[str, str]:
    try:
        told = json.loads(value)
        return str(told["command"]), str(told["text"])
    except (ValueError, KeyError, TypeError) as fault:
        raise OddClick from fault


def _request(tx: Tx, number: int) -> requests.Request:
    try:
        return requests.get(tx.db, number)
    except KeyError:
        raise TooLate(request=number, state="not one of mine") from None


def _person(envelope: Envelope) -> Person:
    body = envelope.body
    if envelope.kind == "command":
        return Person(workspace=str(body["team_id"]), member=str(body["user_id"]))
    user = body["user"]
    return Person(workspace=str(user.get("team_id") or body["team"]["id"]), member=str(user["id"]))


def _channel(envelope: Envelope) -> str:
    body = envelope.body
    if envelope.kind == "command":
        return str(body["channel_id"])
    return str((body.get("channel") or body.get("container") or {}).get("id") or body["user"]["id"])
