"""One list of all that can go wrong, for all ways in: each begins, shows, and is healed."""

from __future__ import annotations

import asyncio

import pytest

from bot.console import Answer
from bot.lab.fleet.breaker import Breaker
from bot.lab.fleet.events import MigrationEnded, MigrationStarted
from bot.lab.fleet.mishaps import MISHAPS
from bot.lab.fleet.model import Migration
from bot.lab.fleet.troubles import REBOOT_SECONDS, STALE_SECONDS, TROUBLES, Kind, found_by, targets
from policies.problems import HostUnreachable
from tests.bot.lab.fleet.conftest import Clock, Terminal
from tests.bot.lab.fleet.eventually import eventually

USUAL = {Kind.VIOS: "p72vio1", Kind.CLIENT: "db01", Kind.HOST: "p72/db01", Kind.FRAME: "p75", Kind.HMC: "hmc-oslo"}
PROMISED = {
    "vios-crash", "cable-pull", "both-primary", "neither-primary", "sharing-lost", "flapping", "equal-priority",
    "vlan-mismatch", "zoning-broken", "disk-reserved", "rmc-down", "memory-short", "tunable-changed",
    "profile-differs", "clock-skew", "error-log-wrapped", "hmc-rebooting", "inventory-stale",
}  # fmt: skip


@pytest.fixture
def breaker(terminal: Terminal) -> Breaker:
    return Breaker(terminal.running)


def test_the_list_has_all_of_them() -> None:
    """Every promised name is there, every mishap too, each with what it does and how it is healed."""
    assert set(TROUBLES) >= PROMISED | set(MISHAPS)
    assert all(each.sentence and each.heals for each in TROUBLES.values())


@pytest.mark.parametrize("name", TROUBLES)
async def test_each_begins_and_is_healed(name: str, terminal: Terminal, breaker: Breaker) -> None:
    """It changes the fleet, is remembered while it lasts, and forgotten once it is healed."""
    trouble, target = TROUBLES[name], USUAL[TROUBLES[name].kind]
    terminal.running.befall("cable-pull", "p72", "p72vio2")  # so that there is something in a log
    terminal.running.mend("cable-pull", "p72", "p72vio2")
    if name == "error-log-wrapped":
        target = "p72vio2"
    before = terminal.running.fleet
    broken = breaker.let(name, target)
    assert terminal.running.fleet.systems != before.systems or terminal.running.fleet.hmcs != before.hmcs
    assert breaker.broken == ([] if trouble.lasts == 0 else [broken])
    breaker.heal(name, target)
    assert breaker.broken == []


@pytest.mark.parametrize("name", TROUBLES)
async def test_what_can_not_be_is_refused(name: str, terminal: Terminal, breaker: Breaker) -> None:
    """A target that isn't there, or of another kind, is refused in words, and nothing happens."""
    before = terminal.running.fleet
    with pytest.raises(ValueError, match="there is no"):
        breaker.let(name, "nobody")
    with pytest.raises(ValueError, match="there is no"):
        breaker.let(name, "p75" if TROUBLES[name].kind is not Kind.FRAME else "db01")
    with pytest.raises(KeyError):
        breaker.let("nonesuch", "db01")
    assert (terminal.running.fleet, breaker.broken) == (before, [])


async def test_a_rebooting_hmc_throws_out_and_comes_back(terminal: Terminal, breaker: Breaker, clock: Clock) -> None:
    """Nobody gets in until it is up by itself, and it isn't called broken any more then."""
    await terminal.says("lshmc", "-V")
    breaker.let("hmc-rebooting", "hmc-oslo")
    with pytest.raises(HostUnreachable):
        await terminal.run("lshmc", "-V")
    clock.now += REBOOT_SECONDS
    assert breaker.broken == []
    await terminal.says("lshmc", "-V")


async def test_what_was_under_way_at_a_reboot_is_unknown(terminal: Terminal, breaker: Breaker) -> None:
    """An answer that doesn't come any more is no success."""
    terminal.running.fault("hmc-oslo", stall_after=0)
    asked = asyncio.create_task(terminal.run("lshmc", "-V"))
    await eventually(lambda: terminal.running.sessions("hmc-oslo") == 1)
    breaker.let("hmc-rebooting", "hmc-oslo")
    answer, _ = await asked
    assert answer.exit_status is None


async def test_a_stale_inventory_lacks_what_is_there(terminal: Terminal, breaker: Breaker, clock: Clock) -> None:
    """HSCL8012 for a partition that runs, and after a while it is found."""
    argv = ("lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name", "--filter", "lpar_names=db01")
    breaker.let("inventory-stale", "db01")
    answer, text = await terminal.run(*argv)
    assert (answer, text.split()[0]) == (Answer(1), "HSCL8012")
    clock.now += STALE_SECONDS
    assert await terminal.says(*argv) == "db01\n"


async def test_memory_that_fails_is_short_for_others(terminal: Terminal, breaker: Breaker) -> None:
    """What fitted before is refused, and the HMC tells how much is deconfigured."""
    argv = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "db01")
    assert (await terminal.run(*argv))[0] == Answer(0)
    breaker.let("memory-short", "p75")
    answer, text = await terminal.run(*argv)
    assert (answer, "memory" in text) == (Answer(1), True)
    fields = ("lshwres", "-r", "mem", "-m", "p75", "--level", "sys", "-F", "deconfig_sys_mem,curr_avail_sys_mem")
    failed, free = (await terminal.says(*fields)).strip().split(",")
    assert (int(failed) > 0, free) == (True, "1024")
    breaker.heal("memory-short", "p75")
    assert (await terminal.run(*argv))[0] == Answer(0)


async def test_a_changed_tunable_differs_from_the_next_start(terminal: Terminal, breaker: Breaker) -> None:
    """Seen on the host itself; healed, it has the value of the next start."""
    breaker.let("tunable-changed", "db01")
    settings = terminal.running.fleet.systems["p72"].partition("db01")
    assert settings is not None
    assert [(each.name, each.current, each.reboot) for each in settings.aix.settings] == [("tcp_nodelayack", "1", "0")]
    breaker.heal("tunable-changed", "db01")
    settings = terminal.running.fleet.systems["p72"].partition("db01")
    assert settings is not None
    assert {(each.current, each.reboot) for each in settings.aix.settings} == {("0", "0")}


async def test_it_is_healed_where_the_partition_is_now(terminal: Terminal, breaker: Breaker, clock: Clock) -> None:
    """A migration takes a partition away with its trouble, and healing it there forgets it."""
    breaker.let("tunable-changed", "p72/db01")
    terminal.running.happen(
        MigrationStarted(
            migration=Migration(
                partition="db01",
                source="p72",
                destination="p75",
                destination_hmc="hmc-oslo",
                started=clock.now,
                seconds=60,
                size=1,
            )
        )
    )
    terminal.running.happen(MigrationEnded(source="p72", partition="db01"))
    assert [each.target for each in breaker.broken] == ["p72/db01"]
    assert breaker.heal("tunable-changed", "db01").target == "p75/db01"
    assert breaker.broken == []


async def test_targets_are_found_by_name_or_whole(terminal: Terminal) -> None:
    """What is offered is found, by its name alone or with its frame's before it."""
    fleet = terminal.running.fleet
    for kind in Kind:
        for each in targets(fleet, kind):
            assert found_by(fleet, kind, each.name) == each
    assert found_by(fleet, Kind.HOST, "p72/db01") == found_by(fleet, Kind.CLIENT, "db01")
    with pytest.raises(ValueError, match="there is no"):
        found_by(fleet, Kind.HOST, "p75/db01")
