"""An AIX as a value: what an administrator has set in it, as far as it differs from how it was installed."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_LARGESEND = re.compile(r"^\s*(?:/etc/|/usr/sbin/)?ifconfig (en\d+) (-?)largesend\s*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A tunable that isn't at its default everywhere: what holds now, and what will hold after the next start."""

    command: str  # no, vmo, schedo, ioo
    name: str
    current: str
    reboot: str

    @property
    def key(self) -> tuple[str, str]:
        return self.command, self.name


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceAttribute:
    """`current` holds now; `stored` is what the device database has, and holds after the next start."""

    device: str
    name: str
    current: str
    stored: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Aix:
    """`files` are those whose text isn't the installed one; `power_path`: pseudo devices over the disks' paths.

    `disks`: None, they follow from the mappings.
    """

    settings: tuple[Setting, ...] = ()
    attributes: tuple[DeviceAttribute, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    disks: tuple[str, ...] | None = None
    configured: tuple[tuple[float, str], ...] = ()  # when, by its own clock, and by which command
    power_path: tuple[str, ...] = ()

    def setting(self, command: str, name: str) -> Setting | None:
        return next((each for each in self.settings if each.key == (command, name)), None)

    def attribute(self, device: str, name: str) -> DeviceAttribute | None:
        return next((each for each in self.attributes if (each.device, each.name) == (device, name)), None)

    def file(self, path: str) -> str | None:
        return dict(self.files).get(path)

    def with_settings(self, settings: tuple[Setting, ...]) -> Aix:
        """Those take the place of what was set under their names."""
        kept = {each.key: each for each in self.settings} | {each.key: each for each in settings}
        return replace(self, settings=tuple(kept.values()))

    def with_attributes(self, attributes: tuple[DeviceAttribute, ...]) -> Aix:
        kept = {(each.device, each.name): each for each in (*self.attributes, *attributes)}
        return replace(self, attributes=tuple(kept.values()))

    def with_file(self, path: str, text: str | None) -> Aix:
        """None: as it was installed."""
        files = {name: kept for name, kept in self.files if name != path}
        return replace(self, files=tuple((files | ({} if text is None else {path: text})).items()))

    def started(self) -> Aix:
        """After a start, what was stored for it holds, and what /etc/rc.net sets then."""
        after = replace(
            self,
            settings=tuple(replace(each, current=each.reboot) for each in self.settings),
            attributes=tuple(replace(each, current=each.stored) for each in self.attributes),
        )
        for name, sign in _LARGESEND.findall(self.file("/etc/rc.net") or ""):
            after = after.with_attributes((after.large_send(name, on=not sign),))
        return after

    def large_send(self, name: str, *, on: bool) -> DeviceAttribute:
        """As `ifconfig` sets it: until the next start."""
        before = self.attribute(name, "mtu_bypass")
        stored = before.stored if before is not None else "off"
        return DeviceAttribute(device=name, name="mtu_bypass", current="on" if on else "off", stored=stored)
