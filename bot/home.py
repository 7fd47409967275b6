"""Each person's Home: gathered as things stand, and published when they open it, turn a page or click there."""

from __future__ import annotations

from collections.abc import Mapping

from bot import home_view, incidents, request_cards
from bot.groups import Groups
from bot.home_view import Front, Row
from bot.ledger import lists, policies
from bot.ledger.lists import Page
from bot.ledger.requests import Request
from bot.ledger.store import Ledger
from bot.ledger.tx import Db
from bot.teller import Teller
from bot.views import Views
from policies.case import Moment
from policies.demands import Demand
from policies.rules import Policy
from policies.words import Person

FIRST: Mapping[str, int] = {}  # every section at its first page


class Home:
    def __init__(self, ledger: Ledger, groups: Groups, teller: Teller, views: Views) -> None:
        self._ledger, self._groups, self._teller, self._views = ledger, groups, teller, views

    async def opened(self, person: Person) -> None:
        """They look at it: by the roles of now."""
        await self._groups.refresh()
        await self.show(person)

    async def show(self, person: Person, pages: Mapping[str, int] = FIRST) -> None:
        """Publish it as things stand; `pages`: at which page each section is."""
        front = await self._ledger.read(lambda db: self.gathered(db, person, pages))
        await self._views.publish(person.member, home_view.home(front))

    def gathered(self, db: Db, person: Person, pages: Mapping[str, int]) -> Front:
        policy, moment = policies.current(db), policies.moment(db, self._ledger.now())
        roles = policy.roles_of(person, moment) if policy is not None else frozenset()
        found = {"mine": lists.mine(db, person, pages.get("mine", 0))}
        wrong = None
        if policy is not None and roles:
            found |= self._of_all(db, person, roles, pages)
            open_now = incidents.still_open(db, moment.now, self._teller.reading)
            wrong = lists.page_of(open_now, pages.get("incidents", 0))
        rows = {name: self._rows(db, page, policy, moment) for name, page in found.items()}
        return Front(person=person, roles=tuple(sorted(roles)), requests=rows, incidents=wrong)

    def _of_all(
        self, db: Db, person: Person, roles: frozenset[str], pages: Mapping[str, int]
    ) -> dict[str, Page[Request]]:
        """What only those see who hold a role."""

        def counts(demands: tuple[Demand, ...]) -> bool:
            return any(not roles.isdisjoint(demand.of) for demand in demands)

        return {
            "votes": lists.for_vote(db, person, counts, pages.get("votes", 0)),
            "running": lists.under_way(db, pages.get("running", 0)),
            "recent": lists.ended(db, pages.get("recent", 0)),
        }

    def _rows(self, db: Db, page: Page[Request], policy: Policy | None, moment: Moment) -> Page[Row]:
        rows = tuple(
            Row(
                request=request,
                asked=request_cards.asked(self._teller.operation(request)),
                beside=self._teller.beside(db, request, policy, moment),
            )
            for request in page.rows
        )
        return Page(rows=rows, number=page.number, more=page.more)
