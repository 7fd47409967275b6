"""Virtual Ethernet adapters of partitions that run, added and taken away."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers import hmcout
from handlers.changing import Guard
from handlers.hmc.ports import CALLED, Add, Fitted, Kind, Remove
from handlers.operation import Operation

Vlans: TypeAlias = Annotated[str, StringConstraints(max_length=100, pattern=r"^[1-9]\d{0,3}(?:,[1-9]\d{0,3}){0,19}$")]
SwitchName: TypeAlias = Annotated[str, StringConstraints(max_length=31, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


class AddEthernet(Add):
    """Add a virtual Ethernet adapter to a running partition, on a VLAN of a virtual switch."""

    verb: ClassVar[str] = "add-ethernet"
    example: ClassVar[str] = "add-ethernet db01 13"
    kind: ClassVar[Kind] = "eth"

    vlan: int = Field(
        ge=1, le=4094, description="its own VLAN, the PVID", json_schema_extra={"place": 1, "example": 13}
    )
    tagged: Vlans | None = Field(
        default=None, description="VLANs that it carries tagged: 10,11", json_schema_extra={"example": "20,21"}
    )
    switch: SwitchName | None = Field(
        default=None, description="the virtual switch; without it ETHERNET0", json_schema_extra={"example": "ETHERNET0"}
    )
    trunk: int | None = Field(
        default=None, ge=1, le=15, description="of a VIOS, to bridge: its trunk priority, 1 to 15"
    )

    def given(self, before: Fitted) -> str:
        parts = [f"ieee_virtual_eth={int(self.tagged is not None)}", f"port_vlan_id={self.vlan}"]
        if self.tagged is not None:
            parts.append(f'"addl_vlan_ids={self.tagged}"' if "," in self.tagged else f"addl_vlan_ids={self.tagged}")
        if self.trunk is not None:
            parts += ["is_trunk=1", f"trunk_priority={self.trunk}"]
        if self.switch is not None:
            parts.append(f"vswitch={self.switch}")
        return ",".join(parts)

    def is_it(self, row: dict[str, str], before: Fitted) -> bool:
        tagged = set((hmcout.given(row.get("addl_vlan_ids")) or "").split(","))
        return (
            row.get("port_vlan_id") == str(self.vlan)
            and tagged == set((self.tagged or "").split(","))
            and row.get("is_trunk") == str(int(self.trunk is not None))
            and self.switch in (None, row.get("vswitch"))
        )

    def guards(self, before: Fitted) -> tuple[Guard, ...]:
        found = super().guards(before)
        if self.trunk is None:
            return found
        named = Guard(name="trunks are a VIOS's", holds=before.standing.is_vios, seen=before.standing.env)
        return (*found, named)

    def moves(self, before: Fitted) -> str:
        tagged = f", with {self.tagged} tagged" if self.tagged else ""
        trunk = f", as a trunk of priority {self.trunk}" if self.trunk else ""
        on = f"VLAN {self.vlan} of {self.switch or 'ETHERNET0'}{tagged}{trunk}"
        return f"{self.partition} gets a {CALLED['eth']} on {on}{self.at()}{self.to_save(before)}"

    def undo(self, before: Fitted) -> Operation | None:
        if self.slot is None or before.standing.is_vios:
            return None  # which slot the HMC takes is known afterwards alone; and a VIOS's isn't taken away so
        return RemoveEthernet(partition=self.partition, slot=self.slot, system=self.system, save=self.save)


class RemoveEthernet(Remove):
    """Take a virtual Ethernet adapter from a running partition; what it carried is cut off."""

    verb: ClassVar[str] = "remove-ethernet"
    example: ClassVar[str] = "remove-ethernet db01 2"
    kind: ClassVar[Kind] = "eth"

    def guards(self, before: Fitted) -> tuple[Guard, ...]:
        """The HMC doesn't tell which adapter of a VIOS is a control channel, so that none of them is taken blindly."""
        bridges = before.standing.is_vios or self.row(before).get("is_trunk") == "1"
        may = "a SEA may have it as a trunk or control channel: /sea remove looks at the pair"
        seen = may if bridges else "it is no VIOS's"
        return (*super().guards(before), Guard(name="no SEA can be using it", holds=not bridges, seen=seen))

    def undo(self, before: Fitted) -> Operation | None:
        row = self.row(before)
        fields: dict[str, Any] = {"partition": self.partition, "slot": self.slot, "system": self.system}
        given = {"vlan": row.get("port_vlan_id"), "tagged": hmcout.given(row.get("addl_vlan_ids"))}
        rest = {"switch": row.get("vswitch"), "trunk": hmcout.given(row.get("trunk_priority")), "save": self.save}
        return AddEthernet.typed({**fields, **given, **rest})
