"""A VIOS's shell, and the HMC's way to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.console import Answer, Console
from bot.lab.fleet.events import RmcChanged
from bot.lab.fleet.model import Vios
from policies.problems import HostUnreachable
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal
from tests.bot.lab.fleet.pair import Pair, add_trunks

RECORDED = Path(__file__).parents[3] / "recorded" / "lshwres"
CAPTURES = Path(__file__).parents[5] / "shared" / "captures" / "vios"


def viosvrcmd(command: str, vios: str = "p72vio1", system: str = "p72") -> tuple[str, ...]:
    return "viosvrcmd", "-m", system, "-p", vios, "-c", command


@pytest.mark.parametrize("vios", ["p72vio1", "p72vio2"])
async def test_virtual_ethernet_is_listed_as_captured(terminal: Terminal, vios: str) -> None:
    """The adapters of the sharing pair are those of the capture, character for character."""
    argv = ("lshwres", "-r", "virtualio", "--rsubtype", "eth", "--level", "lpar", "-m", "p72")
    whole = (RECORDED / f"eth-{vios}.raw").read_text()
    assert await terminal.says(*argv, "--filter", f"lpar_names={vios}") == whole
    lines = (await terminal.says(*argv)).splitlines(keepends=True)
    assert "".join(line for line in lines if vios in line) == whole
    fields = await terminal.says(*argv, "-F", "lpar_name,slot_num,trunk_priority", "--filter", "lpar_names=db01")
    assert fields == "db01,2,null\n"


async def test_the_hmc_passes_commands_to_a_vios(terminal: Terminal) -> None:
    """By name or by id; what ran there is recorded as the VIOS's own."""
    assert await terminal.says(*viosvrcmd("ioslevel")) == "4.1.0.10\n"
    assert await terminal.says("viosvrcmd", "-m", "p72", "--id", "2", "-c", "lsdev -dev ent4 -attr ha_mode") == (
        "value\n\nsharing\n"
    )
    assert ("p72vio1", "padmin", ("ioslevel",)) in [(each.host, each.user, each.argv) for each in terminal.running.ran]
    text = await terminal.says(*viosvrcmd("lsmap -all -net -fmt ,"))
    assert text.splitlines()[0] == "ent1,U9105.42A.78A0072-V1-C2-T1,ent4,ent0,Available,U78D9.001.78A0072-P1-C1-T1"


async def test_what_fails_on_the_vios_is_wrapped(terminal: Terminal) -> None:
    """The HMC's code comes first, the VIOS's words after it, its status last, and the HMC's own is 1."""
    answer, text = await terminal.run(*viosvrcmd("lsdev -dev ent9 -attr"))
    assert answer == Answer(1)
    assert text.startswith("HSCL2970 The IOServer command has failed because of the following reason:\nSome error")
    assert text.endswith("\tent9\nrc=1\n")
    answer, text = await terminal.run(*viosvrcmd("nonesuch"))
    assert (answer, text.splitlines()[1:]) == (Answer(1), ["rksh: nonesuch:  not found.", "rc=127"])


async def test_a_vios_is_reached_only_where_rmc_is_active(terminal: Terminal) -> None:
    """No VIOS, no RMC, not running: each is refused in its own words."""
    answer, text = await terminal.run(*viosvrcmd("ioslevel", vios="db01"))
    assert (answer, "invalid value are -p." in text) == (Answer(1), True)
    terminal.running.happen(RmcChanged(system="p72", partition="p72vio1", rmc_state="inactive"))
    answer, text = await terminal.run(*viosvrcmd("ioslevel"))
    assert (answer, text.split()[0]) == (Answer(1), "HSCL2957")
    await terminal.says("chsysstate", "-r", "lpar", "-m", "p72", "-o", "shutdown", "--immed", "-n", "p72vio1")
    answer, text = await terminal.run(*viosvrcmd("ioslevel"))
    assert (answer, text.split()[0]) == (Answer(1), "HSCL05DF")


async def test_a_viewer_types_nothing_on_a_vios(opened: Opener) -> None:
    """The role that may change nothing may not pass commands either."""
    async with opened(user="hscviewer") as terminal:
        answer, text = await terminal.run(*viosvrcmd("ioslevel"))
    assert (answer, text.split()[0]) == (Answer(1), "HSCL350B")


async def test_a_vios_restarts_and_its_mate_takes_over(terminal: Terminal, clock: Clock) -> None:
    """It goes down, the other one bridges meanwhile, it comes up, RMC follows, and they share again."""
    lssyscfg = ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=p72vio1", "-F", "state,rmc_state")
    argv = ("chsysstate", "-r", "lpar", "-m", "p72", "-o", "osshutdown", "--restart", "-n", "p72vio1")
    assert await terminal.says(*argv) == ""
    assert await terminal.says(*lssyscfg) == "Shutting Down,inactive\n"
    clock.now += 20
    assert await terminal.says(*lssyscfg) == "Starting,inactive\n"
    text = await terminal.says(*viosvrcmd("entstat -all ent4", vios="p72vio2"))
    assert "    State: PRIMARY\n    Bridge Mode: All\n" in text
    clock.now += 60
    assert await terminal.says(*lssyscfg) == "Running,inactive\n"
    clock.now += 30
    assert await terminal.says(*lssyscfg) == "Running,active\n"
    text = await terminal.says(*viosvrcmd("entstat -all ent4", vios="p72vio2"))
    assert "    State: BACKUP_SH\n    Bridge Mode: Partial\n    VID shared: 2 12 13\n" in text


async def test_chdev_forces_a_failover_from_the_hmc(terminal: Terminal) -> None:
    """The pair in failover mode changes places by one chdev, and the error log of each tells it."""
    p75vio1, p75vio2 = ("p75vio1", "p75"), ("p75vio2", "p75")
    change = viosvrcmd("chdev -dev ent4 -attr ha_mode=standby", *p75vio1)
    assert await terminal.says(*change) == "ent4 changed\n"
    assert "State: BACKUP\n" in await terminal.says(*viosvrcmd("entstat -all ent4", *p75vio1))
    assert "State: PRIMARY\n" in await terminal.says(*viosvrcmd("entstat -all ent4", *p75vio2))
    header, line = (await terminal.says(*viosvrcmd("errlog", *p75vio2))).splitlines()
    assert header == "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION"
    assert (line[:11], line[22:]) == ("E136EAFA   ", "I H ent4           BECOME PRIMARY")


@pytest.mark.parametrize(
    ("line", "says", "status"),
    [
        ("nonesuch", "rksh: nonesuch:  not found.\n", 127),
        ("errpt", "rksh: errpt:  not found.\n", 127),
        ("lsdev > list", "rksh: list: restricted\n", 1),
        ("lsdev -bogus", "Usage: lsdev", 2),
        ("entstat", "Usage: entstat", 2),
        ("lsmap", "Usage: lsmap", 2),
        ("lsmap -all", '"" is not a Server Virtual SCSI Adapter', 15),
        ("lsmap -all -npiv", '"" is not a Server Virtual FC Adapter', 63),
        ("chdev -dev ent4 -attr ha_mode", "Usage: chdev", 2),
    ],
)
def test_padmins_shell_refuses(line: str, says: str, status: int) -> None:
    """Unknown commands, redirections and wrong use are refused on standard error, and change nothing."""
    stage = Pair()
    before = stage.world.fleet
    out, err, ended = stage.typed("p72vio1", line)
    assert (out, ended) == ("", status)
    assert err.startswith(says)
    assert stage.world.fleet == before


@pytest.mark.parametrize(
    "pairs", ["ha_mode=never", "virt_adapters=ent1,ent9", "virt_adapters=ent1,ent3", "virt_adapters=", "pvid=7", "a=b"]
)
def test_chdev_refuses_what_the_device_cant_take(pairs: str) -> None:
    """A wrong attribute or value is told in the method's words, and the SEA is as before."""
    stage = Pair()
    before = stage.world.fleet
    out, err, status = stage.typed("p72vio1", f"chdev -dev ent4 -attr {pairs}")
    assert (out, status) == ("", 1)
    assert "Method error (/usr/lib/methods/chgsea):\n\t0514-01" in err
    assert stage.world.fleet == before


@pytest.mark.parametrize("line", ["oem_setup_env && errpt", "oem_setup_env\nerrpt", "echo errpt | oem_setup_env"])
def test_oem_setup_env_gives_root(line: str) -> None:
    """Behind it, within one line or piped into it, root's commands run, and the record says that root ran them."""
    stage = Pair()
    stage.stop("p72vio2")
    stage.start("p72vio2")
    out, err, status = stage.typed("p72vio2", line)
    assert (err, status) == ("", 0)
    assert "BECOME BACKUP" in out
    assert ("root", ("errpt",)) in [(each.user, each.argv) for each in stage.world.ran]


def test_devices_are_named_as_captured() -> None:
    """The Ethernet devices of a pair with two trunks more are listed as the techdoc lists them."""
    if not (CAPTURES / "lsdev-ethernet-sea.txt").is_file():
        pytest.skip(f"no captures at {CAPTURES}")
    stage = Pair()
    add_trunks(stage)
    out = stage.says("p72vio1", "oem_setup_env; lsdev -Cc adapter | grep Ethernet")
    captured = (CAPTURES / "lsdev-ethernet-sea.txt").read_text()
    assert [line.split() for line in out.splitlines()] == [line.split() for line in captured.splitlines()]


def test_entstat_has_the_captured_form() -> None:
    """Every label of a captured SEA stands in ours too, in the same order."""
    if not (CAPTURES / "entstat_d_sea_primary.txt").is_file():
        pytest.skip(f"no captures at {CAPTURES}")
    ours = labels(Pair().says("p72vio1", "entstat -all ent4"))
    theirs = labels((CAPTURES / "entstat_d_sea_primary.txt").read_text())
    assert ours[: len(theirs) - 1] == theirs[:-1]


def labels(text: str) -> list[str]:
    """The names of all values, without the values, device names and numbers."""
    found = []
    for line in text.splitlines():
        for part in (line[:46], line[46:]) if len(line) > 46 and line[45] == " " else (line,):
            name = part.partition(":")[0]
            words = [word for word in name.split() if not any(ch.isdigit() for ch in word)]
            if words and "ent" not in words and ":" in part and "Elapsed" not in part:
                found.append(" ".join(words))
    return found


async def test_a_vios_is_reached_directly_too(terminal: Terminal) -> None:
    """The same shell over its own SSH server, with the status and both outputs; while it is down nobody gets in."""
    running = terminal.running
    console = Console({"p72vio2": await running.reach("p72vio2")}, terminal.stops)
    pieces: list[bytes] = []

    async def feed(piece: bytes) -> None:
        pieces.append(piece)

    async def run(*argv: str) -> Answer:
        return await console.run("p72vio2", argv, deadline=10, feed=feed)

    try:
        assert await run("ioslevel") == Answer(0)
        assert await run("lsdev", "-dev", "ent9") == Answer(1)
        assert b"".join(pieces).startswith(b"4.1.0.10\nSome error messages may contain invalid information\n")
        running.befall("vios-crash", "p72", "p72vio2")
        with pytest.raises(HostUnreachable):
            await run("ioslevel")
    finally:
        await console.close()
    with pytest.raises(KeyError):
        await running.reach("nobody")


async def test_what_padmin_changes_can_be_sent_by_the_hmc(terminal: Terminal) -> None:
    """A disk is mapped and unmapped over viosvrcmd; what asks a question there gets no answer, and does nothing."""
    where = ("p75vio1", "p75")
    assert await terminal.says(*viosvrcmd("mkvdev -vdev hdisk14 -vadapter vhost0 -dev wd_hd14", *where)) == (
        "wd_hd14 Available\n"
    )
    assert "wd_hd14" in await terminal.says(*viosvrcmd("lsmap -vadapter vhost0", *where))
    answer, text = await terminal.run(*viosvrcmd("mkvdev -vdev hdisk14 -vadapter vhost0", *where))
    assert answer == Answer(1)
    assert '"hdisk14" is already being used as a backing device.' in text
    assert text.endswith("rc=1\n")
    assert await terminal.says(*viosvrcmd("rmvdev -vtd wd_hd14", *where)) == "wd_hd14 deleted\n"
    await terminal.says(*viosvrcmd("extendvg rootvg hdisk14", *where))
    answer, text = await terminal.run(*viosvrcmd("mirrorios", *where))
    assert (answer, "Continue [y|n]?" in text) == (Answer(1), True)
    assert io_of(terminal).pools.mirrored is False


def io_of(terminal: Terminal) -> Vios:
    found = terminal.running.fleet.systems["p75"].partition("p75vio1")
    assert found is not None
    return found.io
