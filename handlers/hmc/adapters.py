"""The virtual adapters of a managed system's partitions, as its HMC lists them."""

from __future__ import annotations

from typing import ClassVar

from handlers.hmc.attributes import Attributed, number, texts
from handlers.place import Place
from handlers.reading import FrameRead
from handlers.table import Column


class _Adapters(Attributed, FrameRead):
    """The virtual adapters of the partitions of a frame."""

    kind: ClassVar[str]

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lshwres", "-r", "virtualio", "--rsubtype", self.kind, "-m", place.system, "--level", "lpar")


class Ethernet(_Adapters):
    """List the virtual Ethernet adapters of a managed system's partitions: slot, switch, VLANs, trunk and priority."""

    verb: ClassVar[str] = "ethernet"
    example: ClassVar[str] = "ethernet p72"
    recorded: ClassVar[str] = "lshwres-eth"
    kind: ClassVar[str] = "eth"
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("partition"), number("id"), number("slot"), *texts("switch"), number("pvid"), *texts("tagged"),
        number("trunk"), number("priority"), number("required"), *texts("mac"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "lpar_name", "lpar_id", "slot_num", "vswitch", "port_vlan_id", "addl_vlan_ids", "is_trunk", "trunk_priority",
        "is_required", "mac_addr",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("lpar_name", "slot_num", "port_vlan_id", "vswitch", "is_trunk")


class SystemEthernet(Attributed, FrameRead):
    """Show what a managed system lets its virtual Ethernet adapters have: VLANs of each, how MAC addresses begin."""

    verb: ClassVar[str] = "system-ethernet"
    example: ClassVar[str] = "system-ethernet *"
    recorded: ClassVar[str] = "lshwres-eth-sys"
    # Both names are those of the command's documentation; no capture of this level is known.
    columns: ClassVar[tuple[Column, ...]] = (*texts("mac_prefix"), number("most_tagged"))
    attributes: ClassVar[tuple[str, ...]] = ("mac_prefix", "max_data_vlan_ids")
    known_by: ClassVar[tuple[str, ...]] = ("mac_prefix",)

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lshwres", "-r", "virtualio", "--rsubtype", "eth", "-m", place.system, "--level", "sys")


class Scsi(_Adapters):
    """List the virtual SCSI adapters of a managed system's partitions, both ends: slot, partner and its slot."""

    verb: ClassVar[str] = "scsi"
    example: ClassVar[str] = "scsi p72"
    recorded: ClassVar[str] = "lshwres-scsi"
    kind: ClassVar[str] = "scsi"
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("partition"), number("id"), number("slot"), *texts("end", "partner", "partner_slot", "backing"),
        number("required"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "lpar_name", "lpar_id", "slot_num", "adapter_type", "remote_lpar_name", "remote_slot_num", "backing_devices",
        "is_required",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("lpar_name", "slot_num", "adapter_type")


class FibreChannel(_Adapters):
    """List the virtual Fibre Channel adapters of a managed system's partitions, both ends: slot, partner, WWPNs."""

    verb: ClassVar[str] = "fc"
    example: ClassVar[str] = "fc p72"
    recorded: ClassVar[str] = "lshwres-fc"
    kind: ClassVar[str] = "fc"
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("partition"), number("id"), number("slot"), *texts("end", "partner", "partner_slot", "wwpns"),
        number("required"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "lpar_name", "lpar_id", "slot_num", "adapter_type", "remote_lpar_name", "remote_slot_num", "wwpns",
        "is_required",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("lpar_name", "slot_num", "adapter_type")
