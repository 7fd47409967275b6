"""What a migration leaves in the error log of the partition that moves."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import MigrationCancelled, MigrationStarted
from bot.lab.fleet.events.changing import with_partition
from bot.lab.fleet.model import Migration
from bot.lab.fleet.operating import Aix
from tests.bot.lab.fleet.keyboard import Keyboard

CAPTURE = Path(__file__).parents[5] / "shared" / "captures" / "aix" / "errpt_client_lpm.txt"


def on_its_way(keyboard: Keyboard, name: str = "db01", seconds: float = 40) -> None:
    keyboard.happen(
        MigrationStarted(
            migration=Migration(
                partition=name,
                source="p72",
                destination="p75",
                destination_hmc="hmc-oslo",
                started=keyboard.now,
                seconds=seconds,
                size=1,
            )
        )
    )


def test_the_flood_is_the_captured_one() -> None:
    """With the captured host's disks, its log after a migration is the capture, character for character."""
    if not CAPTURE.exists():
        pytest.skip("the captures of other people's machines aren't here")
    text = CAPTURE.read_text()
    lines = [line.split() for line in text.splitlines()]
    failed = [words[4] for words in lines[::-1] if words[0] == "516A2BC4"]
    keyboard = Keyboard(
        with_partition(
            demo_fleet(), "p72", "db01",
            lambda host: replace(host, aix=Aix(disks=tuple(failed), power_path=("hdiskpower3",))),
        )
    )  # fmt: skip
    keyboard.now += 20
    on_its_way(keyboard)
    keyboard.now += 60
    assert keyboard.says("errpt").splitlines()[1:] == text.splitlines()


def test_every_disk_fails_between_start_and_completion() -> None:
    """The demo's client tells of it too, and so does the host that it is on now; a VIOS tells nothing of it."""
    keyboard = Keyboard()
    on_its_way(keyboard)
    assert [line.split()[0] for line in keyboard.says("errpt").splitlines()[1:]] == ["08917DC6"]
    keyboard.now += 60
    identifiers = [line.split()[0] for line in keyboard.says("errpt").splitlines()[:0:-1]]
    assert identifiers == ["08917DC6", "516A2BC4", "516A2BC4", "1E67811B", "C6E26F3B", "A5E6DB96"]
    assert keyboard.world.fleet.systems["p75"].partition("db01") is not None
    assert keyboard.says("errlog", on="p72vio1", user="padmin") == ""


def test_a_stopped_migration_says_so_and_nothing_fails_later() -> None:
    """Aborted, and what was bound to happen doesn't."""
    keyboard = Keyboard()
    on_its_way(keyboard)
    keyboard.happen(MigrationCancelled(source="p72", partition="db01"))
    keyboard.now += 60
    identifiers = [line.split()[0] for line in keyboard.says("errpt").splitlines()[1:]]
    assert identifiers == ["5E075ADF", "08917DC6"]
