"""The desk: takes in what people ask, has it judged, and keeps the answer in one transaction. Clicks go on from it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot import cards, finding_cards, kit, mentions, silencing
from bot.circumstances import Circumstances
from bot.clerk import Clerk
from bot.clicks import Clicks, OddClick
from bot.envelopes import asked_in, channel_of, person_of, words_of
from bot.filling import Filling
from bot.groups import Groups
from bot.inventory import Inventory
from bot.ledger import audit, policies, requests, slack
from bot.ledger.slack import Envelope, Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.own.itself import Itself
from bot.pasting import Pasting
from bot.runner import Runner
from bot.silencing import Silencing
from bot.teller import Teller
from handlers import choosing, grammar, spotting
from handlers.grammar import Asked
from handlers.operation import Operation
from handlers.own import Own
from handlers.place import NameOnTwoFrames
from policies.problems import Problem
from policies.requests import State
from policies.verdicts import Allow, Deny
from policies.words import Effect

log = structlog.get_logger()

STILL_MEANT = timedelta(minutes=2)


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


class Desk:
    """`catalog` holds each slash command's operations."""

    def __init__(
        self,
        ledger: Ledger,
        catalog: Mapping[str, Sequence[type[Operation]]],
        inventory: Inventory,
        circumstances: Circumstances,
        groups: Groups,
        clicks: Clicks,
        runner: Runner,
        teller: Teller,
        clerk: Clerk,
        pasting: Pasting,
        filling: Filling,
        silencing: Silencing,
        itself: Itself,
    ) -> None:
        self._ledger, self._catalog, self._inventory = ledger, catalog, inventory
        self._circumstances, self._groups, self._clicks = circumstances, groups, clicks
        self._runner, self._teller = runner, teller
        self._clerk, self._pasting, self._filling = clerk, pasting, filling
        self._silencing, self._itself = silencing, itself

    async def handle(self, envelope: Envelope) -> None:
        """Deal with one delivery; what it leads to and that it is handled are one transaction."""
        take: dict[str, Callable[[Envelope], Any]] = {
            "command": self._command,
            "action": self._action,
            "shortcut": self._shortcut,
            "view": self._filled_in,
        }
        try:
            await self._groups.refresh()
            await take[envelope.kind](envelope)
        except Problem as problem:
            await self._whisper(envelope, [problem], asked=asked_in(envelope))
        except Exception:
            log.exception("a delivery failed", kind=envelope.kind, key=envelope.key)
            await self._broken(envelope)

    async def _broken(self, envelope: Envelope) -> None:
        """Tell whoever sent it, if it says who that is; it is over in any case, and doesn't come up at each start."""
        try:
            await self._whisper(envelope, [Broken()], asked=asked_in(envelope))
        except (KeyError, AttributeError, TypeError):
            log.exception("a delivery that nobody can be told of", key=envelope.key)
            await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _command(self, envelope: Envelope) -> None:
        command, text = str(envelope.body["command"]), str(envelope.body.get("text") or "")
        about_people = any(each.people for each in self._catalog.get(command.removeprefix("/"), ()))
        await self._ask(envelope, command, mentions.plain(text) if about_people else text)

    async def _ask(self, envelope: Envelope, command: str, text: str) -> None:
        if (operation := self._pasting.of(command, text)) is not None:
            if (denied := await self._pasting.open(envelope, operation)) is not None:
                await self._whisper(envelope, [denied], asked=f"/{operation.command} {operation.verb}")
            return
        asked = grammar.read(self._catalog, command, text)
        shown = f"{command} {text}" if command.startswith("/") else f"/{command} {text}"
        if isinstance(asked, list):
            await self._whisper(envelope, asked, asked=shown)
        elif isinstance(asked, grammar.Help):
            await self._say_to(envelope, await self._filling.help(asked, person_of(envelope)))
        elif (lacking := asked if isinstance(asked, grammar.Incomplete) else grammar.unreasoned(asked)) is not None:
            if problems := await self._filling.open(envelope, lacking):
                await self._whisper(envelope, problems, asked=shown)
        elif isinstance(asked, Asked):
            await self._submit(envelope, asked, shown)

    async def _submit(self, envelope: Envelope, asked: Asked, shown: str) -> None:
        operation = asked.operation
        case = self._circumstances.case(operation, person_of(envelope), asked.asking)
        verdict = await self._ledger.read(lambda db: policies.judged(db, self._ledger.now(), case))
        if isinstance(verdict, Deny):
            await self._whisper(envelope, [verdict], asked=shown)
            return
        if self._clerk.answers(asked) is not None:
            await self._clerk.answer(envelope, person_of(envelope), channel_of(envelope), asked, shown)
            return
        if self._clerk.keeps(asked, verdict) is not None:
            await self._clerk.keep(envelope, person_of(envelope), channel_of(envelope), asked, shown)
            return
        # What hscbot carries out by itself waits for no HMC, but where it names what rules may find by its place.
        faults = [] if isinstance(operation, Own) and not operation.names() else await self._known(operation)
        if faults := [*faults, *await self._itself.faults(operation, person_of(envelope))]:
            await self._whisper(envelope, faults, asked=shown, ways=self._ways(asked, faults))
            return
        number = await self._ledger.write(lambda tx: self._accepted(tx, envelope, asked, shown))
        self._teller.wake()
        if number is not None:
            self._runner.start(number)

    def _ways(self, asked: Asked, faults: Sequence[Problem]) -> list[tuple[str, str, str]]:
        """Of a name on several managed systems, where nothing else is wrong: the same command with each of them."""
        fault = faults[0]
        if len(faults) > 1 or not isinstance(fault, NameOnTwoFrames):
            return []
        texts = ((frame, choosing.with_frame(self._catalog, asked, frame)) for frame in fault.frames)
        return [(f"On {frame}", asked.operation.command, text) for frame, text in texts if text is not None]

    async def _known(self, operation: Operation) -> list[Problem]:
        return await self._inventory.ensure(operation.systems(), operation.names())

    def _accepted(self, tx: Tx, envelope: Envelope, asked: Asked, shown: str) -> int | None:
        """Judge it again, by the policy of this very transaction, and keep it; None: refused, or handled already."""
        tx.check_clock()
        operation, person, policy = asked.operation, person_of(envelope), policies.current(tx.db)
        verdict = policies.judged(tx.db, tx.now(), self._circumstances.case(operation, person, asked.asking))
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
            asking=asked.asking,
            targets=self._circumstances.targets(operation),
            requester=person,
            channel=channel_of(envelope),
            verdict=verdict,
            policy_version=policy.version,
            state=State.GRANTED if at_once else State.PLANNING,
        )
        self._teller.card(tx, request, first=True)
        return request.id

    async def _action(self, envelope: Envelope) -> None:
        clicked = envelope.body["actions"][0]
        name, value = str(clicked.get("action_id", "")), str(clicked.get("value", ""))
        if name.startswith("offer."):
            try:
                await self._ask(envelope, *_offered(value))
            finally:
                await self._clicks.show_home(envelope)
        elif name == silencing.CLICK and value.isdigit():
            if (denied := await self._silencing.open(envelope, int(value))) is not None:
                await self._whisper(envelope, [denied], asked=f"/incidents silence {value}")
        else:
            await self._clicks.clicked(envelope)

    async def _filled_in(self, envelope: Envelope) -> None:
        """A form was sent."""
        asked = self._silencing.given(envelope) or self._filling.given(envelope)
        if isinstance(asked, Asked):
            await self._submit(envelope, asked, f"/{asked.operation.command} {asked.operation.text()}")
            return
        if asked is not None:  # its fields were right when it was sent
            await self._whisper(envelope, asked, asked=asked_in(envelope))
            return
        if (operation := self._pasting.of_form(envelope)) is None:
            await self._clicks.filled_in(envelope)
            return
        shown = f"/{operation.command} {operation.verb}"
        given = await self._pasting.given(envelope, operation, shown)
        if isinstance(given, Deny):
            await self._whisper(envelope, [given], asked=shown)
        elif given is not None:
            await self._submit(envelope, given, f"/{given.operation.command} {given.operation.text()}")

    # ── explaining ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _shortcut(self, envelope: Envelope) -> None:
        """Explain the codes in a message that somebody pointed at."""
        text = words_of(envelope.body.get("message"))
        await self._say_to(envelope, finding_cards.explained_card(spotting.explained(text)))

    # ── answering ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def _whisper(
        self,
        envelope: Envelope,
        problems: Sequence[Problem | Deny],
        *,
        asked: str,
        ways: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        await self._ledger.write(lambda tx: self._refuse(tx, envelope, problems, asked, ways))
        self._teller.wake()

    def _refuse(
        self,
        tx: Tx,
        envelope: Envelope,
        problems: Sequence[Problem | Deny],
        asked: str,
        ways: Sequence[tuple[str, str, str]] = (),
    ) -> None:
        if slack.handled(tx, envelope.key):
            tx.audit(
                "refused",
                person=str(person_of(envelope)),
                channel=channel_of(envelope),
                targets=audit.names_in(asked),
                asked=asked[:2_000],
                codes=[problem.code for problem in problems],
            )
            self._put(tx, envelope, cards.problems_card(asked, problems, ways))

    async def _say_to(self, envelope: Envelope, message: kit.Message) -> None:
        def change(tx: Tx) -> None:
            if slack.handled(tx, envelope.key):
                self._put(tx, envelope, message)

        await self._ledger.write(change)
        self._teller.wake()

    def _put(self, tx: Tx, envelope: Envelope, message: kit.Message) -> None:
        reader = person_of(envelope).member
        slack.say(tx, Letter(kind="whisper", channel=channel_of(envelope), reader=reader, body=message))

    async def late(self, envelope: Envelope) -> None:
        """A delivery that the last stop left. What was asked long ago may not be wanted any more."""
        if envelope.at is not None and self._ledger.now() - envelope.at > STILL_MEANT:
            await self._whisper(envelope, [AskedLongAgo()], asked=asked_in(envelope))
        else:
            await self.handle(envelope)


def _offered(value: str) -> tuple[str, str]:
    try:
        told = json.loads(value)
        return str(told["command"]), str(told["text"])
    except (ValueError, KeyError, TypeError) as fault:
        raise OddClick from fault
