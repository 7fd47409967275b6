"""What validating and migrating share: the options of `migrlpar`, and the validation itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from handlers.command import Command
from handlers.explain import Explainer
from handlers.heard import Reads, heard
from handlers.lpm import data
from handlers.lpm.data import FibreMappings, ScsiMappings
from handlers.lpm.naming import Partitioned
from handlers.operation import Ending, HostName, Name, Report, UserName, failed
from handlers.plan import Fact
from handlers.verdict import Verdict, verdict

VALIDATION_DEADLINE = 30 * 60.0  # seconds; what wait= asks for comes on top
# The first version whose documentation lists the option; nothing shows that an older one knows it.
SINCE = {"npivval": 8, "redundantmsps": 8, "affinity": 9}


class Moving(Partitioned):
    """The parameters that validating and migrating share: every flag of `migrlpar` that the HMC documentation lists."""

    destination: Name = Field(
        description="the managed system to move it to", json_schema_extra={"place": 2, "pick": "system"}
    )
    hmc: HostName | None = Field(default=None, description="the HMC of the destination, where it is another one")
    user: UserName | None = Field(default=None, description="the user on that HMC")
    profile: Name | None = Field(default=None, description="the profile to create on the destination")
    redundantvios: Literal["0", "1", "2"] | None = Field(
        default=None, description="redundant VIOS on the destination: 0 not needed, 1 needed, 2 if possible"
    )
    mpio: Literal["1", "2"] | None = Field(
        default=None, description="keep the multipath layout: 1 or else refuse, 2 if possible"
    )
    vlanbridge: Literal["1", "2"] | None = Field(
        default=None, description="VLANs bridged on the destination: 1 or else refuse, 2 if possible"
    )
    npivval: Literal["port", "portdisk"] | None = Field(
        default=None, description="how deep NPIV is validated: port, or portdisk for the disks as well"
    )
    redundantmsps: Literal["0", "1", "2"] | None = Field(
        default=None, description="redundant movers: 0 not needed, 1 needed, 2 if possible"
    )
    affinity: bool = Field(default=False, description="check the affinity score on the destination: yes or no")
    source_msp: Name | None = Field(
        default=None, description="the mover service partition on the source", json_schema_extra={"pick": "vios"}
    )
    dest_msp: Name | None = Field(
        default=None, description="the mover service partition on the destination", json_schema_extra={"pick": "vios"}
    )
    virtual_scsi_mappings: ScsiMappings | None = Field(
        default=None,
        description="who serves virtual SCSI adapters there: SLOT/VIOS/ID/SLOT-THERE, with commas between; of VIOS and "
        "ID one is enough, and the last may be left away",
        json_schema_extra={"example": "11/vio1/,12//2/160"},
    )
    virtual_fc_mappings: FibreMappings | None = Field(
        default=None,
        description="who serves virtual Fibre Channel adapters there: SLOT/VIOS/ID/SLOT-THERE/PORT, likewise",
        json_schema_extra={"example": "21/vio2//150/fcs0,22/vio1/"},
    )
    shared_proc_pool: Name | None = Field(
        default=None, description="the shared processor pool that it joins on the destination"
    )
    dest_lpar_id: int | None = Field(default=None, ge=1, le=65535, description="the partition's id on the destination")
    wait: int | None = Field(default=None, ge=0, le=1440, description="minutes that the HMC waits for the partition")
    detail: int | None = Field(default=None, ge=0, le=5, description="how much the partition's OS writes, 0 to 5")
    force: bool = Field(default=False, description="go on past what the HMC would stop at: yes or no")
    verbose: bool = Field(default=False, description="have the HMC say more: yes or no")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = super().clashes(given)
        if given.get("user") is not None and given.get("hmc") is None:
            told.append("user= goes with hmc=, the HMC that this user is on")
        if given.get("source") == given.get("destination") is not None and given.get("hmc") is None:
            told.append("source and destination are the same managed system")
        return told

    def systems(self) -> tuple[str, ...]:
        there = () if self.hmc else (self.destination,)
        return (*super().systems(), *there)

    def targets(self) -> tuple[str, ...]:
        return (self.called, *super().systems(), self.destination)

    def argv(self, what: Literal["v", "m"]) -> tuple[str, ...]:
        """The `migrlpar` command line."""
        options = [
            ("--ip", self.hmc),
            ("-u", self.user),
            ("-n", self.profile),
            ("--redundantvios", self.redundantvios),
            ("--mpio", self.mpio),
            ("--vlanbridge", self.vlanbridge),
            ("--npivval", self.npivval),
            ("--redundantmsps", self.redundantmsps),
            ("-i", self._data),
            ("-w", self.wait),
            ("-d", self.detail),
        ]
        given = [part for flag, value in options if value is not None for part in (flag, str(value))]
        bare = [
            flag for flag, on in (("--affinity", self.affinity), ("--force", self.force), ("-v", self.verbose)) if on
        ]
        return (
            "migrlpar", "-o", what, "-m", self.on, "-t", self.destination, *self.which.selector, *given, *bare,
        )  # fmt: skip

    def already_there(self) -> Report | None:
        """Where nobody said where it runs, that may be where it is to go."""
        if self.hmc is None and self.on == self.destination:
            return failed(f"can't: {self.called} is on {self.destination} already")
        return None

    @property
    def _data(self) -> str | None:
        return data.record((
            ("source_msp_name", self.source_msp),
            ("dest_msp_name", self.dest_msp),
            ("dest_lpar_id", self.dest_lpar_id),
            ("shared_proc_pool_name", self.shared_proc_pool),
            ("virtual_scsi_mappings", self.virtual_scsi_mappings),
            ("virtual_fc_mappings", self.virtual_fc_mappings),
        ))  # fmt: skip

    def _wishes(self) -> list[Fact]:
        """What was asked of the destination, in words."""
        told = (
            ("id there", self.dest_lpar_id),
            ("profile there", self.profile),
            ("shared processor pool there", self.shared_proc_pool),
            ("mover on the source", self.source_msp),
            ("mover on the destination", self.dest_msp),
        )
        return [
            *(Fact(name=name, value=str(value)) for name, value in told if value is not None),
            *data.facts("virtual SCSI", data.served(self.virtual_scsi_mappings)),
            *data.facts("virtual Fibre Channel", data.served(self.virtual_fc_mappings)),
        ]

    def _validated(self, hmc: str) -> Reads[Verdict | Report]:
        """The validation's verdict, or a report of why it can't even be asked."""
        refused = yield from self._fits_level(hmc)
        if refused:
            return refused
        command = Command(
            host=hmc,
            argv=self.argv("v"),
            deadline=VALIDATION_DEADLINE + self.patience,
            reader=Explainer(),
            streamed=True,
        )
        result = heard((yield command))
        return verdict(result.findings, result.exit_status, malformed=result.malformed, size=result.size)

    @property
    def patience(self) -> float:
        """Seconds that wait= lets the HMC take."""
        return 60.0 * (self.wait or 0)

    def _fits_level(self, hmc: str) -> Reads[Report | None]:
        """Refuses, with the HMC's level named, an option that this level isn't known to have."""
        used = {name: since for name, since in SINCE.items() if getattr(self, name)}
        if not used:
            return None
        level = _level(heard((yield Command(host=hmc, argv=("lshmc", "-V")))).text)
        if level is None:
            return Report(
                ending=Ending.FAILED,
                headline=f"can't ask: {hmc} didn't tell its level",
                lines=(
                    f"{', '.join(used)} are not known to every level, and `lshmc -V` gave nothing that I can read.",
                ),
            )
        missing = [f"{name}= from V{since} on" for name, since in used.items() if level < since]
        if not missing:
            return None
        return Report(
            ending=Ending.FAILED,
            headline=f"can't ask: {hmc} is at V{level}",
            lines=(f"It has {', '.join(missing)}. Leave that away, or ask an HMC of a later level.",),
        )


def _level(text: str) -> int | None:
    """The version of `lshmc -V`, such as 10."""
    for line in text.splitlines():
        label, _, rest = line.partition("Version:")
        digits = rest.strip().split(".")[0]
        if label.strip().lstrip('"').startswith("version=") and digits.isdigit():
            return int(digits)
    return None
