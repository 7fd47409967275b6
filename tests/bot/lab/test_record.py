"""Recordings of what machines say: nothing of whose they are is left, and they still mean what they meant."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.console import Host
from bot.lab import record
from bot.lab.fleet import Fleet, RunningFleet, demo_fleet, start_fleet
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.model import Partition
from bot.lab.scrubbing import NameTooCommon, Scrubber
from handlers import entstat, hmcout, networks
from policies.problems import LoginRefused, LoginStopped
from tests.bot.stops import Stops
from tests.house.docs import all_problems

NAMES = {"p72": "osl-frame-7", "p75": "osl-frame-9", "db01": "Payroll3", "p72vio1": "osl-frame-7-vs1",
         "p72vio2": "osl-frame-7-vs2", "web01": "shopfront"}  # fmt: skip
SERIALS = {"78A0072": "13F2C7A", "78A0075": "21D9B4E"}
ADDRESS = {"10.7.2": "10.188.31", "10.7.5": "172.29.14"}
MAC = "A2B7C3D9E1"


def renamed(text: str, *tables: Mapping[str, str]) -> str:
    for table in tables:
        for old, new in table.items():
            text = re.sub(rf"(?<![\w]){re.escape(old)}(?![\w-])", new, text)
    return text


def planted() -> Fleet:
    """The demo's fleet under names, numbers and addresses that are somebody's."""
    fleet = demo_fleet()
    systems = [
        replace(
            frame,
            name=NAMES.get(frame.name, frame.name),
            serial=SERIALS.get(frame.serial, frame.serial),
            ipaddr=ADDRESS.get(frame.ipaddr.rpartition(".")[0], "10.9.1") + ".7",
            partitions=tuple(_planted(each) for each in frame.partitions),
        )
        for frame in fleet.systems.values()
    ]
    hmcs = [replace(each, systems=tuple(NAMES.get(one, one) for one in each.systems)) for each in fleet.hmcs.values()]
    return Fleet.of(hmcs, systems)


def _planted(partition: Partition) -> Partition:
    network, _, last = partition.rmc_ipaddr.rpartition(".")
    return replace(
        partition,
        name=NAMES.get(partition.name, partition.name),
        rmc_ipaddr=f"{ADDRESS.get(network, network)}.{last}",
        ethernet=tuple(_plugged(partition, each) for each in partition.ethernet),
    )


def _plugged(partition: Partition, adapter: VirtualEthernet) -> VirtualEthernet:
    return replace(adapter, mac=f"{MAC}{partition.lpar_id:02X}"[:10] + f"{adapter.slot:02X}")


SECRETS = (*NAMES.values(), *SERIALS.values(), "188.31", "172.29.14", MAC[:8], "a2:b7:c3")


@pytest.mark.parametrize(
    "command",
    [
        "lssyscfg -r sys",
        "lssyscfg -r lpar -m osl-frame-7",
        "lssyscfg -r lpar -m osl-frame-7 -F name,lpar_id,rmc_ipaddr",
        "lssyscfg -r sys -F name,serial_num,ipaddr",
        "lshwres -r virtualio --rsubtype eth --level lpar -m osl-frame-7",
        "migrlpar -o v -m osl-frame-7 -t osl-frame-9 -p Payroll3",
        "migrlpar -o v -m osl-frame-7 -t osl-frame-9 -p vscsi01",
        "lssyscfg -r lpar -m nowhere",
        "migrlpar -o v -m osl-frame-7 -t osl-frame-9 -p nobody",
    ],
)
async def test_nothing_planted_is_left(command: str) -> None:
    """From the lab's HMC, by the bot's console: no name, address, serial number or MAC of the fleet is in the files."""
    running = await start_fleet(planted())
    try:
        if "nowhere" in command:
            with pytest.raises(record.RecordingUnread):
                await record.taken(running.hosts["hmc-oslo"], command, stops=Stops())
            return
        taken = await record.taken(running.hosts["hmc-oslo"], command, stops=Stops(), names=NAMES.values())
    finally:
        await running.close()
    for secret in SECRETS:
        assert secret.lower() not in (taken.raw + taken.meaning).lower(), secret
    assert json.loads(taken.meaning) or "validate" in command or "-p" in command
    assert [each.argv for each in running.ran] == [tuple(command.split())]
    assert running.tries("hmc-oslo", "hscroot") == 2  # one login: a key is offered, then signed with


# ── whatever the names are ───────────────────────────────────────────────────────────────────────────────────────────

name = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{2,14}[0-9A-Za-z]", fullmatch=True)
digits = st.text("0123456789ABCDEF", min_size=12, max_size=12).filter(lambda text: text.strip("0F")[1:])
serial = st.text("0123456789ABCDEFGH", min_size=7, max_size=7).filter(lambda text: not text.isdigit())
address = st.tuples(st.integers(9, 223).filter(lambda n: n != 127), *[st.integers(0, 255)] * 3).map(
    lambda parts: ".".join(map(str, parts))
)
row = st.fixed_dictionaries(
    {"lpar_name": name, "mac_addr": digits, "rmc_ipaddr": address, "serial_num": serial, "curr_profile": name}
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(row, min_size=1, max_size=4), st.integers(0, 4094))
def test_no_planted_word_survives(rows: list[dict[str, Any]], vlan: int) -> None:
    """For any names and numbers: none is left in any form, the same is always the same, and the meaning is the scrubbed
    meaning."""
    lines = []
    for each in rows:
        told = ",".join(f"{key}={value}" for key, value in each.items())
        longer = f"drive_{each['lpar_name']}_rootvg"
        colons = ":".join(each["mac_addr"][n : n + 2] for n in range(0, 12, 2)).lower()
        place = f"U9105.42A.{each['serial_num']}-V1-C2-T1"
        lines.append(f"{told},port_vlan_id={vlan},backing={longer},hardware={colons},physloc={place}\n")
    text = "".join(lines)
    try:
        scrubber = Scrubber()
        scrubbed = scrubber.scrub(text)
    except NameTooCommon:
        return
    before, after = hmcout.pairs(text), hmcout.pairs(scrubbed.text)
    assert [list(each) for each in after] == [list(each) for each in before]
    stand_ins: dict[tuple[str, str], str] = {}
    for old, new in zip(before, after, strict=True):
        assert new["port_vlan_id"] == str(vlan)
        for key in ("lpar_name", "mac_addr", "rmc_ipaddr", "serial_num"):
            assert new[key] != old[key], key
            kind = "name" if key == "lpar_name" else key
            assert stand_ins.setdefault((kind, old[key].lower()), new[key].lower()) == new[key].lower()
        assert new["lpar_name"].lower() in new["backing"].lower()
        assert new["hardware"].replace(":", "") == new["mac_addr"].lower()
        assert new["serial_num"] in new["physloc"]
        assert old["lpar_name"].lower() not in scrubbed.text.lower() or _is_stand_in(old["lpar_name"], scrubbed.text)
        assert old["rmc_ipaddr"] not in after_addresses(after)
        assert old["serial_num"] not in {each["serial_num"] for each in after}


def _is_stand_in(word: str, text: str) -> bool:
    """The word is part of a stand-in, or of the answer's own form."""
    left = re.sub(r"name\d\d|drive_|_rootvg|02[0-9a-f]{10}|ZZ\d{5}|U9105.42A|V1-C2-T1|[a-z_]+=", " ", text, flags=re.I)
    return word.lower() not in left.lower()


def after_addresses(rows: list[dict[str, str]]) -> set[str]:
    return {each["rmc_ipaddr"] for each in rows if not each["rmc_ipaddr"].startswith("192.0.")}


def test_forms_stay_what_they_were() -> None:
    """Capitals, colons, dots and 0x stay; masks, loopback and levels aren't anybody's."""
    scrubber = Scrubber(names=["oslo.example.com"])
    text = (
        "en0 link#2 0.21.5e.72.ae.40 0x001A64ABCDEF c0:50:76:0a:bc:de:00:10 C050760ABCDE0010\n"
        "netmask 255.255.255.0 127.0.0.1 level 4.1.0.10 host OSLO via 10.4.4.4 fe80::1a2b:3c4d oslo.example.com\n"
    )
    found = scrubber.scrub(text).text
    assert re.fullmatch(
        r"en0 link#2 2\.0\.0\.0\.0\.[0-9a-f]+ 0x02[0-9A-F]{10} 02(:[0-9a-f]{2}){7} 02[0-9A-F]{14}\n"
        r"netmask 255\.255\.255\.0 127\.0\.0\.1 level 4\.1\.0\.10 "
        r"host name\d\d via 192\.0\.2\.\d 2001:db8::2 name\d\d\n",
        found,
    ), found
    colons, plain = re.findall(r"02(?::[0-9a-f]{2}){7}|02[0-9A-F]{14}", found)
    assert colons.replace(":", "") == plain.lower()


def test_a_name_of_the_form_is_refused() -> None:
    """A partition called as an attribute is would make the recording lie."""
    with pytest.raises(NameTooCommon):
        Scrubber().scrub("lpar_name=state,state=Running\n")


# ── what may be recorded ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "command",
    [
        "chsysstate -r lpar -m p72 -o shutdown -n db01", "migrlpar -o m -m p72 -t p75 -p db01", "rm -rf x", "",
        "migrlpar -o v -o m -m p72", "migrlpar -m p72", "viosvrcmd -m p72 -p v -c 'chdev -dev ent4 -attr a=b'",
        "viosvrcmd -m p72 -p v -c 'lsdev; chdev'", "viosvrcmd -m p72 -p v -c 'oem_setup_env'", "no -o sack=0",
        "lssyscfg 'unclosed", "ls/../rm x", "vmo -d maxfree", "migrlpar -o v -om -m p72",
    ],
)  # fmt: skip
async def test_what_may_change_something_is_not_sent(command: str) -> None:
    """A recording takes no approval, so nothing but reading leaves."""
    running = await start_fleet(demo_fleet())
    try:
        with pytest.raises(record.MayChange):
            await record.taken(running.hosts["hmc-oslo"], command, stops=Stops())
        assert (running.ran, running.tries("hmc-oslo", "hscroot")) == ([], 0)
    finally:
        await running.close()


async def test_an_answer_that_nothing_reads_is_refused() -> None:
    """Before it is sent, with what to do about it."""
    host = await _host()
    with pytest.raises(record.NoParser) as caught:
        await record.taken(host, "viosvrcmd -m p72 -p p72vio1 -c 'errlog'", stops=Stops())
    assert "handlers/" in caught.value.next_step


async def test_what_a_vios_says_is_recorded(tmp_path: Path) -> None:
    """A SEA's statistics and the networks' mappings, through the HMC, as their parsers read them."""
    running = await start_fleet(demo_fleet())
    host = running.hosts["hmc-oslo"]
    try:
        sea = await record.taken(host, "viosvrcmd -m p72 -p p72vio1 -c 'entstat -all ent4'", stops=Stops())
        net = await record.taken(host, "viosvrcmd -m p72 -p p72vio1 -c 'lsmap -all -net -fmt ,'", stops=Stops())
    finally:
        await running.close()
    assert entstat.sea(sea.raw, "ent4").model_dump(mode="json") == json.loads(sea.meaning)
    assert [each.model_dump(mode="json") for each in networks.bridges(net.raw)] == json.loads(net.meaning)
    assert "78A0072" not in net.raw
    assert "76:1f:a3" not in sea.raw


async def test_a_refused_login_is_remembered() -> None:
    """It is tried once: the next recording, whoever starts it, finds the stop and logs in no more."""
    running = await start_fleet(demo_fleet())
    stops = Stops()
    try:
        host = running.host("hmc-oslo", by_password=True)
        running.change_password("hmc-oslo", "hscroot", "another")
        with pytest.raises(LoginRefused):
            await record.taken(host, "lssyscfg -r sys", stops=stops)
        with pytest.raises(LoginStopped):
            await record.taken(host, "lssyscfg -r sys", stops=stops)
        assert (running.tries("hmc-oslo", "hscroot"), running.ran) == (1, [])
    finally:
        await running.close()


async def test_a_lost_answer_is_not_recorded() -> None:
    """Half an answer is none."""
    running = await start_fleet(demo_fleet())
    try:
        for fault in ({"cut_after": 40}, {"raw": "not-utf8"}):
            running.fault("hmc-oslo", **fault)
            with pytest.raises(record.Unfinished):
                await record.taken(running.hosts["hmc-oslo"], "lssyscfg -r sys", stops=Stops())
    finally:
        await running.close()


async def test_a_pair_is_written_once(tmp_path: Path) -> None:
    """Both files side by side as the tests have them; what is there isn't overwritten."""
    running = await start_fleet(demo_fleet())
    try:
        taken = await record.taken(running.hosts["hmc-oslo"], "lssyscfg -r sys", stops=Stops())
    finally:
        await running.close()
    raw, meaning = record.written(taken, tmp_path / "lssyscfg" / "three")
    assert hmcout.pairs(raw.read_text()) == json.loads(meaning.read_text())
    assert sorted(path.name for path in raw.parent.iterdir()) == ["three.json", "three.raw"]
    with pytest.raises(record.RecordingThere):
        record.written(taken, tmp_path / "lssyscfg" / "three")
    assert any(line.startswith("-") and "p72" in line for line in taken.diff)


async def _host() -> Host:
    running: RunningFleet = await start_fleet(demo_fleet())
    host = running.hosts["hmc-oslo"]
    await running.close()
    return host


def test_every_refusal_is_on_its_page() -> None:
    """The recorder's refusals are problems like all others."""
    assert {record.MayChange, record.NoParser, record.Unfinished, NameTooCommon} <= set(all_problems())
