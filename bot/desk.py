"""The desk: takes in what people ask, click and fill in, has it judged, and keeps the answer in one transaction."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot import cards, forms, mentions
from bot.ballot import Ballot
from bot.circumstances import Circumstances
from bot.clerk import Clerk, is_refused
from bot.groups import Groups
from bot.home import Home
from bot.inventory import Inventory
from bot.ledger import audit, policies, requests, slack
from bot.ledger.slack import Envelope, Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.own.itself import Itself
from bot.runner import Runner
from bot.teller import Teller
from bot.views import Views
from handlers import explain, grammar
from handlers.grammar import Asked
from handlers.operation import Operation
from handlers.own import Own
from policies.case import Asking
from policies.problems import Problem
from policies.requests import State, Vote
from policies.verdicts import Allow, Deny, Verdict
from policies.words import Effect, Person

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
        circumstances: Circumstances,
        groups: Groups,
        ballot: Ballot,
        runner: Runner,
        teller: Teller,
        views: Views,
        home: Home,
        clerk: Clerk,
        itself: Itself,
    ) -> None:
        self._ledger, self._catalog, self._inventory = ledger, catalog, inventory
        self._circumstances, self._groups, self._ballot = circumstances, groups, ballot
        self._runner, self._teller, self._views, self._home = runner, teller, views, home
        self._clerk, self._itself = clerk, itself

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
        command, text = str(envelope.body["command"]), str(envelope.body.get("text") or "")
        about_people = any(each.people for each in self._catalog.get(command.removeprefix("/"), ()))
        await self._ask(envelope, command, mentions.plain(text) if about_people else text)

    async def _ask(self, envelope: Envelope, command: str, text: str) -> None:
        if (operation := _long(self._catalog, command, text)) is not None:
            await self._ask_for_text(envelope, operation)
            return
        asked = grammar.read(self._catalog, command, text)
        shown = f"{command} {text}" if command.startswith("/") else f"/{command} {text}"
        if isinstance(asked, list):
            await self._whisper(envelope, asked, asked=shown)
        elif isinstance(asked, grammar.Help):
            card = cards.help_card(asked.command, self._catalog[asked.command], asked.verb)
            await self._say_to(envelope, card)
        else:
            await self._submit(envelope, asked, shown)

    async def _submit(self, envelope: Envelope, asked: Asked, shown: str) -> None:
        operation = asked.operation
        case = self._circumstances.case(operation, _person(envelope), asked.asking)
        verdict = await self._ledger.read(lambda db: policies.judged(db, self._ledger.now(), case))
        if isinstance(verdict, Deny):
            await self._whisper(envelope, [verdict], asked=shown)
            return
        if self._clerk.answers(asked) is not None:
            await self._clerk.answer(envelope, _person(envelope), _channel(envelope), asked, shown)
            return
        faults = await self._inventory.ensure(operation.systems())
        if faults := [*faults, *await self._itself.faults(operation, _person(envelope))]:
            await self._whisper(envelope, faults, asked=shown)
            return
        number = await self._ledger.write(lambda tx: self._accepted(tx, envelope, asked, shown))
        self._teller.wake()
        if number is not None:
            self._runner.start(number)

    def _accepted(self, tx: Tx, envelope: Envelope, asked: Asked, shown: str) -> int | None:
        """Judge it again, by the policy of this very transaction, and keep it; None: refused, or handled already."""
        operation, person, policy = asked.operation, _person(envelope), policies.current(tx.db)
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
            targets=operation.targets(),
            requester=person,
            channel=_channel(envelope),
            verdict=verdict,
            policy_version=policy.version,
            state=State.GRANTED if at_once else State.PLANNING,
        )
        self._teller.card(tx, request, first=True)
        return request.id

    # ── a policy's text ───────────────────────────────────────────────────────────────────────────────────────────

    async def _ask_for_text(self, envelope: Envelope, operation: type[Own]) -> None:
        """Too long to be typed behind a command, so a form asks for it; who may not ask hears so before they write."""
        verdict = await self._judged_text(envelope, operation, "", Asking())
        if isinstance(verdict, Deny) and is_refused(verdict):
            await self._whisper(envelope, [verdict], asked=f"/{operation.command} {operation.verb}")
            return
        await self._open(envelope, forms.policy(operation, _channel(envelope)))

    async def _text_given(self, envelope: Envelope, operation: type[Own]) -> None:
        source, asking = forms.read_policy(envelope.body["view"])
        shown = f"/{operation.command} {operation.verb}"
        verdict = await self._judged_text(envelope, operation, source, asking)
        if isinstance(verdict, Deny):
            await self._whisper(envelope, [verdict], asked=shown)
            return
        person, channel = _person(envelope), _channel(envelope)
        sha256 = await self._clerk.proposed(envelope, person, channel, source, shown)
        if sha256 is not None:
            made = operation.model_validate({"sha256": sha256})
            await self._submit(envelope, Asked(made, asking), f"/{made.command} {made.text()}")

    async def _judged_text(self, envelope: Envelope, operation: type[Own], source: str, asking: Asking) -> Verdict:
        made = operation.model_validate({"sha256": policies.fingerprint(source)})
        case = self._circumstances.case(made, _person(envelope), asking)
        return await self._ledger.read(lambda db: policies.judged(db, self._ledger.now(), case))

    # ── clicking ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _action(self, envelope: Envelope) -> None:
        action = envelope.body["actions"][0]
        name, value = str(action.get("action_id", "")), str(action.get("value", ""))
        take: dict[str, Callable[[Envelope, int], Any]] = {
            "vote.approve": self._approve,
            "vote.deny": self._ask_why,
            "request.withdraw": lambda envelope, number: self._ballot.withdraw(envelope, number, _person(envelope)),
            "request.details": self._show_details,
            "review.close": self._ask_for_review,
            "home.page": self._turn_page,
        }
        if name.partition(":")[0] in take and value.isdigit():
            await take[name.partition(":")[0]](envelope, int(value))
        elif name.startswith("offer."):
            await self._ask(envelope, *_offered(value))
        else:
            raise OddClick
        if _from_home(envelope):
            await self._home.show(_person(envelope))

    async def _approve(self, envelope: Envelope, number: int) -> None:
        await self._ballot.vote(envelope, number, Vote(person=_person(envelope), choice="approve"))

    async def _ask_why(self, envelope: Envelope, number: int) -> None:
        """A veto has a reason, so a form asks for it; who may not deny hears so before they write one."""
        request = await self._ballot.may_vote(number, Vote(person=_person(envelope), choice="deny"))
        await self._open(envelope, forms.deny(request, self._teller.operation(request), _channel(envelope)))

    async def _ask_for_review(self, envelope: Envelope, number: int) -> None:
        request = await self._ballot.may_review(number, _person(envelope))
        await self._open(envelope, forms.review(request, self._teller.operation(request), _channel(envelope)))

    async def _show_details(self, envelope: Envelope, number: int) -> None:
        request = await self._ledger.read(lambda db: requests.get(db, number))
        await self._open(envelope, forms.details(request, self._teller.operation(request)))

    async def _open(self, envelope: Envelope, view: forms.View) -> None:
        await self._views.open(str(envelope.body.get("trigger_id", "")), view)
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))

    async def _filled_in(self, envelope: Envelope) -> None:
        """A form was sent."""
        by_text = {each.name(): each for each in _with_text(self._catalog)}
        if (operation := by_text.get(str(envelope.body["view"].get("callback_id")))) is not None:
            await self._text_given(envelope, operation)
            return
        form = forms.read(envelope.body["view"])
        person = _person(envelope)
        if form.kind == "vote.deny":
            await self._ballot.vote(envelope, form.request, Vote(person=person, choice="deny", reason=form.text))
        elif form.kind == "review.close":
            await self._ballot.review(envelope, form.request, person, form.text)
        else:
            raise OddClick

    # ── Home ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def open_home(self, person: Person) -> None:
        await self._groups.refresh()
        await self._home.show(person)

    async def _turn_page(self, envelope: Envelope, page: int) -> None:
        action = envelope.body["actions"][0]
        await self._home.show(_person(envelope), section=str(action["action_id"]).partition(":")[2], page=page)
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))

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

    async def late(self, envelope: Envelope) -> None:
        """A delivery that the last stop left. What was asked long ago may not be wanted any more."""
        if envelope.at is not None and self._ledger.now() - envelope.at > STILL_MEANT:
            await self._whisper(envelope, [AskedLongAgo()], asked=_asked(envelope))
        else:
            await self.handle(envelope)


def _asked(envelope: Envelope) -> str:
    """What was asked or clicked, in words, for its refusal and the audit."""
    if envelope.kind == "command":
        return f"{envelope.body.get('command', '')} {envelope.body.get('text') or ''}"
    action: dict[str, Any] = next(iter(envelope.body.get("actions") or ()), {})
    words = {"vote.approve": "approve", "vote.deny": "deny", "request.withdraw": "withdraw"}
    name = str(action.get("action_id", envelope.kind))
    return f"{words.get(name, name)} #{action.get('value', '')}" if name in words else f"click on {name}"


def _with_text(catalog: Mapping[str, Sequence[type[Operation]]]) -> list[type[Own]]:
    found = [each for verbs in catalog.values() for each in verbs]
    return [each for each in found if issubclass(each, Own) and each.asks_for_text]


def _long(catalog: Mapping[str, Sequence[type[Operation]]], command: str, text: str) -> type[Own] | None:
    """The operation that was typed alone, whose text a form asks for."""
    typed = (command.removeprefix("/"), text.strip().lower())
    return next((each for each in _with_text(catalog) if (each.command, each.verb) == typed), None)


def _offered(value: str) -> tuple[str, str]:
    try:
        told = json.loads(value)
        return str(told["command"]), str(told["text"])
    except (ValueError, KeyError, TypeError) as fault:
        raise OddClick from fault


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
    if envelope.kind == "view":
        return forms.channel_of(body["view"]) or str(body["user"]["id"])
    return str((body.get("channel") or body.get("container") or {}).get("id") or body["user"]["id"])


def _from_home(envelope: Envelope) -> bool:
    return str((envelope.body.get("view") or {}).get("type")) == "home"
