"""A person at the page, in a real browser, with the real bot behind it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.async_api", reason="playwright isn't installed: it comes with the dev requirements")

from playwright.async_api import Browser, Locator, Page, expect

from bot import app
from bot.lab.demo import lab, open_ledger
from tests.browser import PHONE, chromium, window
from tests.stories.conftest import HURRY

MIGRATION = 3.0  # seconds; the bot asks every two how far it is


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """Where the demo's page is, with the bot on its production path."""
    async with (
        lab(migration_seconds=MIGRATION, line_delay=0.0) as running,
        open_ledger(tmp_path / "data") as ledger,
        app.running(running.settings, ledger, pace=HURRY),
    ):
        yield running.workspace.url


def channel(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def card(page: Page) -> Locator:
    """The newest message in the channel that all can see."""
    return channel(page).locator(".message:not(.ephemeral)").last


async def say(page: Page, text: str) -> None:
    box = page.get_by_role("textbox", name=re.compile("^Message "))
    await box.fill(text)
    await box.press("Enter")


async def press(page: Page, label: str) -> None:
    """Presses a button of the newest card."""
    await card(page).get_by_role("button", name=label, exact=True).click()


async def test_one_person_plays_both_sides_of_an_approval(browser: Browser, url: str) -> None:
    """The requester can't approve; the approver can, sees it move, and reads where the partition is now."""
    async with window(browser, url) as page:
        await say(page, "/lpm migrate db01 p72 p75")
        await expect(card(page)).to_contain_text("waiting for approval")
        await expect(card(page).locator("pre")).to_have_text("hmc-oslo: migrlpar -o m -m p72 -t p75 -p db01")

        await press(page, "Approve")
        whisper = channel(page).locator(".message.ephemeral")
        await expect(whisper).to_contain_text("Only visible to you")
        await expect(whisper).to_contain_text("you can't approve it")
        await expect(card(page)).to_contain_text("waiting for approval")

        await page.get_by_role("button", name="approver").click()
        await expect(page.get_by_role("status")).to_have_text("You are now Avery Approver.")
        await expect(whisper).to_have_count(0)
        await press(page, "Approve")
        await expect(card(page)).to_contain_text(re.compile(r"[▓░]{12} \d+ ?%"))
        await expect(card(page)).to_contain_text("db01 is on p75 now")
        await expect(card(page)).to_contain_text("@Avery Approver approved")
        await expect(card(page).get_by_role("button", name="Approve")).to_have_count(0)


async def test_the_keyboard_is_enough(browser: Browser, url: str) -> None:
    """From the completion of the command to the approval in another seat, no mouse is needed."""
    async with window(browser, url) as page:
        keys, offered = page.keyboard, page.get_by_role("option")
        await page.get_by_role("button", name="Light or dark").focus()
        await keys.press("/")
        await expect(offered).to_have_count(len(app.CATALOG))
        await expect(offered.first).to_contain_text("validate db01 p72 p75 | migrate db01 p72 p75")
        await keys.press("Enter")
        await expect(offered).to_have_count(len(app.CATALOG["lpm"]) + 1)
        await keys.press("Escape")
        await expect(offered).to_have_count(0)
        await keys.type("v")
        await keys.press("ArrowDown")
        await expect(page.get_by_role("option", selected=True)).to_have_text("validate db01 p72 p75")
        await keys.press("Tab")
        await expect(page.locator("#composer")).to_have_value("/lpm validate db01 p72 p75")
        await keys.press("Enter")
        await expect(card(page)).to_contain_text("can migrate")
        await expect(card(page).get_by_role("button", name="Ask for the migration")).to_be_visible()

        await _reach(page, "Ask for the migration", by="Shift+Tab")
        await keys.press("Enter")
        await expect(card(page)).to_contain_text("waiting for approval")

        await keys.press("Alt+2")
        await expect(page.get_by_role("status")).to_have_text("You are now Avery Approver.")
        await expect(page.locator("#composer")).to_be_focused()
        await _reach(page, "Messages", by="Shift+Tab")
        await keys.press("ArrowUp")
        await expect(card(page)).to_be_focused()
        await _reach(page, "Approve", by="Tab")
        await keys.press("Enter")
        await expect(card(page)).to_contain_text("db01 is on p75 now")
        await expect(card(page)).to_be_focused()


async def _reach(page: Page, name: str, *, by: str) -> None:
    """Goes on with a key until the focus is at what bears this name, and it can be seen to be there."""
    named = "const at = document.activeElement; return at.getAttribute('aria-label') ?? at.textContent"
    for _ in range(12):
        await page.keyboard.press(by)
        if await page.evaluate(f"(() => {{ {named} }})()") == name:
            assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"{name} can't be reached with {by}")


async def test_a_failed_validation_is_explained_in_its_thread(browser: Browser, url: str) -> None:
    """The thread holds each finding explained and the whole answer as a file that can be read in place."""
    async with window(browser, url, dark=True) as page:
        await say(page, "/lpm validate vscsi01 p72 p75")
        await expect(card(page)).to_contain_text("can't: 1 reason")
        await card(page).get_by_role("button", name=re.compile("repl(y|ies)")).click()
        thread = page.get_by_role("log", name="Thread")
        await expect(thread).to_contain_text("What it means")
        await expect(thread).to_contain_text("OS 85")
        file = thread.locator(".file")
        await expect(file).to_contain_text("hscbot-1-failed.txt")
        await file.locator("summary").click()
        await expect(file.get_by_role("region")).to_contain_text("HSCLA356")
        async with page.expect_download() as download:
            await file.get_by_role("link", name="Download hscbot-1-failed.txt").click()
        kept = await (await download.value).path()
        assert b"exit status 1" in await asyncio.to_thread(kept.read_bytes)

        await page.keyboard.press("Escape")
        await expect(thread).to_be_hidden()
        await page.go_back()
        await expect(thread).to_contain_text("What it means")


async def test_a_phone_is_enough(browser: Browser, url: str) -> None:
    """At 390 pixels, by touch, one asks, changes seats, approves, and reads the thread and the way back."""
    async with window(browser, url, size=PHONE) as page:
        await page.get_by_role("textbox").tap()
        await page.keyboard.type("/lpm migrate db01 p72 p75")
        await page.get_by_role("button", name="Send").tap()
        await expect(card(page)).to_contain_text("waiting for approval")

        await page.get_by_role("button", name="Acting as Riley Requester. Change").tap()
        await page.get_by_role("button", name="approver").tap()
        await expect(page.get_by_role("button", name="Acting as Avery Approver. Change")).to_be_visible()
        await card(page).get_by_role("button", name="Approve", exact=True).tap()
        await expect(card(page)).to_contain_text("db01 is on p75 now")

        await card(page).get_by_role("button", name=re.compile("repl(y|ies)")).tap()
        await expect(page.get_by_role("log", name="Thread")).to_contain_text("db01 is on p75 now")
        await expect(channel(page)).to_be_hidden()
        await page.get_by_role("button", name="Close thread").tap()
        await expect(channel(page)).to_be_visible()
        await page.get_by_role("button", name="Channels").tap()
        await page.get_by_role("link", name="power-alerts").tap()
        await expect(page.get_by_role("heading", name="power-alerts", exact=True)).to_be_visible()


HOSTILE = "<img src=x onerror=hacked=1> <!channel> <script>hacked=1</script> \u202edetrever *\u2066"


async def test_hostile_words_stay_words(browser: Browser, url: str) -> None:
    """Markup, a mention of all and a reversal of the reading order are text, from a person and in the bot's echo."""
    async with window(browser, url) as page:
        await say(page, HOSTILE)
        await expect(channel(page).locator(".message")).to_contain_text(HOSTILE)
        await say(page, f"/lpm {HOSTILE}")
        whisper = channel(page).locator(".message.ephemeral")
        await expect(whisper).to_contain_text("<img src=x onerror=hacked=1> <!channel>")
        await expect(whisper).not_to_contain_text("\u202e")
        await expect(page.locator("img, script:not([src])")).to_have_count(0)
        await expect(channel(page).locator(".mention")).to_have_count(0)
        assert await page.evaluate("typeof hacked") == "undefined"
