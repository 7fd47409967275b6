"""Storage pools and virtual optical media: what padmin changes is what padmin reads, and nothing is given out twice."""

from __future__ import annotations

import pytest

from bot.lab.fleet.mappings import luns
from bot.lab.fleet.storage import Target
from tests.bot.lab.fleet.test_vios_devices import Padmin

FIRST, SECOND, THIRD = "hdisk14", "hdisk15", "hdisk16"  # of p75vio1; nobody uses them


@pytest.fixture
def padmin() -> Padmin:
    return Padmin()


@pytest.fixture
def pooled() -> Padmin:
    """With a pool of two disks, the default."""
    padmin = Padmin()
    assert padmin.line(f"mksp client_boot {FIRST}") == "client_boot\n"
    padmin.line("chsp -default client_boot")
    padmin.line(f"chsp -add -sp client_boot {SECOND}")
    return padmin


def target(padmin: Padmin, name: str) -> Target:
    found = padmin.host("p75vio1").io.target(name)
    assert found is not None
    return found


def test_a_pool_is_listed_with_its_disks(pooled: Padmin) -> None:
    """Size, free space, unit, backing devices; its disks are free no more; the default is the one set."""
    heading, root, pool = pooled.line("lssp").splitlines()
    assert heading == "Pool              Size(mb)   Free(mb)  Alloc Size(mb)    BDs Type"
    assert root == "rootvg               65536      45056             128      0 LVPOOL"
    assert pool == "client_boot         131072     131072             128      0 LVPOOL"
    assert pooled.line("lssp -default").splitlines() == [heading, pool]
    assert [row[0] for row in pooled.rows("lssp -detail")] == ["Name", FIRST, SECOND]
    assert [row[0] for row in pooled.rows("lssp -detail -sp rootvg")] == ["Name", "hdisk0"]
    assert pooled.line(f"lspv | grep {FIRST}").split()[2:] == ["client_boot", "active"]
    assert FIRST not in pooled.line("lspv -avail")


def test_a_backing_device_is_cut_mapped_saved_and_mapped_again(pooled: Padmin) -> None:
    """The trip of the pool's disk: to one client, saved, to another, and gone with its space given back."""
    made = pooled.line("mkbdsp -sp client_boot 20G -bd lv_c1_boot -vadapter vhost1")
    assert made.endswith("vtscsi0 Available\n")
    assert pooled.rows("lssp -bd")[1:] == [["lv_c1_boot", "20480", "vtscsi0", "vhost1"]]
    assert "Backing device        lv_c1_boot\n" in pooled.line("lsmap -vadapter vhost1")
    assert pooled.line("lssp | grep client_boot").split()[1:5] == ["131072", "110592", "128", "1"]
    assert pooled.line("rmbdsp -vtd vtscsi0 -savebd") == "vtscsi0 deleted\n"
    assert pooled.rows("lssp -bd")[1:] == [["lv_c1_boot", "20480", "None", "None"]]
    pooled.line("mkbdsp -bd lv_c1_boot -vadapter vhost0 -tn ld_c1_boot")
    assert target(pooled, "ld_c1_boot").kind == "Logical Volume"
    assert pooled.line("rmbdsp -vtd ld_c1_boot") == (
        "ld_c1_boot deleted\nrmlv: Logical volume lv_c1_boot is removed.\n"
    )
    assert pooled.line("lssp | grep client_boot").split()[2] == "131072"


def test_sizes_go_up_to_whole_units(pooled: Padmin) -> None:
    """A megabyte costs a unit; a device without a name gets one."""
    pooled.line("mkbdsp 1m -vadapter vhost0 -tn tiny")
    assert pooled.rows("lssp -bd")[1:] == [["lv00", "128", "tiny", "vhost0"]]
    pooled.line("mkbdsp -sp rootvg 1g -bd murugan_hd1")
    assert pooled.rows("lssp -bd -sp rootvg")[1:] == [["murugan_hd1", "1024", "None", "None"]]


def test_a_client_on_a_pool_cannot_move(pooled: Padmin) -> None:
    """Only whole disks are seen from elsewhere."""
    pooled.line("mkbdsp 1g -bd lv_arch -vadapter vhost0")
    io = pooled.host("p75vio1").io
    vhost = io.vhost("vhost0")
    assert vhost is not None
    assert [each.kind for each in vhost.targets] == ["Disk", "Logical Volume"]
    assert luns(pooled.host("p75vio1"), vhost) is None


def test_the_last_disk_takes_the_pool_with_it(pooled: Padmin) -> None:
    """One that is needed stays; afterwards rootvg is the default again, and the disks are free."""
    pooled.line("mkbdsp 100G -bd big")
    assert "0516-016" in pooled.no(f"chsp -rm -sp client_boot {SECOND}")
    pooled.line("rmbdsp -bd big")
    pooled.line(f"chsp -rm -sp client_boot {SECOND}")
    pooled.line(f"chsp -rm -sp client_boot {FIRST}")
    assert [row[0] for row in pooled.rows("lssp")] == ["Pool", "rootvg"]
    assert pooled.rows("lssp -default")[1][0] == "rootvg"
    assert {FIRST, SECOND} <= {row[0] for row in pooled.rows("lspv -free")}


def test_rmsp_keeps_what_somebody_has(pooled: Padmin) -> None:
    """With backing devices only by force, and not even then while one is mapped."""
    pooled.line("mkbdsp 1g -bd one -vadapter vhost0")
    pooled.no("rmsp client_boot")
    pooled.no("rmsp -f client_boot")
    pooled.line("rmbdsp -vtd vtscsi0 -savebd")
    pooled.no("rmsp client_boot")
    assert pooled.line("rmsp -f client_boot") == ""
    assert FIRST in pooled.line("lspv -free")


def test_mirroring_restarts_the_vios(padmin: Padmin) -> None:
    """It asks, and a no or no answer changes nothing; a yes mirrors rootvg: all but its dumps takes twice the space."""
    padmin.no("mirrorios hdisk1")
    padmin.line(f"extendvg rootvg {FIRST}")
    padmin.says("lssp", on="p75vio1", user="padmin")
    out, _, status = padmin.typed("mirrorios", on="p75vio1", user="padmin")
    assert ("Continue [y|n]?" in out, status) == (True, 1)
    assert not padmin.host("p75vio1").io.pools.mirrored
    assert "0516-1126" in padmin.line(f"echo y | mirrorios {FIRST}")
    assert padmin.host("p75vio1").state == "Shutting Down"
    padmin.now += 600
    assert padmin.host("p75vio1").state == "Running"
    assert padmin.rows("lssp | grep rootvg")[0][2] == str(2 * 65536 - 2 * 20480 + 7 * 128)
    padmin.no(f"chsp -rm -sp rootvg {FIRST}")


def test_a_mirror_takes_all_of_rootvg_along_until_it_is_taken_away(padmin: Padmin) -> None:
    """The logical volumes, their copies and the disks say the same as the pool; what is cut later has one copy."""
    padmin.line(f"extendvg rootvg {FIRST}")
    padmin.line("mkbdsp -sp rootvg 1G -bd before")
    padmin.line("mkrep -sp rootvg -size 2G")
    padmin.line(f"mirrorios -defer {FIRST}")
    padmin.line("mkbdsp -sp rootvg 1G -bd after")
    rows = {row[0]: row[1:5] for row in padmin.rows("lsvg -lv rootvg")[2:]}
    assert rows["before"] == ["jfs", "8", "16", "2"]
    assert rows["after"] == ["jfs", "8", "8", "1"]
    assert rows["VMLibrary"] == ["jfs2", "16", "32", "2"]
    assert rows["lg_dumplv"] == ["sysdump", "7", "7", "1"]
    free = sum(int(row[3]) for row in padmin.rows("lsvg -pv rootvg")[2:])
    assert padmin.rows("lssp | grep rootvg")[0][2] == str(free * 128)
    assert free * 128 == 2 * 65536 - 128 * sum(int(row[2]) for row in rows.values())
    padmin.line("chrep -size 1G")
    assert int(padmin.rows("lssp | grep rootvg")[0][2]) == free * 128 - 2 * 1024
    padmin.line(f"unmirrorios {FIRST}")
    assert {row[4] for row in padmin.rows("lsvg -lv rootvg")[2:]} == {"1"}
    padmin.no(f"unmirrorios {FIRST}")


@pytest.mark.parametrize("line", ["lsvg nogroup", "lsvg rootvg", "lsvg -lv", "lsvg -lv nogroup", "unmirrorios hdisk1"])
def test_of_groups_that_arent_there_nothing_is_told(padmin: Padmin, line: str) -> None:
    """Nor of one as a whole, which isn't simulated."""
    padmin.no(line)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("mksp client_boot", "Usage: mksp"),
        ("mksp client_boot hdisk99", "0516-306"),
        ("mksp client_boot hdisk0", "0516-1397"),
        ("mksp client_boot hdisk1", '"hdisk1" is already being used'),
        ("mksp rootvg hdisk14", "0516-360"),
        ("mksp 'a b' hdisk14", "0516-062"),
        ("mksp twice hdisk14 hdisk14", "0516-306"),
        ("chsp -default nowhere", "The specified storage pool"),
        ("chsp -default", "Usage: chsp"),
        ("chsp -add -rm hdisk14", "Usage: chsp"),
        ("chsp -rm -sp rootvg hdisk0", "0516-016"),
        ("chsp -rm hdisk14", "0516-306"),
        ("rmsp rootvg", "The storage pool rootvg"),
        ("mkbdsp", "Usage: mkbdsp"),
        ("mkbdsp 20G", "Usage: mkbdsp"),
        ("mkbdsp -bd nothing -vadapter vhost0", "The backing device"),
        ("mkbdsp 20 -bd lv -vadapter vhost0", '"20" is not a valid size'),
        ("mkbdsp 0G -bd lv", '"0G" is not a valid size'),
        ("mkbdsp 900G -bd lv", "0516-404"),
        ("mkbdsp 1G -bd hdisk14", "The name"),
        ("mkbdsp 1G -bd same -vadapter vhost0 -tn same", "The name"),
        ("rmbdsp -vtd archive01_rvg", "The backing device of"),
        ("rmbdsp -vtd nobody", '"nobody" is not'),
        ("extendvg nowhere hdisk14", "0516-306 extendvg"),
        ("extendvg rootvg", "Usage: extendvg"),
        ("lssp -sp rootvg", "Usage: lssp"),
        ("lssp -detail -sp nowhere", "The specified storage pool"),
        ("lsrep", "The DVD repository has not been created yet."),
        ("mkvopt -name a -size 1g", "The DVD repository has not"),
        ("mkrep -sp rootvg -size 900G", "There is not enough space"),
        ("mkrep -sp rootvg -size 0G", '"0G" is not a valid size'),
        ("mkrep -size 1G", "Usage: mkrep"),
        ("chrep", "Usage: chrep"),
        ("mkvopt -name a -size 1g -ro", "Usage: mkvopt"),
        ("loadopt -vtd a", "Usage: loadopt"),
        ("unloadopt -vtd archive01_rvg", '"archive01_rvg" is not a virtual optical'),
    ],
)
def test_wrong_use_is_refused_and_changes_nothing(padmin: Padmin, line: str, says: str) -> None:
    """On standard error, with a status, and the fleet as it was."""
    assert padmin.no(line).startswith(says)


def test_media_go_into_a_drive_and_out_again(pooled: Padmin) -> None:
    """The repository, what is in it, and the drive of a client, as each command and its list tell of them."""
    assert pooled.line("mkrep -sp client_boot -size 15G").startswith("Virtual Media Repository Created\n")
    pooled.line("chrep -size 5G")
    pooled.line("mkvopt -name fedora10 -file /export/Fedora-10-ppc-DVD.iso -ro")
    pooled.line("mkvopt -name AIX61TL3 -dev cd0 -ro")
    pooled.line("mkvopt -name blank -size 1g")
    pooled.line("mkvdev -fbo -vadapter vhost1 -dev shiva_dvd")
    pooled.line("loadopt -vtd shiva_dvd -disk fedora10")
    lines = pooled.line("lsrep").splitlines()
    assert lines[0] == "Size(mb) Free(mb) Parent Pool         Parent Size      Parent Free"
    assert lines[1].split()[0] == "20480"
    assert lines[3] == "Name                                    File Size Optical         Access"
    assert [line.split()[::2] for line in lines[4:]] == [
        ["AIX61TL3", "None"],
        ["blank", "None"],
        ["fedora10", "shiva_dvd"],
    ]
    assert lines[-1].split()[-1] == "ro"
    assert pooled.line("lsdev -dev shiva_dvd -attr aix_tdev") == "value\n\n/var/vio/VMLibrary/fedora10\n"
    assert "Backing device        /var/vio/VMLibrary/fedora10\n" in pooled.line("lsmap -vadapter vhost1")
    pooled.line("unloadopt -vtd shiva_dvd -release")
    assert "shiva_dvd" not in pooled.line("lsrep")
    pooled.line("rmvopt -name AIX61TL3")
    assert "AIX61TL3" not in pooled.line("lsrep")
    pooled.no("rmrep")
    assert pooled.line("rmrep -f") == "Virtual Media Repository deleted.\n"
    assert pooled.line("lssp | grep client_boot").split()[2] == "131072"


def test_a_writable_medium_is_in_one_drive_only(pooled: Padmin) -> None:
    """One that can't be written can be in two; what is loaded is neither overlaid nor removed but by force."""
    pooled.line("mkrep -sp client_boot -size 10G; mkvopt -name rw -size 1G; mkvopt -name ro -file /export/x.iso -ro")
    pooled.line("mkvdev -fbo -vadapter vhost0 -dev one; mkvdev -fbo -vadapter vhost1 -dev two")
    pooled.line("loadopt -vtd one -disk rw")
    pooled.no("loadopt -vtd two -disk rw")
    pooled.no("loadopt -vtd one -disk ro")
    pooled.line("loadopt -f -vtd one -disk ro; loadopt -vtd two -disk ro")
    pooled.no("rmvopt -name ro")
    pooled.no("rmrep -f")
    pooled.no("unloadopt -vtd archive01_rvg")
    pooled.line("rmvopt -f -name ro")
    pooled.no("unloadopt -vtd two")
    assert (target(pooled, "one").backing, target(pooled, "two").backing) == ("", "")
    pooled.no("mkvopt -name big -size 10G")
    pooled.no("rmsp -f client_boot")
