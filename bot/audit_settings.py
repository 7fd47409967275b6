"""`[audit]` of hscbot.toml."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from policies.words import Frozen


class AuditSettings(Frozen):
    """Where the audit's newest row is noted besides the data folder."""

    file: Path | None = None
    channel: str | None = Field(default=None, pattern=r"^[CG][A-Z0-9]+$")
    every_minutes: int = Field(default=60, ge=1, le=10_080)  # between two posts in the channel
    syslog: str | None = Field(default=None, pattern=r"^(/\S+|([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):[0-9]{1,5})$")

    @model_validator(mode="after")
    def _port_is_one(self) -> AuditSettings:
        address = self.syslog or "/"
        if not address.startswith("/") and not 0 < int(address.rpartition(":")[2]) < 65_536:
            raise ValueError("syslog's port is 1 to 65535")
        return self
