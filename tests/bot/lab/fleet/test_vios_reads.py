"""The rest of padmin's commands: each answers, and what one changes another reads."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.lab.fleet import vios
from tests.bot.lab.fleet.test_vios_devices import Padmin

SEED = Path(__file__).parents[5] / "shared" / "seed-commands.tsv"


@pytest.fixture
def padmin() -> Padmin:
    return Padmin()


def test_the_documents_commands_are_all_there() -> None:
    """Every command of the source document that padmin has is one of the simulated VIOS's."""
    if not SEED.is_file():
        pytest.skip(f"no list of commands at {SEED}")
    rows = [line.split("\t") for line in SEED.read_text().splitlines()[1:]]
    named = {command.split()[0] for _, where, command in rows if where == "VIOS"} - {"for", "oem_setup_env"}
    assert len(named) > 50
    assert named <= vios.COMMANDS


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("license", "The license has been accepted\n"),
        ("license -accept", "The license has been accepted\n"),
        ("bootlist -mode normal -ls", "hdisk0 blv=hd5 pathid=0\n"),
        ("lslparinfo", "1 p75vio1\n"),
        ("lsfware", "System Firmware level is FW1050.20.\n"),
        ("lsfware -all", "sys0!system:FW1050.20 (t)"),
        ("motd", "*****"),
        ("lssw", "  Fileset"),
        ("oem_platform_level", "AIX VERSION: \n7300-"),
        ("lsuser", "padmin roles=PAdmin"),
        ("lsuser padmin", "padmin roles=PAdmin"),
        ("lsuser ALL -attr roles", "padmin roles=PAdmin\n"),
        ("lsfailedlogin", ""),
        ("lstcpip -adapters", "Ethernet adapters:\nent0"),
        ("lstcpip -sockets -family inet", "Active Internet connections (including servers)\n"),
        ("lstcpip -sockets | grep LISTEN", "tcp4"),
        ("lstcpip -interfaces", "Name     Address"),
        ("lstcpip -stored", "Hostname: p75vio1\nGateway: 10.7.5.1\n"),
        ("lstcpip -hostname", "p75vio1\n"),
        ("optimizenet -list", "NAME"),
        ("netstat -routinfo", "Routing tables\n"),
        ("netstat -routtable", "Routing tables\n"),
        ("netstat -state", "Name  Mtu"),
        ("netstat -state 2", "    input    (en4)"),
        ("netstat -cdlistats | grep Priority", "    Priority: 1\n"),
        ("errlog", ""),
        ("chdate", "Thu Apr 14 08:33:00 UTC 2016\n"),
        ("viosecure -view -nonint", "The security level has not been set.\n"),
        ("viosecure -firewall view", "Firewall OFF\n"),
        ("viostat 2", "\nSystem configuration: lcpu="),
        ("viostat -sys 2", "\nSystem configuration: lcpu="),
        ("viostat -adapter 2 3", "\nSystem configuration: lcpu="),
        ("fcstat fcs0", "\nFIBRE CHANNEL STATISTICS REPORT: fcs0\n"),
        ("fcstat -client fcs0", "hostname"),
        ("invscout", "\n******  Command ---- V"),
        ("restorevgstruct -ls", ""),
        ("viosbr -view -list", ""),
        ("lsmap -vadapter vhost0 -field vtd -fmt : | sed -e 's/:/ /g'", "billing01_rvg\n"),
        ("errlog -ls | more", ""),
    ],
)
def test_a_read_answers(padmin: Padmin, line: str, says: str) -> None:
    """In the form that it has, with status 0, and it changes nothing."""
    before = padmin.world.fleet
    assert padmin.line(line).startswith(says)
    assert padmin.world.fleet == before


@pytest.mark.parametrize(
    "line",
    [
        "license -view -accept", "lslparinfo -x", "bootlist", "bootlist -mode odd -ls", "bootlist -mode normal nothing",
        "lsuser nobody", "lsuser -attr colour",
        "lstcpip", "lstcpip -sockets -family odd", "lstcpip -adapters -num -arp",
        "netstat -state x", "netstat -state 0", "chdate -month 13", "chdate -day 31 -month 2", "chdate -year 20x6",
        "chdate -timezone '; reboot'", "errlog -rm x", "errlog -rm", "errlog -ls -rm 3", "motd a b",
        "mktcpip -hostname h", "mktcpip -hostname h -inetaddr 10.0.0.1 -interface en4",
        "mktcpip -hostname h -inetaddr 10.0.0.1 -interface en1",
        "mktcpip -hostname h -inetaddr 10.0.0.999 -interface en5",
        "mktcpip -hostname '-h' -inetaddr 10.0.0.1 -interface en5", "chtcpip -interface en4 -gateway -remove 1.2.3.4",
        "chtcpip -interface en9 -inetaddr 10.0.0.1", "chtcpip -interface en4", "optimizenet -set nothing=1",
        "optimizenet -set tcp_sendspace", "optimizenet", "viosecure", "viosecure -level odd", "viosecure -firewall odd",
        "viosecure -firewall allow", "viosecure -firewall deny -port 9999", "viosecure -firewall allow -port 99999",
        "backupios", "backupios -file relative", "backupios -file /export/../etc", "savevgstruct rootvg", "topas -cecdisp", "passwd", "cfgassist",
       
        "savevgstruct nothing", "restorevgstruct -vg nothing", "viosbr -backup", "viosbr -view -file nothing",
        "viostat 0", "viostat hdisk99 2", "viostat 1 2 3", "fcstat fcs9", "fcstat", "chpath -dev hdisk0 -oper odd",
        "chpath -dev hdisk99 -oper dis", "chpath -dev hdisk0 -pdev fscsi9 -oper dis", "chpath -dev hdisk0 -oper dis",
        "rmpath -dev hdisk0 -rm", "mkpath -dev hdisk0", "lsfware -dev hdisk0", "invscout -x", "sed", "sed 's/a.*//'",
    ],
)  # fmt: skip
def test_wrong_use_is_refused_and_changes_nothing(padmin: Padmin, line: str) -> None:
    """On standard error, with a status, and the fleet as it was."""
    assert padmin.no(line)


def test_the_error_log_is_browsed_and_cleared(padmin: Padmin) -> None:
    """Whole, one by its number, older than some days, and all of it."""
    padmin.line("chdev -dev ent4 -attr ha_mode=standby")
    padmin.now += 86400 * 3
    padmin.line("chdev -dev ent4 -attr ha_mode=auto")
    assert len(padmin.line("errlog").splitlines()) == 3
    assert padmin.line("errlog -ls").count("LABEL:") == 2
    assert padmin.line("errbr") == padmin.line("errlog -ls")
    number = re.findall(r"Sequence Number: *(\d+)", padmin.line("errlog -ls"))[0]
    assert padmin.line(f"errlog -ls -seq {number}").count("LABEL:") == 1
    padmin.line("errlog -rm 2")
    assert padmin.line("errlog -ls").count("LABEL:") == 1
    padmin.line("errlog -rm 0")
    assert padmin.line("errlog") == ""


def test_the_message_the_date_and_the_boot_list_are_set(padmin: Padmin) -> None:
    """Each is read as it was written."""
    padmin.line('motd "*****    Unauthorized access is prohibited!    *****"')
    assert padmin.line("motd") == "*****    Unauthorized access is prohibited!    *****\n"
    padmin.line("motd -append 'Call us.'")
    assert padmin.line("motd").endswith("*****\nCall us.\n")
    out = padmin.line("chdate -hour 1 -minute 2 -month 3 -day 4 -year 2009")
    assert out == "Wed Mar  4 01:02:00 UTC 2009\n"
    padmin.now += 60
    assert padmin.line("chdate") == padmin.line("date") == "Wed Mar  4 01:03:00 UTC 2009\n"
    padmin.line("chdate -timezone AST")
    assert "TZ=AST" in padmin.says("oem_setup_env; cat /etc/environment", on="p75vio1", user="padmin")
    padmin.line("bootlist -mode normal cd0 hdisk0")
    assert padmin.line("bootlist -mode normal -ls") == "cd0\nhdisk0 blv=hd5 pathid=0\n"


def test_what_was_run_is_in_the_command_log(padmin: Padmin) -> None:
    """With its moment, in order, and only what ran on this VIOS."""
    padmin.line("ioslevel")
    padmin.says("lsmap -all", on="p75vio2", user="padmin")
    lines = padmin.line("lsgcl").splitlines()
    assert lines[0] == "Apr 14 2016, 08:33:00 padmin    ioslevel"
    assert [line.split()[-1] for line in lines] == ["ioslevel", "lsgcl"]


def test_an_address_and_a_route_are_set(padmin: Padmin) -> None:
    """On a spare port, then changed; the tables and the stored configuration tell of it."""
    padmin.line(
        "mktcpip -hostname vios1 -inetaddr 10.143.181.207 -interface en5 -start -netmask 255.255.252.0 "
        "-gateway 10.143.180.1"
    )
    assert padmin.line("lstcpip -interfaces | grep en5").split()[1:4] == ["10.143.181.207", "255.255.252.0", "up"]
    assert padmin.line("lstcpip -hostname") == "vios1\n"
    assert "10.143.180/22" in padmin.line("netstat -routtable")
    assert "default            10.143.180.1" in padmin.line("netstat -routtable")
    padmin.line("chtcpip -interface en5 -gateway -add 192.168.1.1 -remove 10.143.180.1")
    assert "Gateway: 192.168.1.1" in padmin.line("lstcpip -stored")
    padmin.line("chtcpip -interface en5 -inetaddr 192.168.1.2 -netmask 255.255.255.0")
    assert "192.168.1.2" in padmin.line("netstat -state -num")
    padmin.line("chtcpip -interface en5 -state down")
    assert padmin.line("lstcpip -interfaces | grep en5").split()[3] == "down"
    assert "0514-062" in padmin.no("rmdev -dev ent5")


def test_the_firewall_lets_through_what_it_is_told_to(padmin: Padmin) -> None:
    """On with the usual ports, one more, and without it again; the security level shows in what passwords need."""
    padmin.line("viosecure -firewall on")
    assert padmin.line("viosecure -firewall view").startswith("Firewall ON\n")
    assert "all:22:any:ssh:0.0.0.0:0" in padmin.line("viosecure -firewall view -fmt :").splitlines()
    padmin.line("viosecure -firewall allow -port 2049 -address 10.0.0.7 -timeout 600")
    assert "all:2049:any:unknown:10.0.0.7:600" in padmin.line("viosecure -firewall view -fmt :")
    padmin.line("viosecure -firewall deny -port 2049 -address 10.0.0.7")
    assert "2049" not in padmin.line("viosecure -firewall view")
    padmin.line("viosecure -firewall off")
    assert padmin.line("viosecure -firewall view").startswith("Firewall OFF\n")
    assert "Level=HLS" in padmin.line("viosecure -level high -apply")
    assert "hls_maxage" in padmin.line("viosecure -view -nonint")
    assert padmin.line("lsuser padmin -attr maxage") == "padmin maxage=13\n"
    padmin.line("viosecure -level default")
    assert padmin.line("lsuser padmin -attr maxage") == "padmin maxage=0\n"


def test_backups_are_listed(padmin: Padmin) -> None:
    """A volume group's structure, a configuration, an image of the VIOS."""
    padmin.line("mksp vdiskvg hdisk14")
    assert "savevg: Backup Completed" in padmin.line("savevgstruct vdiskvg")
    assert padmin.line("restorevgstruct -ls").splitlines()[1].endswith("Apr 14 08:33 vdiskvg.data")
    assert padmin.line("viosbr -backup -file daily") == "Backup of this node (p75vio1) successful\n"
    assert padmin.line("viosbr -view -list") == "daily.tar.gz\n"
    assert "Controller: p75vio1" in padmin.line("viosbr -view -file daily")
    assert "mksysb: Backup Completed" in padmin.line("backupios -file /export/vios.mksysb -mksysb")
    padmin.line("backupios -file /export")
    kept = [(each.kind, each.path) for each in padmin.host("p75vio1").io.upkeep.backups]
    assert kept[2:] == [("mksysb", "/export/vios.mksysb"), ("nim", "/export/nim_resources.tar")]


def test_paths_are_disabled_removed_and_made_again(padmin: Padmin) -> None:
    """Of a disk that somebody uses, never the last one."""

    def states(disk: str) -> list[str]:
        return [row[0] for row in padmin.rows(f"lspath -dev {disk} -pdev fscsi0 -fmt ' '")]

    assert padmin.line("chpath -dev hdisk1 -pdev fscsi0 -oper dis") == "paths Changed\n"
    assert set(states("hdisk1")) == {"Disabled"}
    assert "0514-062" in padmin.no("chpath -dev hdisk1 -pdev fscsi1 -oper dis")
    assert padmin.line("chpath -dev hdisk1 -oper en") == "paths Changed\n"
    assert padmin.host("p75vio1").io.upkeep.paths == ()
    assert padmin.line("rmpath -dev hdisk14 -pdev fscsi0") == "paths Defined\n"
    assert set(states("hdisk14")) == {"Defined"}
    assert padmin.line("rmpath -dev hdisk14 -pdev fscsi0 -rm") == "paths Deleted\n"
    assert padmin.line("lspath -dev hdisk14 -pdev fscsi0") == ""
    assert padmin.line("mkpath -dev hdisk14 -pdev fscsi0") == "paths Available\n"
    assert set(states("hdisk14")) == {"Enabled"}
    assert padmin.line("lspath -dev hdisk14 -status disabled") == ""


def test_network_options_are_set(padmin: Padmin) -> None:
    """For now and the next start; the list has it."""
    padmin.line("optimizenet -set tcp_sendspace=131072 -perm")
    assert re.search(r"^tcp_sendspace +131072", padmin.line("optimizenet -list tcp_sendspace"), re.MULTILINE)


def test_shutdown_asks_first(padmin: Padmin) -> None:
    """No answer is a no; forced, it goes down and, told so, comes back."""
    out, _, status = padmin.typed("shutdown -restart", on="p75vio1", user="padmin")
    assert ("Continue [y|n]?" in out, status) == (True, 1)
    assert padmin.host("p75vio1").state == "Running"
    padmin.line("shutdown -force -restart")
    assert padmin.host("p75vio1").state == "Shutting Down"
    padmin.now += 600
    assert padmin.host("p75vio1").state == "Running"
