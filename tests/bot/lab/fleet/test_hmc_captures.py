"""In the situation of each capture the simulated HMC prints the capture, character for character.

They are other people's machines: read in place, and never kept here.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.configuration import Configuration, RefCode
from bot.lab.fleet.consoles import Connection, Console
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.events import SnagsChanged
from bot.lab.fleet.hardware import Hardware, HeldSlot, LogicalPort, Slot, SriovAdapter
from bot.lab.fleet.model import Env, Fleet, Hmc, ManagedSystem, Partition, Profile, Snag
from bot.lab.fleet.profile import Limits
from tests.bot.lab.fleet.conftest import Clock, Opener
from tests.bot.lab.fleet.frames import with_hardware, with_hmc, with_lpar

SHARED = Path(__file__).parents[5] / "shared" / "captures" / "hmc"
SYSTEM = "p72"


def captured(name: str) -> str:
    path = SHARED / f"{name}.txt"
    if not path.is_file():
        pytest.skip(f"no capture at {path}")
    return path.read_text(encoding="utf-8")


def one_frame(*partitions: Partition, hmc: Hmc | None = None, system: ManagedSystem | None = None) -> Fleet:
    frame = system or ManagedSystem(
        name=SYSTEM, type_model="9105-42A", serial="78A0072", mem=1 << 20, proc_units=Decimal(48)
    )
    frame = replace(frame, partitions=partitions)
    return Fleet.of([hmc or Hmc(name="hmc-oslo", systems=(frame.name,))], [frame])


async def says(opened: Opener, fleet: Fleet, argv: list[str], status: int, clock: Clock | None = None) -> str:
    async with opened(fleet) as terminal:
        answer, raw = await terminal.run_raw(*argv)
    assert answer.exit_status == status, raw
    return raw.decode()


@pytest.mark.parametrize(
    ("name", "argv", "status"),
    [
        ("error_lpar_not_found_v10r3", "lssyscfg -r lpar -m p72 --filter lpar_names=zz-no-such-lpar", 1),
        ("error_missing_m_v10r3", "lssyscfg -r lpar", 1),
        ("no_results_v10r3", "lshwres -r virtualio --rsubtype eth -m p72 --level lpar --filter slots=99", 0),
        ("lsmemopt_sys_calcscore_v10r3", "lsmemopt -m p72 -r sys -o calcscore", 0),
    ],
)
async def test_of_the_demos_frame(name: str, argv: str, status: int, opened: Opener) -> None:
    """Refusals and empty answers that need no fleet of their own."""
    expected = captured(name)
    assert await says(opened, demo_fleet(), argv.split(), status) == expected


async def test_a_frame_that_is_off(opened: Opener) -> None:
    """What needs an operating frame is refused in these words."""
    expected = captured("error_system_not_operating")
    fleet = demo_fleet()
    off = replace(fleet.systems["p75"], state="Power Off", partitions=())
    fleet = replace(fleet, systems={**fleet.systems, "p75": off})
    assert await says(opened, fleet, ["lssyscfg", "-r", "lpar", "-m", "p75"], 1) == expected


async def test_no_shared_memory_pools(opened: Opener) -> None:
    """Firmware that has no memory sharing any more says so."""
    expected = captured("error_mempool_ams_unsupported_v11r2")
    fleet = with_hardware(demo_fleet(), SYSTEM, Hardware(memory_sharing=False))
    assert await says(opened, fleet, ["lshwres", "-r", "mempool", "-m", SYSTEM], 1) == expected


async def test_the_level(opened: Opener) -> None:
    """The level is told with the build and each fix, over several lines."""
    expected = captured("lshmc_V_v10r3")
    fixes = tuple(line for line in expected.splitlines() if line.startswith("MF"))
    fleet = with_hmc(demo_fleet(), "hmc-oslo", console=Console(fixes=fixes))
    assert await says(opened, fleet, ["lshmc", "-V"], 0) == expected


@pytest.mark.parametrize("name", ["p72vio1", "p72vio2"])
async def test_virtual_ethernet(name: str, opened: Opener) -> None:
    """The captured pair is the demo's first."""
    expected = captured(f"lshwres-eth-{name}")
    argv = ["lshwres", "-r", "virtualio", "--rsubtype", "eth", "-m", SYSTEM, "--level", "lpar"]
    async with opened() as terminal:
        text = await terminal.says(*argv)
    assert "".join(line for line in text.splitlines(keepends=True) if name in line) == expected


async def test_virtual_ethernet_without_a_header(opened: Opener) -> None:
    """Values alone, in the order that they were asked for."""
    expected = captured("lshwres_eth_F_no_header_v10r3")
    adapters = tuple(VirtualEthernet(name=f"ent{n}", slot=2 * n, mac="", pvid=n, trunk_priority=1) for n in (1, 2))
    fleet = one_frame(Partition(name="sys-R1-vios1", lpar_id=100, env=Env.VIOS, ethernet=adapters))
    argv = ["lshwres", "-r", "virtualio", "--rsubtype", "eth", "-m", SYSTEM, "--level", "lpar"]
    argv += ["-F", "lpar_name,port_vlan_id,vswitch,is_trunk,trunk_priority"]
    assert await says(opened, fleet, argv, 0) == expected


async def test_partitions_with_a_header(opened: Opener) -> None:
    """The header names what was asked for."""
    expected = captured("lssyscfg_lpar_F_header_v10r3m1060")
    fleet = one_frame(Partition(name="lpar-c", lpar_id=3, state="Not Activated", rmc_state="inactive"))
    argv = ["lssyscfg", "-r", "lpar", "-m", SYSTEM, "-F", "name,lpar_id,state,rmc_state", "--header"]
    assert await says(opened, fleet, argv, 0) == expected


REACHED = Partition(
    name="lpar3", lpar_id=3, rmc_ipaddr="10.32.244.214", os_version="AIX 6.1 6100-06-06-1140",
    config=Configuration(hostname="mycompany.com", pinned_mem=1356),
)  # fmt: skip


async def test_partitions_over_rmc(opened: Opener) -> None:
    """What RMC tells of a partition, and what it makes possible."""
    expected = captured("lssyscfg_lpar_rmc_F_ibmdocs")
    names = "lpar_id,state,rmc_state,rmc_ipaddr,os_version,dlpar_mem_capable,dlpar_proc_capable,dlpar_io_capable"
    argv = ["lssyscfg", "-r", "lpar", "-m", SYSTEM, "-F", names]
    assert await says(opened, one_frame(REACHED), argv, 0) == expected


async def test_dlpar_partitions(opened: Opener) -> None:
    """Two lines for each partition that RMC knows; the captured one was the fifth."""
    expected = captured("lspartition_dlpar_ibmdocs")
    others = [Partition(name=f"other{n}", lpar_id=10 + n) for n in range(4)]
    system = ManagedSystem(name=SYSTEM, type_model="9117-MMC", serial="10364E7", mem=1 << 20, proc_units=Decimal(48))
    text = await says(opened, one_frame(*others, REACHED, system=system), ["lspartition", "-dlpar"], 0)
    assert text.splitlines(keepends=True)[-2:] == expected.splitlines(keepends=True)


async def test_reference_codes(opened: Opener, clock: Clock) -> None:
    """A start that fails leaves these codes, newest first."""
    expected = captured("lsrefcode_F_header_v10r3")
    failed = 1_790_800_891.0  # 30 September 2026, 20:41:31
    clock.now = failed - 20
    down = Partition(
        name="sys-R1-pcie-p1165bad", lpar_id=2, state="Not Activated", rmc_state="inactive",
        snags=frozenset({Snag.NO_START}),
    )  # fmt: skip
    async with opened(one_frame(down)) as terminal:
        await terminal.says("chsysstate", "-r", "lpar", "-m", SYSTEM, "-o", "on", "-n", down.name)
        clock.now = failed
        fields = ("-F", "lpar_name,time_stamp,refcode", "--header")
        assert await terminal.says("lsrefcode", "-r", "lpar", "-m", SYSTEM, "-n", "3", *fields) == expected


async def test_profiles(opened: Opener) -> None:
    """A whole profile, with dedicated processors, physical slots and virtual adapters."""
    expected = captured("lssyscfg_r_prof_v10r3_excerpt")
    adapters = (
        VirtualEthernet(name="ent0", slot=2, mac="", pvid=1, trunk_priority=1),
        VirtualEthernet(name="ent1", slot=4, mac="", pvid=2, trunk_priority=1),
    )
    slots = (HeldSlot(drc_index="21020013", is_required=True), HeldSlot(drc_index="21040015", is_required=True))
    settings = {
        "virtual_scsi_adapters": "3/server/1/sys-R1-lp3/2/0",
        "sriov_eth_logical_ports": (
            "config_id=0:adapter_id=1:phys_port_id=1:logical_port_id=27004002:diag_mode=0:huge_dma_window_mode=0:"
            "promisc_mode=0:allowed_vlan_ids=all:mac_addr=000000000000:allowed_os_mac_addrs=all:port_vlan_id=0:"
            "pvid_priority=0:capacity=2.0:max_capacity=100.0:allowed_priorities=none"
        ),
    }
    profile = Profile(
        name="default_profile", mem=8192, procs=1, proc_units=Decimal(1), dedicated=True,
        sharing_mode="keep_idle_procs",
        limits=Limits(min_mem=8192, max_mem=8192, min_procs=1, max_procs=1, min_units=Decimal(1), max_units=Decimal(1)),
        ethernet=adapters, slots=slots, settings=tuple(settings.items()),
    )  # fmt: skip
    vios = Partition(name="sys-R1-vios1", lpar_id=100, env=Env.VIOS, compat_mode="default", profiles=(profile,))
    text = await says(opened, one_frame(vios), ["lssyscfg", "-r", "prof", "-m", SYSTEM], 0)
    assert text == expected


def connection(line: str) -> Connection:
    found = dict(pair.partition("=")[::2] for pair in line.split(","))
    return Connection(
        resource_type=found["resource_type"],
        mtms=found["type_model_serial_num"],
        sp=found.get("sp") or found["side"],
        sp_location=found.get("sp_phys_loc"),
        ipaddr=found["ipaddr"],
        alt_ipaddr=found.get("alt_ipaddr"),
        state=found["state"],
        error=found.get("connection_error_code"),
    )


async def test_connections_to_what_is_no_managed_system(opened: Opener) -> None:
    """Addresses where nobody answers, power frames, and whatever older levels leave out."""
    expected = captured("lssysconn_states")
    console = Console(connections=tuple(connection(line) for line in expected.splitlines()))
    fleet = one_frame(hmc=Hmc(name="hmc-oslo", systems=(SYSTEM,), console=console))
    text = await says(opened, fleet, ["lssysconn", "-r", "all"], 0)
    assert "".join(text.splitlines(keepends=True)[1:]) == expected


@pytest.mark.parametrize(
    ("mtms", "state"),
    [
        ("9110-51A*1075E3F", "Failed Authentication"),
        ("9406-520*103E8FE", "Version Mismatch"),
        ("8286-42A*218CA0V", "Operating"),
    ],
)
async def test_connections_to_managed_systems(mtms: str, state: str, opened: Opener) -> None:
    """What is printed of a frame's connection comes of the frame's state."""
    (expected,) = (line for line in captured("lssysconn_states").splitlines() if mtms in line)
    made = connection(expected)
    type_model, _, serial = mtms.partition("*")
    location = made.sp_location or "unavailable"
    system = ManagedSystem(
        name=SYSTEM, type_model=type_model, serial=serial, state=state, ipaddr=made.ipaddr, mem=1 << 20,
        proc_units=Decimal(4), hardware=Hardware(sp_location=location),
    )  # fmt: skip
    text = await says(opened, one_frame(system=system), ["lssysconn", "-r", "all"], 0)
    older = text if "sp_phys_loc" in expected else text.replace(",sp_phys_loc=unavailable", "")
    assert older == f"{expected}\n"


async def test_sriov_adapters(opened: Opener) -> None:
    """The adapters in shared mode, with a header."""
    expected = captured("lshwres_sriov_adapter_F_header_v10r3m1060")
    adapter = SriovAdapter(adapter_id=1, drc_index="21010020", location="U<location-a>-P1-C4")
    fields = expected.splitlines()[0]
    argv = ["lshwres", "-r", "sriov", "--rsubtype", "adapter", "-m", SYSTEM, "-F", fields, "--header"]
    assert await says(opened, with_hardware(demo_fleet(), SYSTEM, Hardware(sriov=(adapter,))), argv, 0) == expected


async def test_sriov_refusals(opened: Opener) -> None:
    """A port that is taken, a capacity out of range, and more than there is left of the physical port."""
    expected = captured("error_sriov_v10r3m1060").splitlines(keepends=True)
    taken = LogicalPort(id="27004002", phys_port=0, lpar_id=3, capacity=Decimal("100.0"))
    adapter = SriovAdapter(adapter_id=1, drc_index="21010020", location="-P1-C4", logical_ports=(taken,))
    lend = ["chhwres", "-r", "sriov", "--rsubtype", "logport", "-m", SYSTEM, "-o", "a", "-p", "db01", "-a"]
    asked = ["phys_port_id=1,logical_port_id=27004002", "phys_port_id=1,capacity=0.5", "phys_port_id=0,capacity=2.0"]
    async with opened(with_hardware(demo_fleet(), SYSTEM, Hardware(sriov=(adapter,)))) as terminal:
        answers = [await terminal.run(*lend, f"adapter_id=1,{each}") for each in asked]
    assert [text for _, text in answers] == expected
    assert {answer.exit_status for answer, _ in answers} == {1}


async def test_memory_that_is_not_given_back(opened: Opener, clock: Clock) -> None:
    """The refusal of the partition's operating system is passed on, dated by its own clock."""
    expected = captured("dlpar_mem_remove_HSCL2932")
    clock.now = 1_789_676_169.0  # 17 September 2026, 20:16:09
    fleet = with_lpar(demo_fleet(), SYSTEM, "db01", mem=262144)
    async with opened(fleet) as terminal:
        terminal.running.happen(SnagsChanged(system=SYSTEM, partition="db01", snags=frozenset({Snag.MEMORY_HELD})))
        argv = ("chhwres", "-r", "mem", "-m", SYSTEM, "-o", "r", "-p", "db01", "-q", "261376")
        answer, text = await terminal.run(*argv)
    assert (answer.exit_status, text) == (1, expected)


async def test_a_slot_that_is_not_given_back(opened: Opener, clock: Clock) -> None:
    """So is its refusal of an adapter."""
    expected = captured("dlpar_io_remove_HSCL2929")
    clock.now = 1_798_856_422.0  # 2 January 2027, 02:20:22
    slot = Slot(drc_index="21010014", location="U78D9.001.78A0072-P1-C1")
    fleet = with_hardware(demo_fleet(), SYSTEM, Hardware(slots=(slot,)))
    config = Configuration(slots=(HeldSlot(drc_index="21010014"),), refcodes=(RefCode(at=0, code=""),))
    fleet = with_lpar(fleet, SYSTEM, "db01", config=config, snags=frozenset({Snag.SLOT_HELD}))
    argv = ["chhwres", "-r", "io", "--rsubtype", "slot", "-m", SYSTEM, "-o", "r", "-p", "db01", "-l", "21010014"]
    assert await says(opened, fleet, argv, 1) == expected


def test_no_capture_is_forgotten() -> None:
    """Every capture of an HMC's command line has its test here; the lock-out's is with the logins."""
    if not SHARED.is_dir():
        pytest.skip(f"no captures at {SHARED}")
    text = Path(__file__).read_text(encoding="utf-8")
    names = {path.stem for path in SHARED.glob("*.txt")} - {"ssh_account_lockout"}
    assert {name for name in names if name not in text and not name.startswith("lshwres-eth-")} == set()


# ── migrations ───────────────────────────────────────────────────────────────────────────────────────────────────────

LPM = SHARED.parent / "lpm"
VALIDATE = ["migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p"]


async def test_rmc_down_in_newer_words(opened: Opener) -> None:
    """A later level words HSCLA246 otherwise."""
    path = LPM / "validate_rmc_down_HSCLA246.txt"
    if not path.is_file():
        pytest.skip(f"no capture at {path}")
    fleet = with_lpar(demo_fleet(), SYSTEM, "normc01", name="cafid2odb08")
    text = await says(opened, fleet, [*VALIDATE, "cafid2odb08"], 1)
    assert text == "Errors:\n" + path.read_text(encoding="utf-8")


async def test_a_destination_without_fibre_channel(opened: Opener) -> None:
    """The block that a VIOS adds names what the client is zoned to, and the return code 83."""
    path = LPM / "vios_detailed_error_rc83.txt"
    if not path.is_file():
        pytest.skip(f"no capture at {path}")
    expected = path.read_text(encoding="utf-8")
    targets = frozenset(expected.splitlines()[1].partition(": ")[2].upper().split())
    fleet = demo_fleet()
    client = fleet.systems[SYSTEM].partition("db01")
    assert client is not None
    fleet = with_lpar(fleet, SYSTEM, "db01", fc=tuple(replace(each, targets=targets) for each in client.fc))
    for name in ("p75vio1", "p75vio2"):
        vios = fleet.systems["p75"].partition(name)
        assert vios is not None
        fleet = with_lpar(fleet, "p75", name, vios=replace(vios.io, fc_ports=()))
    text = await says(opened, fleet, [*VALIDATE, "db01"], 1)
    shown = text[text.index("VIOS_DETAILED_ERROR") : text.index("End Detailed Message.")].split()
    assert sorted(shown) == sorted(expected[: expected.index("End Detailed Message.")].split())
    assert "\n83\n" in text
