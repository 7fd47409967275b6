"""Each person's Home: what is theirs, what waits for them, what runs, what is wrong."""

from __future__ import annotations

from bot import cards
from bot.groups import Groups
from bot.ledger import requests
from bot.ledger.store import Ledger
from bot.teller import Teller
from bot.views import Views
from policies.words import Person


class Home:
    def __init__(self, ledger: Ledger, groups: Groups, teller: Teller, views: Views) -> None:
        self._ledger, self._groups, self._teller, self._views = ledger, groups, teller, views

    async def opened(self, person: Person) -> None:
        """They look at it: by the roles of now."""
        await self._groups.refresh()
        await self.show(person)

    async def show(self, person: Person, *, section: str = "", page: int = 0) -> None:
        """Publish it as it is now; `section` at another page than its first."""
        waiting = await self._ledger.read(requests.waiting)
        blocks = cards.note_card(f"{len(waiting)} waiting")["blocks"]
        await self._views.publish(person.member, {"type": "home", "blocks": blocks})
