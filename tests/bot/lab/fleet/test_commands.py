"""The HMC's commands over real SSH."""

from __future__ import annotations

import pytest

from bot.console import Answer
from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import RmcChanged, SystemStateChanged
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal

VALIDATE = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p")
REMOTE = ("migrlpar", "-o", "v", "-m", "p72", "-t", "arizona", "--ip", "hmc-arizona", "-u", "hscroot", "-p")
INVALID = (
    "The command entered is either missing a required parameter or a parameter value is invalid. The parameters that "
    "are missing or have an invalid value are {}. Please check your entry and retry the command.\n"
)


async def test_lists_systems_and_partitions(terminal: Terminal) -> None:
    """Each HMC lists its own systems, in pairs or in bare values, quoted where a value has commas."""
    assert await terminal.says("lssyscfg", "-r", "sys", "-F", "name") == "p72\np75\n"
    assert await terminal.says("lssyscfg", "-r", "sys", "-F", "name", host="hmc-arizona") == "arizona\n"
    text = await terminal.says("lssyscfg", "-r", "sys", "-m", "p75")
    assert text.startswith("name=p75,type_model=9009-42A,serial_num=78A0075,")
    assert '"lpar_proc_compat_modes=default,POWER8,POWER9_base,POWER9"' in text
    chosen = ("--filter", '"lpar_names=db01,off01"', "-F", "name,lpar_id,state", "--header")
    text = await terminal.says("lssyscfg", "-r", "lpar", "-m", "p72", *chosen)
    assert text == "name,lpar_id,state\ndb01,3,Running\noff01,18,Not Activated\n"


async def test_tells_its_level(terminal: Terminal) -> None:
    """The level is a quoted value over several lines."""
    text = await terminal.says("lshmc", "-V")
    assert text.startswith('"version= Version: 10\n Release: 3\n Service Pack: 1060\n')
    assert text.endswith('","base_version=V10R3\n"\n')


async def test_lists_its_users(terminal: Terminal) -> None:
    """Users come with their task roles, and can be asked for by name."""
    text = await terminal.says("lshmcusr", "-F", "name,taskrole")
    assert "hscroot,hmcsuperadmin\n" in text
    chosen = ("--filter", "names=hscviewer", "-F", "name,taskrole")
    assert await terminal.says("lshmcusr", *chosen) == "hscviewer,hmcviewer\n"


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        ("lssyscfg -r lpar", INVALID.format("-m")),
        ("migrlpar -o v", INVALID.format("-m")),
        ("migrlpar -o v -m p72 -p db01", INVALID.format("-t")),
        ("migrlpar -o x -m p72 -t p75 -p db01 --bogus", INVALID.format("--bogus,-o")),
        ("migrlpar -o v -m p72 -t p72 -p db01", INVALID.format("-t")),
        ("migrlpar -o v -m p72 -t p75 -p db01 --id 3", INVALID.format("-p,--id")),
        (
            "migrlpar -o v -m p72 -t p75 -p nonesuch",
            "HSCL8012 The partition named nonesuch was not found.  Please check your entry and retry the command.\n",
        ),
        (
            "migrlpar -o v -m p99 -t p75 -p db01",
            "HSCL8018 The managed system p99 was not found.  Please check your entry and retry the command.\n",
        ),
        (
            "migrlpar -o v -m p72 -t p75 -p db01 --ip hmc-arizona -u hscroot",
            "HSCLA318 The migration command issued to the destination HMC failed with the following error: "
            "HSCL8018 The managed system p75 was not found.  Please check your entry and retry the command.\n",
        ),
        (
            "lssyscfg -r lpar -m p72 -F name,bogus",
            "An invalid attribute was entered. The invalid attribute is bogus. "
            "Please check your entry and retry the command.\n",
        ),
    ],
)
async def test_refuses_on_standard_output(terminal: Terminal, argv: str, says: str) -> None:
    """A refusal is on standard output in the machine's words, and the status is 1."""
    assert await terminal.run(*argv.split()) == (Answer(1), says)


async def test_an_empty_list_is_no_failure(terminal: Terminal) -> None:
    """A filter that leaves nothing gives the one line and status 0, in the user's language."""
    argv = ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_ids=999")
    assert await terminal.says(*argv) == "No results were found.\n"


async def test_speaks_the_users_language(opened: Opener) -> None:
    """A user with another locale gets other words and the same codes and status."""
    async with opened(user="hscpolska") as terminal:
        argv = ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_ids=999")
        assert await terminal.run(*argv) == (Answer(0), "Nie znaleziono wyników.\n")
        answer, text = await terminal.run(*VALIDATE, "nonesuch")
        assert (answer, text.split()[0]) == (Answer(1), "HSCL8012")


@pytest.mark.parametrize(
    ("argv", "first", "status"),
    [
        ((*VALIDATE, "db01"), "", 0),
        ((*VALIDATE, "web01"), "Warning:\nHSCLA246 The management console cannot", 0),
        ((*VALIDATE, "app01"), "", 0),
        ((*VALIDATE, "off01"), "", 0),
        ((*VALIDATE, "cpumode01"), "Errors:\nHSCLA224 The partition cannot be migrated", 1),
        ((*VALIDATE, "rmc01"), "Errors: \nThe operation to check partition rmc01 for", 1),
        ((*VALIDATE, "ams01"), "Errors:\nHSCLA304 A suitable shared memory pool", 1),
        ((*VALIDATE, "npiv01"), "HSCLA319 The migrating partition's virtual fibre", 1),
        ((*VALIDATE, "mpio01"), "Errors:\nHSCLA340 The HMC may not be able", 1),
        ((*VALIDATE, "mpionpiv01"), "Errors:\nHSCLA340 The HMC may not be able", 1),
        ((*VALIDATE, "mpio01", "--mpio", "2"), "", 0),
        ((*VALIDATE, "vscsi01"), "Errors:\nThe migrating partition's virtual SCSI", 1),
        ((*VALIDATE, "mem01"), "Errors:\nThere is not enough memory: Obtained: 176128, Required: 262144.", 1),
        ((*VALIDATE, "cpu01"), "Errors:\nThe partition cannot be migrated because the processing", 1),
        ((*VALIDATE, "normc01"), "Errors:\nHSCLA246 The management console cannot", 1),
        ((*REMOTE, "db01"), "", 0),
        ((*REMOTE, "keys01"), "HSCL3653 The Secure Shell (SSH)", 1),
        ((*REMOTE, "ame01"), "HSCLA318 The migration command issued to the destination HMC", 1),
    ],
)
async def test_the_demo_partitions_do_as_they_are_called(
    terminal: Terminal, argv: tuple[str, ...], first: str, status: int
) -> None:
    """Each partition of the demo passes, or fails in the way that its name says."""
    answer, text = await terminal.run(*argv)
    assert answer == Answer(status)
    assert text.startswith(first)
    assert bool(text) is bool(first)


async def test_faults_are_found_together(terminal: Terminal) -> None:
    """Two things in the way give one answer with both, under one heading."""
    terminal.running.happen(RmcChanged(system="p75", partition="p75vio1", rmc_state="inactive"))
    terminal.running.happen(RmcChanged(system="p75", partition="p75vio2", rmc_state="inactive"))
    _, text = await terminal.run(*VALIDATE, "cpumode01")
    assert text.count("Errors:") == 1
    assert text.index("HSCLA224") < text.index("HSCLA246")
    assert "partition p75vio2." in text


async def test_keys_are_per_user(terminal: Terminal) -> None:
    """The other HMC is asked as the user that was named, and the refusal names him."""
    _, text = await terminal.run(*(part.replace("hscroot", "hscpe") for part in REMOTE), "db01")
    assert "for user\nhscpe. Please" in text


async def test_a_frame_that_is_not_operating_says_so(terminal: Terminal) -> None:
    """What needs an operating frame is refused by code."""
    terminal.running.happen(SystemStateChanged(system="p75", state="No Connection"))
    for argv in (("lssyscfg", "-r", "lpar", "-m", "p75"), (*VALIDATE, "db01")):
        answer, text = await terminal.run(*argv)
        assert (answer, text.split()[0]) == (Answer(1), "HSCL0238")
    assert await terminal.says("lssyscfg", "-r", "sys", "-F", "state") == "Operating\nNo Connection\n"


async def test_old_levels_know_fewer_options(opened: Opener) -> None:
    """A level before V9 refuses the options that came later."""
    fleet = demo_fleet()
    old = {name: type(hmc)(**{**hmc.__dict__, "version": 8}) for name, hmc in fleet.hmcs.items()}
    async with opened(type(fleet)(hmcs=old, systems=fleet.systems)) as terminal:
        answer, text = await terminal.run(*VALIDATE, "db01", "--affinity", "--redundantmsps", "1")
    assert (answer, text) == (Answer(1), INVALID.format("--affinity"))


async def test_power(terminal: Terminal, clock: Clock) -> None:
    """A partition starts and stops, each in its time, and its memory is taken and given back."""
    free = ("lshwres", "-r", "mem", "-m", "p72", "--level", "sys", "-F", "curr_avail_sys_mem")
    chsysstate = ("chsysstate", "-r", "lpar", "-m", "p72", "-n", "off01", "-o")
    before = int(await terminal.says(*free))
    assert await terminal.says(*chsysstate, "on") == ""
    assert int(await terminal.says(*free)) == before - 8192
    answer, text = await terminal.run(*chsysstate, "on")
    assert (answer, text.split()[0]) == (Answer(1), "HSCL05EA")
    clock.now += 60
    answer, text = await terminal.run(*chsysstate, "osshutdown")
    assert (answer, text.split()[0]) == (Answer(1), "HSCL0DB4")
    clock.now += 30
    assert await terminal.says(*chsysstate, "osshutdown") == ""
    assert int(await terminal.says(*free)) == before - 8192
    clock.now += 20
    assert int(await terminal.says(*free)) == before


async def test_a_viewer_may_look_and_not_touch(opened: Opener) -> None:
    """The viewer role reads everything and changes nothing."""
    async with opened(user="hscviewer") as terminal:
        assert "db01" in await terminal.says("lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name")
        start = ("chsysstate", "-r", "lpar", "-m", "p72", "-o", "on", "-n", "off01")
        for argv in (("migrlpar", "-o", "m", *VALIDATE[3:], "db01"), start):
            answer, text = await terminal.run(*argv)
            assert (answer, text.split()[0]) == (Answer(1), "HSCL350B")


async def test_everything_that_ran_is_told(terminal: Terminal) -> None:
    """The record holds host, user and words as they arrived."""
    await terminal.run("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=it's $(here)")
    ran = terminal.running.ran
    assert [(each.host, each.user) for each in ran] == [("hmc-oslo", "hscroot")]
    assert ran[0].argv == ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=it's $(here)")
