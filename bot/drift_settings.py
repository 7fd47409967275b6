"""`[drift]` of hscbot.toml."""

from __future__ import annotations

from pydantic import Field

from handlers.drift.alike import Declared
from handlers.drift.source import Kind
from handlers.drift.sources import Chosen, FilePath, SiteNoise
from handlers.operation import UserName
from policies.words import Frozen


class DriftSettings(Frozen):
    """How settings are watched. `ignore`: what never matters here, by patterns of whole names."""

    on: bool = True
    kinds: frozenset[Kind] = frozenset(Kind)
    every: float = Field(default=3_600.0, ge=60, le=7 * 86_400)  # seconds from one look at a host to the next
    every_by_hmc: float = Field(default=86_400.0, ge=60, le=7 * 86_400)  # at a VIOS or a managed system
    at_once: int = Field(default=2, ge=1, le=50)  # of each kind
    files: tuple[FilePath, ...] = Field(default=Chosen().files, max_length=100)
    closed_files: tuple[FilePath, ...] = Field(default=Chosen().closed_files, max_length=100)  # whose text isn't kept
    users: tuple[UserName, ...] = Field(default=(), max_length=100)  # whose sessions are looked at
    ignore: tuple[SiteNoise, ...] = Field(default=(), max_length=1_000)
    alike: tuple[Declared, ...] = Field(default=(), max_length=1_000)  # hosts that are set the same
    may_differ: tuple[SiteNoise, ...] = Field(default=(), max_length=1_000)  # in every group, pairs of VIOS too

    @property
    def intervals(self) -> dict[Kind, float]:
        """Seconds from one look to the next, of each kind that is watched."""
        every = {kind: self.every if kind is Kind.AIX else self.every_by_hmc for kind in Kind}
        return {kind: seconds for kind, seconds in every.items() if self.on and kind in self.kinds}

    @property
    def chosen(self) -> Chosen:
        return Chosen(files=self.files, closed_files=self.closed_files, users=self.users, noise=self.ignore)
