"""Help and forms: what somebody may ask for, and a form for what they left out of a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import asking_form, cards, forms
from bot.envelopes import channel_of, person_of
from bot.kit import Message
from bot.ledger import policies, slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Db
from bot.views import FormTooLate, Views
from handlers import grammar
from handlers.drift.source import OPEN
from handlers.grammar import Asked, Help, Incomplete
from handlers.operation import Operation, pick_of
from policies.problems import AskProblem, Problem
from policies.words import Person


class NotYours(AskProblem):
    code = "not-yours"
    sentence = "The policy lets you ask for {operation} nowhere."
    why = "None of your roles is allowed it, for any target or at any time, with or without approvals."
    remedy = (
        "`/policy explain {operation} … as @you` tells it rule by rule; whoever looks after the policy can change it."
    )


class Filling:
    """`choices` gives the names of an inventory's list; `open_settings` those that differ, of a host or of all."""

    def __init__(
        self,
        ledger: Ledger,
        catalog: Mapping[str, Sequence[type[Operation]]],
        views: Views,
        choices: Callable[[str], Sequence[str]],
        open_settings: Callable[[Db, str | None, datetime], Sequence[str]],
    ) -> None:
        self._ledger, self._catalog, self._views = ledger, catalog, views
        self._choices, self._open_settings = choices, open_settings
        self._known = {each.name(): each for verbs in catalog.values() for each in verbs}

    async def help(self, asked: Help, person: Person) -> Message:
        """What this person may use of a command, or one verb of it."""
        verbs = self._catalog[asked.command]
        theirs = await self._theirs(verbs, person)
        only = asked.verb if asked.verb in theirs else None
        return cards.help_card(asked.command, theirs, only, more=len(verbs) - len(theirs))

    async def _theirs(self, operations: Sequence[type[Operation]], person: Person) -> list[type[Operation]]:
        wanted = {each.name(): each.effect for each in operations}
        names = await self._ledger.read(lambda db: policies.theirs(db, self._ledger.now(), wanted, person))
        return [each for each in operations if each.name() in names]

    async def open(self, envelope: Envelope, asked: Incomplete) -> list[Problem]:
        """Open a form for what is missing. Problems where it can't be: then they say what is."""
        if not await self._theirs([asked.operation], person_of(envelope)):
            return [NotYours(operation=asked.operation.name())]
        view = asking_form.asking_form(asked.operation, asked.given, channel_of(envelope))
        try:
            await self._views.open(str(envelope.body.get("trigger_id", "")), view)
        except FormTooLate:
            return asked.missing
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))
        return []

    def given(self, envelope: Envelope) -> Asked | list[Problem] | None:
        """What a form that was sent asks for; None: it is another form."""
        return self._read(envelope.body["view"])

    def _read(self, view: Mapping[str, Any]) -> Asked | list[Problem] | None:
        operation = self._known.get(asking_form.asked_for(view) or "")
        if operation is None:
            return None
        asked = grammar.filled(operation, asking_form.filled_in(view))
        lacking = grammar.unreasoned(asked) if isinstance(asked, Asked) else None
        return asked if lacking is None else lacking.missing

    def faults(self, view: dict[str, Any]) -> dict[str, str]:
        """What its sender has to mend before a form can be taken, by field."""
        read = self._read(view)
        if read is None:
            return forms.faults(view)
        if isinstance(read, Asked):
            return {}
        fields = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
        found: dict[str, list[str]] = {}
        for problem in read:
            name = str(problem.facts.get("name", ""))
            found.setdefault(name if name in fields else fields[0], []).append(problem.said)
        return {name: " ".join(told) for name, told in found.items()}

    async def offered(self, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What a field of a form offers for what is typed into it."""
        view = body.get("view") or {}
        operation = self._known.get(asking_form.asked_for(view) or "")
        own = operation.model_fields if operation is not None else {}
        info = own.get(str(body.get("action_id", "")))
        pick = pick_of(info)
        found: Sequence[str] = ()
        if pick == OPEN:
            host = asking_form.filled_so_far(view).get("host")
            found = await self._ledger.read(lambda db: self._open_settings(db, host, self._ledger.now()))
        elif pick is not None:
            found = self._choices(pick)
        return asking_form.options(found, str(body.get("value", "")))
