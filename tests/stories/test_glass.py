"""Broken glass: at once and in front of everybody, and open until somebody else has looked at it."""

from __future__ import annotations

from tests.stories import law
from tests.stories.conftest import Json, Stage, buttons, words

BREAK = 'migrate db01 p72 p75 breakglass=yes reason="p72 is <!channel> on fire"'
MIGRATED = ("migrlpar", "-o", "m")


async def broken(stage: Stage) -> Json:
    await stage.put_in_force(law.PEOPLE + law.TWO + law.GLASS)
    return await stage.ask(BREAK)


async def test_it_runs_at_once_and_everybody_skipped_is_told(stage: Stage) -> None:
    """No vote is asked for; each whose approval or review it would take is told by direct message, with the reason."""
    card = await broken(stage)
    assert card["text"].endswith(": db01 is on p75 now, Running")
    assert "🔨 glass broken, review open" in words(card)
    assert list(buttons(card)) == ["Close the review"]
    for who in ("approver", "lead", "outsider"):
        (told,) = await stage.chat(who)
        assert "the glass was broken: it runs without approvals" in words(told)
        assert "*Reason:* p72 is &lt;!channel&gt; on fire" in words(told)
        assert "db01 is on p75 now, Running" in words(told), "and how it ended"
    assert not await stage.chat("requester")
    thread = "\n".join(m["text"] for m in await stage.replies())
    assert "Skipped and told: <@U0APPROVER>, <@U0LEAD>, <@U0OUTSIDER>." in thread
    (row,) = stage.audit("glass-broken")
    assert row["person"] == "T0LAB:U0REQUESTER"
    assert row["skipped"] == ["T0LAB:U0APPROVER", "T0LAB:U0LEAD", "T0LAB:U0OUTSIDER"]
    assert len(stage.ran(*MIGRATED)) == 1


async def test_its_review_is_closed_by_somebody_else_with_a_note(stage: Stage) -> None:
    """Not by who broke it, not by who isn't a reviewer, and once; the note stands on the card and in every message."""
    await broken(stage)
    for who in ("requester", "approver"):
        await stage.click("review.close", who=who)
        await stage.settled()
        assert "You can't close the review of request 1." in (await stage.whispers(who))[0]
        assert not (await stage.people.inbox(who))["views"]
    assert not stage.audit("review-closed")
    (told,) = await stage.chat("outsider")
    await stage.click("review.close", who="lead")
    await stage.people.click("outsider", "@hscbot", told["ts"], "review.close")
    await stage.fill_in("it *was* on fire", who="lead")
    card = await stage.card()
    assert "review closed by <@U0LEAD>" in words(card)
    assert "it ∗was∗ on fire" in words(card)
    assert not buttons(card)
    assert not buttons((await stage.chat("outsider"))[0])
    assert "<@U0REQUESTER> the review of #1 was closed by <@U0LEAD>" in (await stage.replies())[-1]["text"]
    await stage.fill_in("me too", who="outsider")
    assert "Request 1 has no open review." in (await stage.whispers("outsider"))[0] or any(
        "Request 1 has no open review." in words(m) for m in await stage.chat("outsider")
    )
    assert [row["note"] for row in stage.audit("review-closed")] == ["it *was* on fire"]


async def test_the_glass_is_not_everybodys_to_break(stage: Stage) -> None:
    """A reason is needed, and the role; else it is refused, nobody is told and nothing runs."""
    await stage.put_in_force(law.PEOPLE + law.TWO + law.GLASS)
    assert "needs a reason" in await stage.refused("migrate db01 p72 p75 breakglass=yes")
    assert "You may not break the glass" in await stage.refused(BREAK, who="lead")
    assert not await stage.chat("outsider")
    assert not stage.ran(*MIGRATED)


async def test_an_open_review_outlasts_its_request(stage: Stage) -> None:
    """It stays open over days and a restart, and stands among the open incidents of those who may close it."""
    await broken(stage)
    await stage.later(days=3)
    await stage.stop()
    await stage.start()
    home = await stage.home("lead")
    assert "#1: the glass was broken, and its review is open" in str(home["blocks"])
    await stage.people.click_view("lead", home["id"], "review.close", None)
    await stage.fill_in("seen", who="lead")
    after = await stage.home_after("lead", home)
    assert "glass was broken" not in str(after["blocks"])
