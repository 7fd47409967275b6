"""Whatever padmin does to a VIOS, in whatever order: it answers as a VIOS, and the fleet adds up."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.lab.fleet.demo import demo_fleet
from tests.bot.lab.fleet.keyboard import Keyboard

FLEET = demo_fleet()  # frozen: all examples begin with it
one = st.sampled_from
disk, vhost = one(["hdisk0", "hdisk14", "hdisk15", "hdisk16", "cd0", "lv1"]), one(["vhost0", "vhost1", "vhost9"])
ent, trunks = one([f"ent{n}" for n in range(9)]), one(["ent1", "ent1,ent2", "ent2", "ent1,ent1", "ent3", ""])
name = one(["one", "two", "lv1", "ent0", "x" * 16, "billing01_rvg", "-x", ""])
lines = st.one_of(
    st.builds("mkvdev -vdev {} -vadapter {} -dev {}".format, disk, vhost, name),
    st.builds("mkvdev -f -vdev {} -vadapter {}".format, disk, vhost),
    st.builds("mkvdev -fbo -vadapter {} -dev {}".format, vhost, name),
    st.builds("rmvdev -vtd {}".format, name),
    st.builds("rmvdev -vdev {}".format, disk),
    st.builds("rmdev -dev {} {}".format, one(["ent4", "ent7", "vhost0", "hdisk15", "one", "fcs0", "fscsi0", "sys0"]),
              one(["", "-recursive", "-ucfg", "-recursive -ucfg"])),
    one(["cfgdev", "cfgdev -dev hdisk15", "lsmap -all", "lsmap -all -net", "lsdev -vpd", "lsdev -slots",
         "entstat -all ent4", "entstat -reset ent4", "lsdev -dev ent4 -attr", "lspv -free", "lsmap -all -npiv"]),
    st.builds("mkvdev -sea {} -vadapter {} -default {} -defaultid {} -attr ha_mode={}".format, ent, trunks, ent,
              one(["1", "2", "99", "x"]), one(["auto", "sharing", "standby", "auto ctl_chan=ent3"])),
    st.builds("mkvdev -lnagg {},{} -attr {}".format, ent, ent, one(["mode=8023ad", "mode=x", "backup_adapter=ent6"])),
    st.builds("cfglnagg -{} {} {}".format, one(["add", "rm", "add -backup", "failover"]), ent, ent),
    st.builds("chdev -dev {} -attr {} {}".format, ent,
              one(["ha_mode=standby", "ha_mode=sharing", "virt_adapters=ent2,ent1", "real_adapter=ent5", "pvid=2",
                   "pvid=2 pvid_adapter=ent2", "ctl_chan=", "ctl_chan=ent1", "jumbo_frames=yes", "netaddr=10.0.0.1"]),
              one(["", "-perm"])),
)  # fmt: skip
pool, size, volume = (
    one(["rootvg", "sp1", "nowhere"]),
    one(["1m", "1G", "60G", "999G", "0G", "G"]),
    one(["lv1", "lv2", "one"]),
)
saved = one(["", "-savebd"])
disks = one(["hdisk14", "hdisk15", "hdisk14 hdisk15", "hdisk0", "hdisk1", "hdisk99", ""])
medium, drive = one(["m1", "m2", "/", "one"]), one(["one", "two", "vtopt0", "billing01_rvg"])
pooling = st.one_of(
    st.builds("mksp {} {}".format, pool, disks),
    st.builds("chsp -{} -sp {} {}".format, one(["add", "rm"]), pool, disks),
    st.builds("chsp -default {}".format, pool),
    st.builds("rmsp {} {}".format, one(["", "-f"]), pool),
    st.builds("extendvg {} {}".format, pool, disks),
    st.builds("mkbdsp -sp {} {} -bd {} -vadapter {} -tn {}".format, pool, size, volume, vhost, name),
    st.builds("mkbdsp -bd {} -vadapter {}".format, volume, vhost),
    st.builds("rmbdsp -{} {} {}".format, one(["bd", "vtd"]), one(["lv1", "lv2", "one", "vtscsi0"]), saved),
    st.builds("mkrep -sp {} -size {}".format, pool, size),
    st.builds("chrep -size {}".format, size),
    st.builds("rmrep {}".format, one(["", "-f"])),
    st.builds("mkvopt -name {} {}".format, medium, one(["-size 1G", "-dev cd0 -ro", "-file /export/a.iso", "-file x"])),
    st.builds("rmvopt {} -name {}".format, one(["", "-f"]), medium),
    st.builds("loadopt {} -disk {} -vtd {}".format, one(["", "-f"]), medium, drive),
    st.builds("unloadopt -vtd {}".format, drive),
    one(["lssp", "lssp -default", "lssp -bd -sp sp1", "lssp -detail", "lsrep", "echo y | mirrorios", "mirrorios -f",
         "mkvdev -fbo -vadapter vhost0", "mkvdev -fbo -vadapter vhost1 -dev two", "rmvdev -vtd vtscsi0"]),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines | pooling, min_size=1, max_size=10))
def test_no_order_of_commands_breaks_a_vios(typed: list[str]) -> None:
    """Each ends with a status and words, never with a traceback; after each the whole fleet holds."""
    keyboard = Keyboard(fleet=FLEET)
    for line in typed:
        out, err, status = keyboard.typed(line, on="p75vio1", user="padmin")
        assert 0 <= status <= 255
        assert bool(err) is (status != 0) or line == "mirrorios"
        assert "Traceback" not in out + err
