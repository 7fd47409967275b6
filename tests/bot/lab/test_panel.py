"""The side panel of the demo: the fleet as it is, and faults that really befall it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.lab import demo
from bot.lab.fleet.events import PartitionStateChanged
from bot.lab.panel import Panel
from tests.stories.conftest import staged


async def test_a_fault_of_the_panel_meets_the_bot(tmp_path: Path) -> None:
    """Switched off, the HMC can't be reached; without its RMC connection the partition can't move; and back again."""
    async with staged(tmp_path) as stage:
        await stage.start()
        panel = Panel(stage.fleet)
        await panel.switch("rmc-down", "db01", True)
        assert ": can't" in (await stage.ask("validate db01 p72 p75"))["text"]
        await panel.switch("rmc-down", "p72/db01", False)
        assert (await stage.ask("validate db01 p72 p75"))["text"].endswith(": can migrate")
        await panel.switch("hmc-down", "hmc-oslo", True)
        assert {fault["id"]: fault["on"] for fault in panel.shown()["faults"] if fault["on"]} == {
            "hmc-down": ["hmc-oslo"]
        }
        assert "I can't reach hmc-oslo" in (await stage.ask("validate db01 p72 p75"))["text"]
        await panel.switch("hmc-down", "hmc-oslo", False)
        assert (await stage.ask("validate db01 p72 p75"))["text"].endswith(": can migrate")
        with pytest.raises(KeyError):
            await panel.switch("nonesuch", "hmc-oslo", True)
        with pytest.raises(ValueError, match="there is no HMC nowhere"):
            await panel.switch("hmc-down", "nowhere", True)


async def test_the_panel_tells_of_changes() -> None:
    """Whoever watches hears of a partition that changed its state, with the state that it has now."""
    async with demo.lab() as lab:
        panel, changed = Panel(lab.fleet), asyncio.Event()
        watching = asyncio.create_task(panel.watch(changed.set))
        await asyncio.sleep(0)
        lab.fleet.happen(PartitionStateChanged(system="p75", partition="billing01", state="Not Activated"))
        async with asyncio.timeout(10):
            await changed.wait()
        watching.cancel()
        p75 = next(system for system in panel.shown()["systems"] if system["name"] == "p75")
        assert {"name": "billing01", "state": "Not Activated"} in p75["partitions"]


async def test_what_befalls_the_archive_is_switched_there_too() -> None:
    """It really befalls the server that the demo's bot is given, stands among what is on, and is healed."""
    async with demo.lab() as lab:
        assert lab.archive is not None
        assert lab.settings.archive is not None
        assert lab.settings.archive.port == lab.archive.port
        panel = Panel(lab.fleet, lab.archive)
        await panel.switch("archive-full", "archive", True)
        assert lab.archive.on == {"archive-full"}
        assert {fault["id"] for fault in panel.shown()["faults"] if fault["on"]} == {"archive-full"}
        with pytest.raises(ValueError, match="archive alone"):
            await panel.switch("archive-cut", "db01", True)
        await panel.switch("archive-full", "archive", False)
        assert lab.archive.on == set()
