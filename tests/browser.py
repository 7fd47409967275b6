"""A real browser on the workspace's page. Whatever the browser complains of while a window is open fails its test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright, expect

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome")
PHONE = (390, 844)
DESK = (1280, 800)
PATIENCE = 20_000  # milliseconds; on a busy machine the bot's first answer takes a while
# The browser's own word on what the policy kept out, in the console, where everything else is noted too.
WATCH = "addEventListener('securitypolicyviolation', (e) => console.error(`kept out: ${e.violatedDirective}`))"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Chromium, or a skip that says what is lacking."""
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_program(playwright), args=ARGS)
        try:
            yield browser
        finally:
            await browser.close()


def _program(playwright: Playwright) -> str:
    """The system's Chromium, else the one that `playwright install chromium` fetched."""
    found = next(filter(None, map(shutil.which, NAMES)), playwright.chromium.executable_path)
    if not Path(found).exists():
        pytest.skip("no Chromium here: install Debian's chromium, or run `playwright install chromium`")
    return found


@asynccontextmanager
async def window(
    browser: Browser,
    url: str,
    *,
    size: tuple[int, int] = DESK,
    dark: bool = False,
    seat: str = "requester",
    calm: bool = True,
) -> AsyncIterator[Page]:
    """The page in a window of its own, from somebody's seat; a narrow one is a phone's, with touch.

    Not `calm`: the browser is expected to complain.
    """
    phone = size[0] < 600
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        has_touch=phone,
        is_mobile=phone,
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    faults = _noted(page, url)
    await page.add_init_script(WATCH)
    try:
        start, _, place = url.partition("#")
        await page.goto(f"{start}?as=U0{seat.upper()}" + (f"#{place}" if place else ""))
        await expect(page.locator(".pane-head h1").first).to_be_visible()
        yield page
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing hangs over the edge"
        assert not (calm and faults), faults
    finally:
        await context.close()


def _noted(page: Page, url: str) -> list[str]:
    """What the browser will complain of: errors, what the policy keeps out, and any word to somebody else."""
    faults: list[str] = []
    ours = url.partition("#")[0]

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            faults.append(message.text)

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith((ours, "data:")) else faults.append(request.url))
    return faults
