"""Whatever padmin does to a VIOS, in whatever order: it answers as a VIOS, and the fleet adds up."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.events import replayed
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
         "unmirrorios", "lsvg", "lsvg -lv rootvg", "lsvg -pv sp1", "lsvg -pv rootvg",
         "mkvdev -fbo -vadapter vhost0", "mkvdev -fbo -vadapter vhost1 -dev two", "rmvdev -vtd vtscsi0"]),
)  # fmt: skip

path = st.builds("-dev {} {}".format, one(["hdisk0", "hdisk14", "cd0"]), one(["", "-pdev fscsi0", "-pdev ent0"]))
interface, port = one(["en4", "en5", "en7", "en99"]), one(["", "-port 22", "-port x"])
address = one(["10.0.0.1", "10.0.0.300", "256", "en5", "255.255.255.0"])
keeping = st.one_of(
    st.builds("chpath {} -oper {}".format, path, one(["en", "dis", "x"])),
    st.builds("{}path {} {}".format, one(["rm", "mk"]), path, one(["", "-rm", "-def"])),
    st.builds("mktcpip -hostname {} -inetaddr {} -interface {}".format, name, address, interface),
    st.builds("chtcpip -interface en5 -{} {}".format, one(["inetaddr", "netmask", "state", "gateway -add"]), address),
    st.builds("viosecure -firewall {} {}".format, one(["on", "off", "allow", "deny", "view"]), port),
    st.builds("viosecure -level {}".format, one(["high", "low", "x"])),
    st.builds("chdate -{} {}".format, one(["year", "month", "day", "hour", "minute", "timezone"]),
              one(["0", "1", "12", "31", "59", "2009", "99999", "AST", "-"])),
    st.builds("motd {}".format, name),
    st.builds("savevgstruct {}".format, pool),
    one(["viosbr -backup -file a", "viosbr -view -file a", "viosbr -view -list", "backupios -file /a -mksysb", "lsgcl",
         "restorevgstruct -ls", "errlog -rm 0", "errlog -ls", "lspath", "lstcpip -stored", "lsuser",
         "bootlist -mode normal hdisk0 cd0", "bootlist -mode normal -ls", "viostat -adapter 1 2", "optimizenet -list",
         "shutdown -force -restart", "fcstat -client fcs0", "lstcpip -interfaces", "netstat -routtable",
         "chdev -dev sys0 -attr iostat=true"]),
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(lines | pooling | keeping, min_size=1, max_size=10))
def test_no_order_of_commands_breaks_a_vios(typed: list[str]) -> None:
    """Each ends with a status and words, and no traceback; after each the fleet holds, and it can be told anew."""
    keyboard = Keyboard(fleet=FLEET)
    for line in typed:
        out, err, status = keyboard.typed(line, on="p75vio1", user="padmin")
        assert 0 <= status <= 255
        assert bool(err) is (status != 0) or line == "mirrorios"
        assert "Traceback" not in out + err
        keyboard.now += 7
    world = keyboard.world
    assert replayed(world.origin, world.history, keyboard.now) == world.fleet
