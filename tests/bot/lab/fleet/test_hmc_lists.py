"""The HMC's other commands: lists, keys, files, LEDs; who may do what; in which language and at which level."""

from __future__ import annotations

import re

import pytest

from bot.console import Answer
from bot.lab.fleet import demo_fleet
from bot.lab.fleet.messages import MESSAGES, message
from bot.lab.fleet.model import Role, User
from tests.bot.lab.fleet.conftest import Opener, Terminal
from tests.bot.lab.fleet.frames import with_hmc

KEY = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB root@10.10.10.121"


async def refused(terminal: Terminal, *argv: str) -> str:
    answer, text = await terminal.run(*argv)
    assert answer == Answer(1), text
    return text


@pytest.mark.parametrize(
    ("argv", "first"),
    [
        ("lshmc -n", "hostname=hmc-oslo,"),
        ("lshmc -r -F ssh", "enable\n"),
        ("lssysconn -r all", "resource_type=sys,type_model_serial_num=9105-42A*78A0072,sp=primary,"),
        ("lspartition -dlpar", "<#0> Partition:<1*9105-42A*78A0072, p72vio1, 10.7.2.11>\nActive:<1>, OS:<AIX, "),
        ("lsmemopt -m p72", "No results were found.\n"),
        ("lsmemopt -m p72 -r sys -o currscore", "curr_sys_score=100\n"),
        ("lsmemopt -m p72 -r lpar -o currscore --filter lpar_names=db01", "lpar_name=db01,lpar_id=3,curr_lpar_score="),
        ("lsaccfg -t taskrole -F name", "hmcsuperadmin\nhmcoperator\n"),
        ("lsaccfg -t resource", "resource_type=cec,resource=cec:root/ibmhscS1_0|9105-42A*78A0072\n"),
        ("lslic -m p72 -F ecnumber,activated_level", "01VM1050,162\n"),
        ("lsled -m p72 -r sa -t phys", "state=off\n"),
        ("lsled -m p72 -r sa -t virtuallpar --filter lpar_ids=3", "lpar_id=3,lpar_name=db01,state=off\n"),
        ("lsrefcode -r sys -m p72 -F refcode", "\n"),
        ("lssvcevents -t hardware", "No results were found.\n"),
        ("lshwres -r procpool -m p72 -F name,shared_proc_pool_id", "DefaultPool,0\n"),
        ("lshwres -r mempool -m p72", "curr_pool_mem="),
        ("lshwres -r mempool -m p75", "No results were found.\n"),
        ("lshwres -r proc -m p72 --level pool -F configurable_pool_proc_units", "48.0\n"),
        ("lshwres -r virtualio --rsubtype vswitch -m p72 -F vswitch,switch_mode", "ETHERNET0,VEB\n"),
        ("lshwres -r virtualio --rsubtype slot --level lpar -m p72 -F curr_max_virtual_slots", "400\n"),
        ("lshwres -r io --rsubtype slot -m p72 -F drc_index,lpar_name", "21010030,null\n21010031,p72vio1\n"),
        ("lshwres -r io --rsubtype slot -m p75", "No results were found.\n"),
        ("lshwres -r sriov --rsubtype logport -m p72", "No results were found.\n"),
        ("lssyscfg -r prof -m p72 --filter lpar_names=db01,profile_names=default_profile -F name", "default_profile\n"),
    ],
)
async def test_lists(terminal: Terminal, argv: str, first: str) -> None:
    """Each tells of the fleet as it is."""
    assert (await terminal.says(*argv.split())).startswith(first)


async def test_the_console_tells_who_did_what(terminal: Terminal) -> None:
    """What was run is a console event; the question itself isn't one yet."""
    await terminal.says("lshmc", "-V")
    text = await terminal.says("lssvcevents", "-t", "console", "-d", "1")
    assert text.count("\n") == 1
    assert "userid=hscroot" in text
    assert "lshmc -V" in text


async def test_keys_between_hmcs(terminal: Terminal) -> None:
    """With the right password they are exchanged, the test passes, and a migration across HMCs is validated."""
    test = ("mkauthkeys", "--ip", "hmc-arizona", "-u", "hscpe", "--test")
    exchange = ("mkauthkeys", "-g", "--ip", "hmc-arizona", "-u", "hscpe", "--passwd")
    remote = ("-t", "arizona", "--ip", "hmc-arizona", "-u", "hscpe", "-p", "db01")
    assert "HSCL3653" in await refused(terminal, *test)
    await refused(terminal, *exchange, "wrong")
    assert "HSCL3653" in await refused(terminal, "migrlpar", "-o", "v", "-m", "p72", *remote)
    password = terminal.running.host("hmc-arizona", user="hscpe", by_password=True).password
    assert password is not None
    assert await terminal.says(*exchange, password.get_secret_value()) == ""
    assert await terminal.says(*test) == ""
    assert await terminal.says("migrlpar", "-o", "v", "-m", "p72", *remote) == ""


async def test_keys_are_taken_away(terminal: Terminal) -> None:
    """A machine's key, or another HMC's, which then can't come in any more."""
    remove = ("mkauthkeys", "--remove")
    await refused(terminal, *remove, "root@10.10.10.121")
    await terminal.says("mkauthkeys", "--add", KEY)
    await terminal.says(*remove, "root@10.10.10.121")
    assert ("hmc-oslo", "hscroot") in terminal.running.fleet.hmcs["hmc-arizona"].trusts
    await terminal.says(*remove, "hscroot@hmc-arizona")
    assert terminal.running.fleet.hmcs["hmc-arizona"].trusts == frozenset()


async def test_a_failed_exchange_counts_as_a_failed_login(terminal: Terminal) -> None:
    """The password is tried on the other HMC, which locks the account as it does for anybody."""
    argv = ("mkauthkeys", "-g", "--ip", "hmc-arizona", "-u", "hscpe", "--passwd")
    before = terminal.running.tries("hmc-arizona", "hscpe")
    await refused(terminal, *argv, "wrong")
    assert terminal.running.tries("hmc-arizona", "hscpe") == before + 1


@pytest.mark.parametrize(
    "argv", [("bkprofdata", "-m", "p72", "-f", "today"), ("mksysplan", "-m", "p72", "-f", "today.sysplan")]
)
async def test_files_are_not_overwritten_by_chance(terminal: Terminal, argv: tuple[str, ...]) -> None:
    """A second one of a name only where that is forced."""
    await terminal.says(*argv)
    await refused(terminal, *argv)
    await terminal.says(*argv, "--force")


async def test_system_plans_are_listed(terminal: Terminal) -> None:
    """By the name that must end as such a file does."""
    await refused(terminal, "mksysplan", "-m", "p72", "-f", "today")
    assert await terminal.says("lssysplan") == "No results were found.\n"
    await terminal.says("mksysplan", "-m", "p72", "-f", "today.sysplan")
    assert await terminal.says("lssysplan", "-F", "name") == "today.sysplan\n"


async def test_leds(terminal: Terminal) -> None:
    """The frame's is switched on and off; those of partitions are only put out."""
    change = ("chled", "-m", "p72", "-r", "sa", "-t")
    await terminal.says(*change, "virtualsys", "-o", "on")
    assert await terminal.says("lsled", "-m", "p72", "-r", "sa", "-t", "virtualsys") == "state=on\n"
    await terminal.says(*change, "virtuallpar", "-o", "off", "-p", "db01")
    await refused(terminal, *change, "virtuallpar", "-o", "on", "-p", "db01")


# ── roles ────────────────────────────────────────────────────────────────────────────────────────────────────────────

CHANGES = {
    "chsysstate -r lpar -m p72 -o on -n off01": "operator superadmin pe",
    "chhwres -r mem -m p72 -p db01 -o a -q 256": "operator superadmin pe",
    "viosvrcmd -m p72 -p p72vio1 -c ioslevel": "operator superadmin pe",
    "migrlpar -o s -m p72 -p nonesuch": "operator superadmin pe",
    "chsyscfg -r prof -m p72 -i name=default_profile,lpar_name=db01,uncap_weight=64": "superadmin pe",
    "mksyscfg -r prof -m p72 -o save -p db01 -n today": "superadmin pe",
    "rmsyscfg -r lpar -m p72 -n off01": "superadmin pe",
    "bkprofdata -m p72 -f today": "operator superadmin pe servicerep",
    "chsysstate -r sys -m p72 -o on": "operator superadmin pe servicerep",
}


@pytest.mark.parametrize("role", list(Role))
async def test_roles(role: Role, opened: Opener) -> None:
    """Whoever may not change something is refused with HSCL350B, and may look all the same."""
    fleet = with_hmc(demo_fleet(), "hmc-oslo", users=(User(name="somebody", role=role),))
    async with opened(fleet) as terminal:
        assert "db01" in await terminal.says("lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name")
        for argv, may in CHANGES.items():
            _, text = await terminal.run(*argv.split())
            assert text.startswith("HSCL350B") is (role.removeprefix("hmc") not in may.split()), argv


# ── languages and levels ─────────────────────────────────────────────────────────────────────────────────────────────

# What an operating system printed is passed on as it is.
NOT_TRANSLATED = {"memory-held", "slot-held"}


@pytest.mark.parametrize("key", sorted(MESSAGES))
def test_messages_are_in_both_languages(key: str) -> None:
    """A Polish user gets other words, with the same codes and the same facts."""
    facts = {name: f"<{name}>" for name in re.findall(r"{(\w+)}", MESSAGES[key]["en"])}
    english, polish = message(key, "en", **facts), message(key, "pl", **facts)
    assert (english == polish) is (key in NOT_TRANSLATED)
    for pattern in (r"HSCL\w+", r"<\w+>"):
        assert sorted(re.findall(pattern, english)) == sorted(re.findall(pattern, polish))


async def test_a_polish_user_is_refused_in_polish(opened: Opener) -> None:
    """Over SSH, with the code and the status that everybody gets."""
    async with opened(user="hscpolska") as terminal:
        text = await refused(terminal, "chsysstate", "-r", "lpar", "-m", "p72", "-o", "on", "-n", "db01")
        assert text == "HSCL05EA Aby wykonać tę operację, partycja musi być w stanie Not Activated.\n"


@pytest.mark.parametrize(("attribute", "since"), [("secure_boot", 9), ("keystore_kbytes", 10), ("name", 8)])
@pytest.mark.parametrize("version", [8, 9, 10, 11])
async def test_attributes_differ_by_level(attribute: str, since: int, version: int, opened: Opener) -> None:
    """An attribute that came later is one that an older level doesn't know."""
    async with opened(with_hmc(demo_fleet(), "hmc-oslo", version=version)) as terminal:
        answer, _ = await terminal.run("lssyscfg", "-r", "lpar", "-m", "p72", "-F", f"name,{attribute}")
        assert answer == Answer(int(version < since))
        text = await terminal.says("lssyscfg", "-r", "lpar", "-m", "p72")
        assert (f",{attribute}=" in text or text.startswith(f"{attribute}=")) is (version >= since)


@pytest.mark.parametrize("version", [8, 9, 10, 11])
async def test_power_frames_are_a_thing_of_the_past(version: int, opened: Opener) -> None:
    """Older levels list none; V10 refuses to be asked."""
    async with opened(with_hmc(demo_fleet(), "hmc-oslo", version=version)) as terminal:
        answer, _ = await terminal.run("lssyscfg", "-r", "frame", "-F", "name")
        assert answer == Answer(int(version >= 10))
