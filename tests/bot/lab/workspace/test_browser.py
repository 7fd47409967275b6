"""The page itself, in a real browser: what it draws, and what it leaves alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

pytest.importorskip("playwright.async_api", reason="playwright isn't installed: it comes with the dev requirements")

from playwright.async_api import Browser, expect
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import People, Workspace, start
from bot.lab.workspace.page import Fault, Fleet, Machine, System
from tests.bot.lab.workspace.cards import Json, actions, button, field, modal, plain, section
from tests.bot.lab.workspace.conftest import Connect
from tests.browser import DESK, PHONE, chromium, window

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
SCHEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


def rich(*parts: Json) -> Json:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def options(*names: str) -> list[Json]:
    return [{"text": plain(name), "value": name} for name in names]


CELLS = [[{"type": "raw_text", "text": "LPAR"}], [{"type": "raw_text", "text": "cell db01"}]]
TASK: Json = {"type": "task_card", "task_id": "1", "title": "task alone", "status": "complete"}
GOOD: Json = {"text": plain("Good"), "value": "good"}
LIKED: Json = {"type": "feedback_buttons", "action_id": "like", "positive_button": GOOD, "negative_button": GOOD}
TRASH: Json = {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Bin it")}
PICKS: Json = {"type": "overflow", "action_id": "more", "options": options("one", "two")}
CHOICE: Json = {"type": "static_select", "action_id": "pick", "options": options("p72", "p75")}
WIDE = "hmc-oslo:" + "x" * 300
# Each with a selector for what Slack makes of it, and the words that stand there.
DRAWN: list[tuple[Json, str, str]] = [
    ({"type": "header", "text": plain("A header")}, "h3", "A header"),
    (section("*bold* _it_ ~no~ `x`"), "strong", "bold"),
    (section("> quoted"), "blockquote", "quoted"),
    (section("```\npre\n```"), "pre", "pre"),
    (section("for <@U0LEAD> in <#C0POWEROPS>"), ".mention", "@Logan Lead"),
    (section("beside", accessory=PICKS), ".accessory button", ""),
    ({"type": "section", "fields": [plain("left"), plain("right")]}, ".fields", "leftright"),
    ({"type": "divider"}, "hr", ""),
    ({"type": "context", "elements": [plain("small print")]}, ".context", "small print"),
    (actions(button("go"), CHOICE), ".actions button", "Go"),
    (rich({"type": "text", "text": "slanted", "style": {"italic": True}}), "em", "slanted"),
    ({"type": "markdown", "text": "# Title\n**fat**\n- item\n\n| a |\n|--:|\n| 1 |"}, "td.align-right", "1"),
    ({"type": "table", "rows": CELLS}, "td", "cell db01"),
    (TASK, ".task.complete", "task alone"),
    ({"type": "plan", "title": "A plan", "tasks": [TASK]}, ".plan", "A plan"),
    ({"type": "alert", "text": plain("careful"), "level": "warning"}, ".alert.warning", "careful"),
    ({"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a graph"}, ".image a", "a graph"),
    ({"type": "context_actions", "elements": [LIKED, TRASH]}, "[aria-label='Bin it']", ""),
    (section(WIDE), ".text", WIDE),
]


@SIZES
@SCHEMES
async def test_every_block(
    browser: Browser, workspace: Workspace, web: AsyncWebClient, size: tuple[int, int], dark: bool
) -> None:
    """Each kind of block looks as in Slack, one that nobody knows is shown as JSON, and all of it can be read."""
    for block, _, _ in DRAWN:
        await web.chat_postMessage(channel="C0POWEROPS", text="card", blocks=[block])
    strange = await web.chat_postMessage(channel="C0POWEROPS", text="from the future")
    message = workspace.state.channels["C0POWEROPS"].timeline.get(str(strange["ts"]))
    assert message is not None
    message.blocks = [{"type": "hologram", "block_id": "h", "depth": 3}]

    async with window(browser, workspace.url, size=size, dark=dark) as page:
        shown = page.locator(".message")
        for at, (_, selector, words) in enumerate(DRAWN):
            await expect(shown.nth(at).locator(selector).first).to_contain_text(words)
        await expect(shown.last.locator("pre")).to_contain_text('"depth": 3')
        assert await page.evaluate(FAINT) == []


# The words whose colour stands out from what is behind them by less than 4.5 to 1.
FAINT = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, at) => sum + v * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = (node) => (node ? [...behind(node.parentElement), getComputedStyle(node).backgroundColor] : ["white"]);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !node.checkVisibility({ visibilityProperty: true })) continue;
    const under = behind(node);
    const [a, b] = [light(painted([...under, getComputedStyle(node).color])), light(painted(under))];
    if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) faint.push(texts.currentNode.data);
  }
  return faint;
}"""


@SIZES
async def test_a_form_by_keyboard(
    browser: Browser, workspace: Workspace, app: AsyncApp, people: People, connect: Connect, size: tuple[int, int]
) -> None:
    """A form takes the focus, names its fields, ties what is wrong to them, and gives the focus back on Esc."""
    ended: list[str] = []

    @app.command("/form")
    async def form(ack: Any, body: Json, client: Any) -> None:
        await ack()
        name = field("Partition", hint=plain("as the HMC has it"))
        view = modal(name, field("System", CHOICE), notify_on_close=True)
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("form")
    async def check(ack: Any) -> None:
        await ack(response_action="errors", errors={"Partition": "There is no such partition"})

    @app.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        ended.append(body["view"]["id"])

    await connect()
    async with window(browser, workspace.url, size=size) as page:
        await page.get_by_role("textbox").focus()
        await page.keyboard.type("/form")
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="A form")
        name = dialog.get_by_role("textbox", name="Partition", description="as the HMC has it")
        await expect(name).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(dialog.get_by_role("alert")).to_have_count(2)
        await expect(name).to_be_focused()
        await page.keyboard.type("nosuch")
        await dialog.get_by_role("combobox", name="System").select_option("p72")
        await dialog.get_by_role("button", name="Send").click()
        await expect(dialog).to_contain_text("There is no such partition")
        await expect(dialog.get_by_role("alert")).to_have_count(1)
        await expect(name).to_have_value("nosuch")
        await expect(name).to_have_attribute("aria-invalid", "true")

        await page.keyboard.press("Escape")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(page.locator("#composer")).to_be_focused()
        await people.wait_for(_filled(ended), 5.0)


def _filled(names: list[str]) -> Any:
    async def filled() -> list[str]:
        return names

    return filled


async def test_what_one_is_at_is_left_alone(browser: Browser, workspace: Workspace, web: AsyncWebClient) -> None:
    """Edits and messages that arrive take away neither the focus, nor a draft, nor an opened preview, nor a menu."""
    first = await web.chat_postMessage(channel="C0POWEROPS", text="card", blocks=[actions(button("go"), PICKS)])
    await web.files_upload_v2(channel="C0POWEROPS", content="line\n" * 30, filename="log.txt")
    async with window(browser, workspace.url) as page:
        box = page.locator("#composer")
        await box.fill("half a thought")
        await page.locator("summary").click()
        go = page.get_by_role("button", name="Go")
        await go.focus()
        edited = [section("edited"), actions(button("go"), PICKS)]
        await web.chat_update(channel="C0POWEROPS", ts=first["ts"], text="card", blocks=edited)
        await expect(page.locator(".message").first).to_contain_text("edited")
        await expect(go).to_be_focused()

        await page.get_by_role("button", name="More actions").press("Enter")
        await page.keyboard.press("ArrowDown")
        await web.chat_postMessage(channel="C0POWEROPS", text="one more")
        await expect(page.locator(".message").last).to_contain_text("one more")
        await expect(page.get_by_role("menuitem", name="two")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="More actions")).to_be_focused()
        await expect(page.locator("details")).to_have_attribute("open", "")

        await page.get_by_role("link", name="random").click()
        await expect(page.locator("#composer")).to_have_value("")
        await page.get_by_role("link", name="power-ops").click()
        await expect(page.locator("#composer")).to_have_value("half a thought")


async def test_each_seat_sees_its_own(browser: Browser, workspace: Workspace, web: AsyncWebClient) -> None:
    """Two people at two windows: a whisper and a direct message reach one of them, and count as unread until seen."""
    async with window(browser, workspace.url) as requester, window(browser, workspace.url, seat="approver") as approver:
        await web.chat_postEphemeral(channel="C0POWEROPS", user="U0APPROVER", text="for the approver")
        await web.chat_postMessage(channel="U0APPROVER", text="in private")
        await web.chat_postMessage(channel="C0POWEROPS", text="for all")
        await expect(approver.locator(".message.ephemeral")).to_contain_text("Only visible to you")
        await expect(approver.locator(".message")).to_have_count(2)  # all of it is there
        chat = approver.get_by_role("link", name="hscbot 1 unread")
        await chat.click()
        await expect(approver.locator(".message")).to_have_count(1)  # the other place's two are gone
        await expect(approver.locator(".message")).to_contain_text("in private")
        await expect(approver.get_by_role("link", name="hscbot", exact=True)).to_have_attribute("aria-current", "page")
        await expect(requester.locator(".message")).to_have_count(1)
        await expect(requester.locator(".message")).to_contain_text("for all")


async def test_the_page_comes_back(browser: Browser) -> None:
    """When the workspace went away and is there again, the page finds it, with what was typed meanwhile."""
    first = await start(limits=None)
    try:
        async with window(browser, first.url, calm=False) as page:
            await page.locator("#composer").fill("kept")
            await first.close()
            await expect(page.get_by_role("status")).to_have_text("The workspace is not answering.")
            async with await start(first.port, limits=None) as again, People(again.url) as people:
                await people.post("lead", "power-ops", "back again")
                await expect(page.locator(".message")).to_contain_text("back again")
                await expect(page.locator("#composer")).to_have_value("kept")
    finally:
        await first.close()


class Rack:
    """One system with one partition, and one thing that can go wrong with it."""

    def __init__(self) -> None:
        self.down = False

    def shown(self) -> Fleet:
        db01 = Machine(name="db01", state="Not Activated" if self.down else "Running")
        p72 = System(name="p72", state="Operating", partitions=[db01])
        fault = Fault(
            id="halt", group="Hosts", does="it is off at once", heals="it is started", kind="partition",
            targets=["p72/db01", "p72/web01"], on=["p72/db01"] if self.down else [],
        )  # fmt: skip
        return Fleet(systems=[p72], faults=[fault])

    async def switch(self, fault: str, target: str, on: bool) -> None:
        {"halt": None}[fault]
        if target != "p72/db01":
            raise ValueError("web01 can't be halted")
        self.down = on


@SIZES
async def test_the_side_panel(browser: Browser, workspace: Workspace, size: tuple[int, int]) -> None:
    """A fleet is shown in its panel, and its faults can be switched; without a fleet there is no panel."""
    async with window(browser, workspace.url, size=size) as page:
        toggle = page.get_by_role("button", name="Power lab", exact=True)
        await expect(toggle).to_have_count(0)
        workspace.show(Rack())
        await toggle.press("Enter")
        panel = page.get_by_role("complementary", name="Power lab")
        await expect(panel).to_contain_text("db01Running")
        await panel.get_by_text("Hosts", exact=True).click()
        await panel.get_by_role("button", name="Break: halt").press("Enter")
        await expect(panel).to_contain_text("db01Not Activated")
        await expect(panel.get_by_role("button", name="Break: halt")).to_be_focused()
        await expect(panel).to_contain_text("Hosts (1)")
        assert await page.evaluate(FAINT) == []
        await panel.get_by_role("button", name="Heal: halt p72/db01").press("Enter")
        await expect(panel).to_contain_text("db01Running")
        await page.keyboard.press("Escape")
        await expect(panel).to_be_hidden()
        await expect(toggle).to_be_focused()
