"""Whatever is typed at an HMC, it answers as a machine does, and the fleet stays one that can be."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.console import command_line
from bot.lab.fleet import demo_fleet
from bot.lab.fleet.commands import NAMES, programs
from bot.lab.fleet.hardware import Hardware, Slot, SriovAdapter
from bot.lab.fleet.model import Fleet, Role, User, check
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.world import Seat, World
from tests.bot.lab.fleet.frames import with_hardware

WORDS = (
    "-r -m -t -p -n --id --tid -o -F --header --filter --ip -u --mpio --level -V -v -g -s -l -q -i -a -f -b -c -d -w "
    "--procs --procunits --rsubtype --immed --restart --force --test --passwd --add --remove -all -dlpar --vlanbridge"
)
FLAGS = WORDS.split()
VALUES = [
    "sys", "lpar", "prof", "mem", "proc", "io", "sriov", "virtualio", "mempool", "procpool", "eth", "scsi", "fc",
    "slot", "adapter", "logport", "vswitch", "pool", "all", "hardware", "console", "taskrole", "sa", "virtuallpar",
    "save",
    "p72", "p75", "db01", "off01", "p72vio1", "hmc-arizona", "hscroot", "a", "r", "m", "s", "v", "on", "off",
    "shutdown", "osshutdown", "calcscore", "name,lpar_id", "lpar_names=db01,off01", '"lpar_ids=1","lpar_ids=2"',
    "256", "1024", "0", "-1", "99999999999", "0.5", "NaN", "1e9", "21010010", "a.sysplan", "root@10.10.10.121",
    "name=new1,profile_name=p,lpar_env=aixlinux", "name=default_profile,lpar_name=db01,desired_mem=8192",
    "port_vlan_id=5,ieee_virtual_eth=1", "adapter_id=1,phys_port_id=0", "", "=", ",", '"', "²", "é", "\ud800",
]  # fmt: skip
word = st.sampled_from(FLAGS + VALUES) | st.text(max_size=5)
line = st.lists(word, max_size=12).flatmap(lambda words: st.sampled_from(NAMES).map(lambda name: [name, *words]))


def amounts(*names: str) -> st.SearchStrategy[str]:
    value = st.sampled_from(["0", "1", "2", "256", "512", "4096", "8192", "0.1", "0.5", "1.0", "5000000", "x"])
    return st.lists(st.tuples(st.sampled_from(names), value), max_size=4, unique_by=lambda each: each[0]).map(
        lambda pairs: "".join(f",{name}={found}" for name, found in pairs)
    )


PARTITIONS = st.sampled_from(["db01", "off01", "app01", "p72vio1", "p72vio2", "new1", "new2"])
CHANGES = st.one_of(
    st.builds(
        "chhwres -r mem -m p72 -o {} -p {} -q {}".format,
        st.sampled_from("ar"), PARTITIONS, st.sampled_from(["256", "4096", "65536", "100"]),
    ),
    st.builds(
        "chhwres -r mem -m p72 -o m -p {} -t {} -q {}".format, PARTITIONS, PARTITIONS, st.sampled_from(["256", "4096"]),
    ),
    st.builds(
        "chhwres -r proc -m p72 -o {} -p {} --procunits {} --procs {}".format,
        st.sampled_from("ar"), PARTITIONS, st.sampled_from(["0.1", "0.5", "40"]), st.sampled_from("0129"),
    ),
    st.builds(
        "chhwres -r virtualio --rsubtype eth -m p72 -o {} -p {} -s {} -a {}".format,
        st.sampled_from("as"), PARTITIONS, st.sampled_from(["2", "3", "7", "11"]),
        st.sampled_from([
            "port_vlan_id=10", "port_vlan_id=20,is_trunk=1,trunk_priority=1", "addl_vlan_ids+=77",
            "addl_vlan_ids-=10", "addl_vlan_ids=12", "port_vlan_id=30,ieee_virtual_eth=1,is_trunk=1,trunk_priority=2",
        ]),
    ),
    st.builds(
        "chhwres -r virtualio --rsubtype eth -m p72 -o r -p {} -s {}".format,
        PARTITIONS, st.sampled_from(["2", "3", "7"]),
    ),
    st.builds(
        "chhwres -r virtualio --rsubtype {} -m p72 -o a -p {} -s {} -a adapter_type={},remote_lpar_name={},{}".format,
        st.sampled_from(["scsi", "fc"]), PARTITIONS, st.sampled_from(["8", "110"]),
        st.sampled_from(["client", "server"]), PARTITIONS,
        st.sampled_from(["remote_slot_num=8", "remote_slot_num=110", "is_required=0"]),
    ),
    st.builds(
        "chhwres -r virtualio --rsubtype {} -m p72 -o r -p {} -s {}".format,
        st.sampled_from(["scsi", "fc"]), PARTITIONS, st.sampled_from(["8", "110", "11", "12", "21", "33", "53"]),
    ),
    st.builds(
        "chhwres -r io --rsubtype slot -m p72 -o {} -p {} -l 2101001{}".format,
        st.sampled_from("ar"), PARTITIONS, st.sampled_from("01"),
    ),
    st.builds(
        "chhwres -r sriov --rsubtype logport -m p72 -o {} -p {} -a adapter_id=1,phys_port_id=0,capacity={}".format,
        st.sampled_from("ar"), PARTITIONS, st.sampled_from(["2.0", "60.0", "100.0", "0.5"]),
    ),
    st.builds(
        "chsyscfg -r prof -m p72 -i name=default_profile,lpar_name={}{}".format,
        PARTITIONS,
        amounts("min_mem", "desired_mem", "max_mem", "desired_procs", "max_procs", "desired_proc_units", "auto_start"),
    ),
    st.builds(
        "mksyscfg -r lpar -m p72 -i name={},profile_name=prof,lpar_env={},min_mem=256,desired_mem=4096,max_mem=8192,"
        "min_procs=1,desired_procs=1,max_procs=4,min_proc_units=0.1,desired_proc_units=0.5,max_proc_units=2{}".format,
        PARTITIONS, st.sampled_from(["aixlinux", "vioserver"]),
        st.sampled_from(["", ",io_slots=21010010//1", ",virtual_eth_adapters=2/0/10///0", ",lpar_id=30"]),
    ),
    st.builds("mksyscfg -r prof -m p72 -o save -p {} -n {} --force".format, PARTITIONS, st.sampled_from(["p2", "q"])),
    st.builds("rmsyscfg -r lpar -m p72 -n {}".format, PARTITIONS),
    st.builds("rmsyscfg -r prof -m p72 -p {} -n {}".format, PARTITIONS, st.sampled_from(["p2", "default_profile"])),
    st.builds("chsyscfg -r lpar -m p72 -i name={},new_name={}".format, PARTITIONS, PARTITIONS),
    st.builds("chsyscfg -r lpar -m p72 -i name={},default_profile=p2".format, PARTITIONS),
    st.builds(
        "chsysstate -r lpar -m p72 -n {} -o {}".format, PARTITIONS,
        st.sampled_from(["on", "on -f default_profile", "on -f p2 -b sms", "on -f prof", "shutdown", "shutdown --immed",
                         "osshutdown", "shutdown --restart --immed"]),
    ),
    st.builds(
        "chsysstate -r sys -m {} -o {}".format, st.sampled_from(["p72", "p75"]),
        st.sampled_from(["on", "off", "off --restart", "onstandby"]),
    ),
    st.builds("migrlpar -o {} -m p72 -t p75 -p {}".format, st.sampled_from("vms"), PARTITIONS),
)  # fmt: skip


def fleet() -> Fleet:
    """The demo's, with physical slots and an SR-IOV adapter in p72."""
    slots = tuple(Slot(drc_index=f"2101001{n}", location=f"U78D9.001.78A0072-P1-C{n}") for n in range(2))
    adapter = SriovAdapter(adapter_id=1, drc_index="21010020", location="U78D9.001.78A0072-P1-C4")
    return with_hardware(demo_fleet(), "p72", Hardware(slots=slots, sriov=(adapter,)))


async def ran(lines: list[list[str]], *, role: Role, seconds: float) -> tuple[World, list[int]]:
    """Runs them one after the other, each begun while the migrations before it may go on."""
    now = [1_000_000.0]
    world = World(state=fleet(), clock=lambda: now[0], migration_seconds=20, line_delay=0)
    seat = Seat(world, "hmc-oslo", User(name="hscroot", role=role))
    statuses: list[int] = []

    async def swallow(text: str) -> None:
        assert "Traceback" not in text

    async def one(argv: list[str]) -> None:
        shell = Shell(programs(seat), tell=lambda words: None, variables={})
        status = await shell.run(command_line("hmc", argv), swallow, swallow)
        assert status in ((0, 1, 2) if argv[:1] == ["ls"] else (0, 1)), argv
        statuses.append(status)

    tasks = []
    for argv in lines:
        tasks.append(asyncio.create_task(one(["".join(ch for ch in word if ch.isprintable()) for word in argv])))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now[0] += seconds
        check(world.fleet)
    now[0] += 1000
    await asyncio.gather(*tasks)
    return world, statuses


@settings(max_examples=300, deadline=None)
@given(st.lists(line, min_size=1, max_size=4), st.sampled_from(list(Role)))
def test_no_words_break_a_command(lines: list[list[str]], role: Role) -> None:
    """Whatever its words and whoever types them, a command answers with status 0 or 1, and has no fault of its own;
    `ls`, which is the shell's neighbour and not the HMC's, with 2 where there is nothing to list."""
    world, statuses = asyncio.run(ran(lines, role=role, seconds=0))
    assert len(statuses) == len(lines)
    assert world.errors == []
    check(world.fleet)


@settings(max_examples=250, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=10), st.sampled_from([0.0, 7.0, 25.0, 90.0, 400.0]))
@example(["chsysstate -r sys -m p72 -o off", "chsysstate -r sys -m p72 -o on"], 400.0)
def test_no_changes_break_the_fleet(lines: list[str], seconds: float) -> None:
    """Changes of every kind, in any order and at any distance, leave a fleet that can be."""
    world, statuses = asyncio.run(ran([each.split() for each in lines], role=Role.SUPERADMIN, seconds=seconds))
    assert set(statuses) <= {0, 1}
    assert world.errors == []
    check(world.fleet)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_done_without_words(name: str) -> None:
    """A command without its options is refused, or lists; it never changes anything."""
    world, statuses = asyncio.run(ran([[name]], role=Role.SUPERADMIN, seconds=0))
    assert statuses in ([0], [1])
    assert world.history == []
