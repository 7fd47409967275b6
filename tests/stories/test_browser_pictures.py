"""Pictures as people see them on the page: small beside the words, whole at a click, and in words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

pytest.importorskip("playwright.async_api", reason="playwright isn't installed: it comes with the dev requirements")

from playwright.async_api import Browser, expect

from tests.browser import DESK, PHONE, chromium, window
from tests.stories.conftest import Stage, staged

SHOWN = {DESK: 480, PHONE: 360}  # pixels of width that a picture has at most beside the words
LOADED = "[...document.querySelectorAll('.picture img')].every((each) => each.naturalWidth)"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as running:
        yield running


async def test_a_picture_is_seen_small_whole_and_in_words(browser: Browser, tmp_path: Path) -> None:
    """At a desk and on a phone, light and dark: Slack's small size, the whole at a click, its description for all."""
    async with staged(tmp_path / "data") as stage:
        await stage.start()
        await stage.type("show p72vio1 p72", command="/sea")
        await stage.settled()
        for size in (DESK, PHONE):
            for dark in (False, True):
                await _looked_at(browser, stage, size, dark=dark)


async def _looked_at(browser: Browser, stage: Stage, size: tuple[int, int], *, dark: bool) -> None:
    url = f"{stage.lab.workspace.url}#power-ops"
    async with window(browser, url, size=size, dark=dark) as page:
        await page.locator(".thread-link").last.click()
        small = page.locator(".picture img").last
        await expect(small).to_be_visible()
        await expect(small).to_have_attribute("alt", re.compile("^Managed system p72: ent4 of p72vio1"))
        await page.wait_for_function(
            "[...document.querySelectorAll('.picture img')].every((each) => each.naturalWidth)"
        )
        box = await small.bounding_box()
        assert box is not None
        assert 280 <= box["width"] <= SHOWN[size], "as small as Slack shows it, and no smaller than can be read"

        description = page.locator(".picture .alt p").last
        await expect(description).to_be_hidden()
        await page.locator(".picture .alt summary").last.click()
        await expect(description).to_contain_text("Control channel on VLAN 99.")

        await page.locator(".picture-open").last.click()
        whole = page.get_by_role("dialog").locator("img")
        await expect(whole).to_be_visible()
        assert await whole.evaluate("(each) => each.clientWidth") > box["width"]
        await page.keyboard.press("Escape")
        await expect(whole).to_have_count(0)
        await expect(page.locator(".picture-open").last).to_be_focused()
