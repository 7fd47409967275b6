"""Vital product data: what `lsdev -vpd`, `lsdev -slots` and `lsfware` tell of what is built in. The forms of most are
unverified; the labels and their dots are AIX's."""

from __future__ import annotations

import zlib

from bot.lab.fleet.vios.devices import Device, devices
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import columns

_ETHERNET_LEVEL, _FC_LEVEL = "30100310", "00012000040025700007"


def of(login: Login, found: Device) -> str:
    """One device: its line, and the fields that it has."""
    place = found.location(login.system, login.vios)
    head = f"  {found.name:<16} {place:<40} {found.description}".rstrip()
    fields = _fields(login, found.name)
    lines = "".join(f"        {label}{'.' * (28 - len(label))}{value}\n" for label, value in fields)
    return f"{head}\n{chr(10) if lines else ''}{lines}{chr(10) if lines else ''}"


def _fields(login: Login, name: str) -> list[tuple[str, str]]:
    """A VIOS's own numbers are made from its locations, so that they stay the same."""
    io, adapter = login.vios.io, login.vios.adapter(name)
    port, fibre, disk = io.port(name), io.fc_port(name), io.disk(name)
    if fibre is not None:
        return [
            ("Part Number", "01FT704"),
            ("Serial Number", _serial(fibre.location)),
            ("Manufacturer", "001D"),
            ("EC Level", "D76482B"),
            ("Customer Card ID Number", "577F"),
            ("FRU Number", "01FT699"),
            ("Device Specific.(ZM)", "3"),
            ("Network Address", fibre.wwpn),
            ("ROS Level and ID", _FC_LEVEL),
            ("Hardware Location Code", fibre.location),
        ]
    if port is not None and port.location:
        return [
            ("Network Address", port.mac.upper()),
            ("ROM Level.(alterable)", _ETHERNET_LEVEL),
            ("Hardware Location Code", port.location),
        ]
    if adapter is not None:
        return [
            ("Network Address", adapter.mac.upper()),
            ("Displayable Message", "Virtual I/O Ethernet Adapter (l-lan)"),
            ("Hardware Location Code", f"{login.system.location}-V{login.vios.lpar_id}-C{adapter.slot}-T1"),
        ]
    if disk is not None:
        return [("Manufacturer", "IBM"), ("Machine Type and Model", "2145"), ("Serial Number", disk.lun[-12:])]
    return []


def _serial(location: str) -> str:
    return f"Y050{zlib.crc32(location.encode()):08X}"


def everything(login: Login) -> str:
    """Every device, and what the platform tells of itself after them."""
    system = login.system
    head = (
        "INSTALLED RESOURCE LIST WITH VPD\n\nThe following resources are installed on your machine.\n\n"
        "  Model Architecture: chrp\n  Model Implementation: Multiple Processor, PCI bus\n\n"
    )
    tail = (
        f"\n  PLATFORM SPECIFIC\n\n  Name:  IBM,{system.type_model}\n    Model:  IBM,{system.type_model}\n"
        f"    Node:  /\n    Device Type:  chrp\n\n"
        f"      System VPD:\n        Machine/Cabinet Serial No...{system.serial}\n"
        f"        Machine Type/Model..........{system.type_model}\n"
    )
    return head + "".join(of(login, each) for each in devices(login.vios)) + tail


def slots(login: Login, only: str = "") -> str:
    """By location, one line for each slot with all devices in it."""
    what = "PCI-E capable, Rev 3 slot with 16x lanes"
    mine = {each.drc_index for each in login.vios.config.slots}
    known = login.system.hardware.slots
    rows: dict[str, tuple[str, list[str]]] = {}
    if not only:
        rows = {each.location: (what, []) for each in known if each.drc_index in mine}
    others = {each.location for each in known} - {each.location for each in known if each.drc_index in mine}
    for each in devices(login.vios):
        place = each.location(login.system, login.vios)
        if not place or each.kind != "adapter" or (only and each.name != only):
            continue
        slot = place.rpartition("-T")[0] or place
        if slot in others:  # the adapter has left, whatever is still known of its devices
            continue
        rows.setdefault(slot, ("Virtual I/O Slot" if each.is_virtual else what, []))[1].append(each.name)
    table = [("# Slot", "Description", "Device(s)")]
    table += [(slot, what, " ".join(names) or "Empty") for slot, (what, names) in sorted(rows.items())]
    return columns(table, [max(len(row[n]) for row in table) for n in range(2)])


def firmware(login: Login) -> list[tuple[str, str]]:
    """Device and level: the frame's own first."""
    level = login.system.hardware.firmware.split()[0]
    found = [("sys0", f"system:{level} (t) {level} (p) {level} (t)")]
    found += [(each.name, f"e414571614102004.{_ETHERNET_LEVEL}") for each in login.vios.io.ports]
    return found + [(each.name, f"df1000e21410f103.{_FC_LEVEL}") for each in login.vios.io.fc_ports]
