"""What is logged in to without an HMC: AIX by itself, and the archive that evidence goes to."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.login import Host
from handlers.operation import HostName, Name
from handlers.place import Place

AIX = "aixlinux"  # the HMC's word for it, in lpar_env
ARCHIVE = "archive"  # the name of the one that there may be
Folder: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


class AixHost(Host):
    """An AIX that is logged in to without an HMC, and which partition it is: rules and tags for either name hold for
    it, and nothing else is done to the partition meanwhile."""

    name: HostName
    partition: Name = ""  # as the HMC calls it; empty: as it is called here
    system: Name | None = None  # its managed system, until an HMC tells; needed where two have a partition of that name

    @property
    def place(self) -> Place:
        return Place(host=self.name, name=self.partition or self.name, system=self.system or "", env=AIX)


class Archive(Host):
    """Where snapshots go by SFTP. `folder`: as the account sees it; it has to be there. Times are in seconds."""

    name: str = ARCHIVE
    folder: Folder
    every: float = Field(default=3_600.0, ge=60, le=7 * 86_400)  # from one look for what is new to the next
    stall: float = Field(default=30.0, ge=1, le=600)  # that it may take to confirm one step
    deadline: float = Field(default=600.0, ge=1, le=7_200)  # that one file may take

    @property
    def where(self) -> str:
        return f"{self.user}@{self.address}:{self.folder}"

    @model_validator(mode="after")
    def _by_key_alone(self) -> Archive:
        if self.password is not None:
            raise ValueError("an archive is logged in to by key: give key_file, and no password")
        if ".." in self.folder.split("/"):
            raise ValueError("folder: a path without ..")
        return self
