"""What an administrator changes in an operating system: tunables, attributes of devices, files, its error log.

What is stored for the next start holds from then on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.errorlog import Entry
from bot.lab.fleet.events.changing import aftermath, change, with_partition
from bot.lab.fleet.events.power import PartitionBooted
from bot.lab.fleet.events.stored import restored
from bot.lab.fleet.happening import OfPartition
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.operating import DeviceAttribute, Setting


@dataclass(frozen=True, kw_only=True)
class Tuned(OfPartition):
    settings: tuple[Setting, ...]


@dataclass(frozen=True, kw_only=True)
class AttributesSet(OfPartition):
    attributes: tuple[DeviceAttribute, ...]


@dataclass(frozen=True, kw_only=True)
class FileWritten(OfPartition):
    """`text`: None gives it the text again that was installed."""

    path: str
    text: str | None


@dataclass(frozen=True, kw_only=True)
class ErrorLogCleared(OfPartition):
    """`errclear`: entries of its clock's `before` and earlier; of those classes or identifiers, where any are named."""

    before: float
    classes: str = ""
    identifiers: frozenset[str] = frozenset()

    def goes(self, entry: Entry) -> bool:
        return (
            entry.stamp <= self.before
            and (not self.classes or entry.kind.klass in self.classes)
            and (not self.identifiers or entry.kind.identifier in self.identifiers)
        )


@change.register
def _(event: Tuned, fleet: Fleet) -> Fleet:
    def tuned(host: Partition) -> Partition:
        return replace(host, aix=host.aix.with_settings(event.settings))

    return with_partition(fleet, event.system, event.partition, tuned)


@change.register
def _(event: AttributesSet, fleet: Fleet) -> Fleet:
    def changed(host: Partition) -> Partition:
        return replace(host, aix=host.aix.with_attributes(event.attributes))

    return with_partition(fleet, event.system, event.partition, changed)


@change.register
def _(event: FileWritten, fleet: Fleet) -> Fleet:
    def written(host: Partition) -> Partition:
        return replace(host, aix=host.aix.with_file(event.path, event.text))

    return with_partition(fleet, event.system, event.partition, written)


@change.register
def _(event: ErrorLogCleared, fleet: Fleet) -> Fleet:
    def cleared(host: Partition) -> Partition:
        return replace(host, error_log=tuple(each for each in host.error_log if not event.goes(each)))

    return with_partition(fleet, event.system, event.partition, cleared)


@aftermath.register
def _(event: PartitionBooted, fleet: Fleet, before: Fleet) -> Fleet:
    fleet = with_partition(fleet, event.system, event.partition, lambda each: replace(each, aix=each.aix.started()))
    return restored(fleet, event.system, event.partition)
