"""A policy's text is too long to be typed behind a command: a form asks for it, and what was pasted is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot import forms
from bot.circumstances import Circumstances
from bot.clerk import Clerk, is_refused
from bot.envelopes import channel_of, person_of
from bot.ledger import policies, slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.views import Views
from handlers.grammar import Asked
from handlers.operation import Operation
from handlers.own import Own
from policies.case import Asking
from policies.verdicts import Deny, Verdict


class Pasting:
    def __init__(
        self,
        ledger: Ledger,
        catalog: Mapping[str, Sequence[type[Operation]]],
        circumstances: Circumstances,
        clerk: Clerk,
        views: Views,
    ) -> None:
        self._ledger, self._circumstances, self._clerk, self._views = ledger, circumstances, clerk, views
        found = [each for verbs in catalog.values() for each in verbs]
        self._with_text = [each for each in found if issubclass(each, Own) and each.asks_for_text]

    def of(self, command: str, text: str) -> type[Own] | None:
        """The operation that was typed alone, whose text a form asks for."""
        typed = (command.removeprefix("/"), text.strip().lower())
        return next((each for each in self._with_text if (each.command, each.verb) == typed), None)

    def of_form(self, envelope: Envelope) -> type[Own] | None:
        sent = envelope.body["view"].get("callback_id")
        return next((each for each in self._with_text if each.name() == sent), None)

    async def open(self, envelope: Envelope, operation: type[Own]) -> Deny | None:
        """Who may not ask hears so before they write."""
        verdict = await self._judged(envelope, operation, "", Asking())
        if isinstance(verdict, Deny) and is_refused(verdict):
            return verdict
        await self._views.open(str(envelope.body.get("trigger_id", "")), forms.policy(operation, channel_of(envelope)))
        await self._ledger.write(lambda tx: slack.handled(tx, envelope.key))
        return None

    async def given(self, envelope: Envelope, operation: type[Own], shown: str) -> Asked | Deny | None:
        """What is asked for with the text; None: it is broken, which is told."""
        source, asking = forms.read_policy(envelope.body["view"])
        verdict = await self._judged(envelope, operation, source, asking)
        if isinstance(verdict, Deny):
            return verdict
        sha256 = await self._clerk.proposed(envelope, person_of(envelope), channel_of(envelope), source, shown)
        return Asked(operation.model_validate({"sha256": sha256}), asking) if sha256 is not None else None

    async def _judged(self, envelope: Envelope, operation: type[Own], source: str, asking: Asking) -> Verdict:
        made = operation.model_validate({"sha256": policies.fingerprint(source)})
        case = self._circumstances.case(made, person_of(envelope), asking)
        return await self._ledger.read(lambda db: policies.judged(db, self._ledger.now(), case))
