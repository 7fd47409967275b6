"""A command that leaves something out opens a form; help shows what its asker may use."""

from __future__ import annotations

from typing import Any

from bot.app import CATALOG
from bot.lab.demo import demo_policy
from tests.stories.conftest import OPS, Json, Stage, words

DB01 = {"partition": "db01", "source": "p72", "destination": "p75"}


async def opened(stage: Stage, text: str, *, who: str = "requester", command: str = "/lpm") -> Json:
    assert (await stage.type(text, who=who, command=command))["acked"]
    return await stage.people.wait_for_view(who)


def fields(view: Json) -> dict[str, Any]:
    return {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}


def plan(stage: Stage, number: int) -> tuple[str, str]:
    ((parameters, digest),) = stage.rows(f"SELECT parameters, digest FROM request WHERE id = {number}")
    return parameters, digest


async def test_a_form_asks_for_the_same_as_the_words(stage: Stage) -> None:
    """`/lpm migrate` alone opens a form; filled in, its plan is the one of the command that says it all."""
    view = await opened(stage, "migrate")
    shown = fields(view)
    assert list(shown)[:3] == ["partition", "source", "destination"]
    assert [name for name, field in shown.items() if not field["optional"]] == ["destination"]
    answer = await stage.people.submit("requester", view["id"], {**DB01, "mpio": "2", "reason": "firmware"})
    assert answer["acked"]
    await stage.settled()
    await stage.ask("migrate db01 p72 p75 mpio=2 reason=firmware")
    assert plan(stage, 1) == plan(stage, 2)
    assert "firmware" in stage.rows("SELECT asking FROM request WHERE id = 1")[0][0]


async def test_what_was_typed_stands_in_the_form(stage: Stage) -> None:
    """What a command did say is filled in already, and need not be said again."""
    shown = fields(await opened(stage, "migrate db01 source=p72 mpio=1 ticket=CHG1"))
    assert shown["partition"]["element"].get("initial_option", {}).get("value") == "db01"
    assert shown["source"]["element"]["initial_option"]["value"] == "p72"
    assert shown["mpio"]["element"]["initial_option"]["value"] == "1"
    assert shown["ticket"]["element"]["initial_value"] == "CHG1"
    assert "initial_option" not in shown["destination"]["element"]


async def test_a_list_is_the_inventorys(stage: Stage) -> None:
    """A field offers the names that fit what is typed, best first, and what was typed where none is known by it."""
    view = await opened(stage, "migrate")
    await stage.bot.inventory.refresh()

    async def offered(typed: str) -> list[str]:
        answer = await stage.people.options("requester", "source", typed, view_id=view["id"])
        return [each["value"] for each in answer["options"]]

    assert await offered("") == ["arizona", "p72", "p75"]
    assert await offered("5") == ["p75", "5"]
    assert await offered("elsewhere") == ["elsewhere"]
    assert await offered("x" * 90) == []


async def test_a_fault_is_shown_at_its_field(stage: Stage) -> None:
    """What can't be taken is said beside the field, the form stays open, and nothing of it is kept."""
    view = await opened(stage, "migrate")
    wrong = {**DB01, "partition": "db01; reboot", "user": "ops", "wait": "9999"}
    answer = await stage.people.submit("requester", view["id"], wrong)
    assert set(answer["errors"]) == {"partition", "wait"}
    assert "SEMICOLON" in answer["errors"]["partition"]
    assert "go together" in answer["errors"]["partition"], "what concerns no one field stands at the first"
    assert stage.rows("SELECT count(*) FROM request") == [(0,)]
    assert (await stage.people.submit("requester", view["id"], DB01))["acked"]


async def test_a_form_that_slack_does_not_open_is_no_dead_end(stage: Stage) -> None:
    """Its time is over, as after a restart: what is missing is said in words."""
    await stage.people.fault(triggers="expire", times=1)
    assert "needs destination" in await stage.refused("migrate db01 source=p72")


async def test_who_may_not_ask_fills_in_no_form(stage: Stage) -> None:
    """Somebody whose roles allow it nowhere hears so before they write anything."""
    told = await stage.refused("migrate", who="outsider")
    assert "lets you ask for lpm.migrate nowhere" in told


async def test_help_shows_what_the_asker_may_use(stage: Stage) -> None:
    """A viewer sees the verbs that look; somebody without a role sees none, and each how many there are more."""
    policy = (
        demo_policy() + '\n[[rules]]\nname = "no moves"\noperations = ["lpm.migrate"]\nwho = ["*"]\nverdict = "deny"\n'
    )

    async def help_for(who: str, text: str = "help") -> str:
        before = len((await stage.people.inbox(who))["ephemeral"])
        await stage.type(text, who=who)
        await stage.settled()
        return words((await stage.people.inbox(who))["ephemeral"][before])

    assert "`/lpm migrate db01 p72 p75`" in await help_for("requester")
    assert f"Not yours to use, by your roles: {len(CATALOG['lpm'])} more verbs." in await help_for("outsider")
    await stage.put_in_force(policy)
    told = await help_for("requester")
    assert "/lpm validate" in told
    assert "/lpm migrate" not in told
    assert "Not yours to use, by your roles: 1 more verb." in told
    assert "mpio" not in await help_for("requester", "help migrate")


async def test_a_button_without_all_its_words_opens_the_form(stage: Stage) -> None:
    """The same from the command line of another conversation: the form knows where it was asked."""
    await stage.type("status", where=OPS)
    view = await stage.people.wait_for_view("requester")
    await stage.people.submit("requester", view["id"], {"partition": "db01", "source": "p72"})
    await stage.settled()
    assert "db01" in words(await stage.card())
