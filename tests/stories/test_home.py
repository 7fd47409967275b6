"""Home: what is mine, what waits for me, what runs, what is wrong; a page at a time, and never stale after a click."""

from __future__ import annotations

from typing import Any

from bot.ledger.hosts import LoginStops
from tests.stories import law
from tests.stories.conftest import Json, Stage, words

GO = "migrate db01 p72 p75"


def sections(home: Json) -> dict[str, str]:
    """The words below each header, from top to bottom."""
    found: dict[str, str] = {}
    name = ""
    for block in home["blocks"]:
        if block["type"] == "header":
            name = block["text"]["text"]
            found[name] = ""
        else:
            found[name] = f"{found.get(name, '')}{words({'text': '', 'blocks': [block]})}\n"
    return found


def clickable(home: Json) -> list[Any]:
    """Its buttons: each action with its value."""
    rows = [[*block.get("elements", []), block.get("accessory")] for block in home["blocks"]]
    return [(each["action_id"], each["value"]) for row in rows for each in row if each and each["type"] == "button"]


async def test_home_shows_what_is_there(stage: Stage) -> None:
    """To who asked their requests, to who may vote what waits for them, with the buttons that count for each."""
    await stage.ask(GO)
    mine = await stage.home("requester")
    assert "#1 waiting for approval" in sections(mine)["My requests"]
    assert "Nothing waits for you." in sections(mine)["Waiting for my vote"]
    assert ("request.withdraw", "1") in clickable(mine)
    assert "vote.approve" not in str(mine["blocks"])
    votes = await stage.home("approver")
    assert "0 of 1 from operator or lead" in sections(votes)["Waiting for my vote"]
    assert {("vote.approve", "1"), ("vote.deny", "1"), ("request.details", "1")} <= set(clickable(votes))


async def test_who_has_no_role_sees_their_own_alone(stage: Stage) -> None:
    """Nothing of anybody else's, and how they could get a role."""
    await stage.ask(GO)
    home = await stage.home("outsider")
    assert list(sections(home)) == ["", "My requests"]
    assert "You hold no role" in sections(home)[""]
    assert "db01" not in str(home["blocks"])


async def test_a_vote_from_home_counts_and_is_seen_at_once(stage: Stage) -> None:
    """It runs, and the list in which the button stood is published anew without it."""
    await stage.ask(GO)
    home = await stage.home("approver")
    await stage.people.click_view("approver", home["id"], "vote.approve", None)
    await stage.settled()
    after = await stage.home_after("approver", home)
    assert "Nothing waits for you." in sections(after)["Waiting for my vote"]
    assert len(stage.ran("migrlpar", "-o", "m")) == 1
    assert "db01 is on p75 now" in sections(await stage.home("approver"))["Recent"]


async def test_a_veto_from_home_opens_its_form(stage: Stage) -> None:
    """And is seen at Home when it is sent; what is refused is told in the conversation with the bot."""
    await stage.ask(GO)
    home = await stage.home("approver")
    await stage.people.click_view("approver", home["id"], "vote.deny", None)
    view = await stage.people.wait_for_view("approver")
    before = await stage.home("approver")
    await stage.people.submit("approver", view["id"], {"text": "not tonight"})
    await stage.settled()
    after = await stage.home_after("approver", before)
    assert "#1 denied" in sections(after)["Recent"]
    assert "denied: not tonight" in words(await stage.card())


async def test_pages_turn_each_for_itself(stage: Stage) -> None:
    """Five of a list at a time, back and forth, while the others stay where they are."""
    for _ in range(7):
        await stage.ask(GO)
    home = await stage.home("approver")
    assert sections(home)["Waiting for my vote"].count("waiting for approval") == 5
    assert ("home.page:votes:on", "1") in clickable(home)
    await stage.people.click_view("approver", home["id"], "home.page:votes:on", None)
    second = await stage.home_after("approver", home)
    assert sections(second)["Waiting for my vote"].count("waiting for approval") == 2
    assert ("home.page:votes:back", "0") in clickable(second)
    await stage.people.click_view("approver", second["id"], "vote.approve", None)
    await stage.settled()
    third = await stage.home_after("approver", second)
    assert sections(third)["Waiting for my vote"].count("waiting for approval") == 1, "still on the second page"
    await stage.people.click_view("approver", third["id"], "home.page:votes:back", None)
    first = await stage.home_after("approver", third)
    assert sections(first)["Waiting for my vote"].count("waiting for approval") == 5


async def test_an_outdated_button_at_home_is_answered(stage: Stage) -> None:
    """Somebody else was first: the clicker hears so, and their Home is brought up to date."""
    await stage.put_in_force(law.PEOPLE + law.ONE)
    await stage.ask(GO)
    home = await stage.home("outsider")
    await stage.approve(who="lead")
    await stage.people.click_view("outsider", home["id"], "vote.approve", None)
    await stage.settled()
    after = await stage.home_after("outsider", home)
    assert "Nothing waits for you." in sections(after)["Waiting for my vote"]
    assert any("your click changes nothing" in words(m) for m in await stage.chat("outsider"))


async def test_what_is_wrong_stands_in_one_list(stage: Stage) -> None:
    """A host that isn't logged in to, an outcome that nobody knows: what it is, since when, and what to do."""
    await LoginStops(stage.ledger).stop("hmc-oslo", "the login was refused <!channel>")
    home = await stage.home("lead")
    told = sections(home)["Open incidents"]
    assert "🔐 *I don't log in to hmc-oslo: the login was refused &lt;!channel&gt;*" in told
    assert "hscbot check" in told
    await LoginStops(stage.ledger).lift("hmc-oslo")
    assert "Nothing is known to be wrong." in sections(await stage.home("lead"))["Open incidents"]


async def test_a_home_that_cannot_be_shown_now_is_shown_at_the_next_look(stage: Stage) -> None:
    """Slack refuses it once: nothing else fails, and opening it again shows it."""
    await stage.people.fault(method="views.publish", answer=500)
    await stage.people.open_home("lead")
    await stage.people.wait_for(lambda: not stage.lab.workspace.faults.shown())
    await stage.settled()
    assert (await stage.people.inbox("lead"))["home"] is None
    assert sections(await stage.home("lead"))["Recent"].strip() == "Nothing has ended yet."
