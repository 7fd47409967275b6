"""Each parser of what machines print: its recordings, and that it refuses a line which it doesn't know."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.app import OPERATIONS
from handlers.hmc import resources
from handlers.hmc.attributes import Attributed
from handlers.hmcout import Unreadable
from handlers.reading import Read
from tests.house import tree
from tests.house.test_reads import ODD

RECORDED = tree.ROOT / "tests" / "recorded"


@dataclass(frozen=True)
class Parser:
    """`recordings`: their folder; `good`: texts in their place, where a line is all there is to it. `given`: what else
    it takes; `knows`: why no line is one that it doesn't know."""

    recordings: str = ""
    good: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    knows: str = ""

    def texts(self) -> list[str]:
        """Raw answers; a machine's refusal may be among them, and it is no parser's to read."""
        folder = RECORDED / self.recordings if self.recordings else None
        found = sorted(folder.glob("*.raw")) if folder is not None else []
        return [*self.good, *(path.read_text(encoding="utf-8") for path in found)]


def _as_asked(read: type[Attributed]) -> dict[str, Any]:
    return {"columns": read.columns, "attributes": read.attributes, "known_by": read.known_by}


ANY_TEXT = "it looks for codes in whatever text there is; what holds none is shown as it is"
A_FILE = "a file may hold any line"
A_WORD = "it looks for a level in a cell that was read before; without one there is none"
A_NAME = "a file on an HMC may have any name that can be printed"
BESIDE = "counters reads the same text, and refuses what it doesn't know of it"
OUR_OWN = "it reads what we wrote ourselves, and no machine's words"
PARSERS = {
    "handlers.explain.Explainer": Parser("migrlpar", knows=ANY_TEXT),
    "handlers.explain.explain": Parser("migrlpar", knows=ANY_TEXT),
    "handlers.spotting.explained": Parser("migrlpar", knows=ANY_TEXT),
    "handlers.aix.attributes.attributes": Parser("aix-lsattr"),
    "handlers.aix.devices.devices": Parser("aix-lsdev-adapter"),
    "handlers.aix.devices.paths": Parser("aix-lspath"),
    "handlers.aix.logs.config_log": Parser("aix-alog-cfg"),
    "handlers.aix.network.interfaces": Parser("aix-ifconfig"),
    "handlers.aix.session.limits": Parser("aix-ulimit"),
    "handlers.aix.session.variables": Parser("aix-env"),
    "handlers.aix.software.file_sets": Parser("aix-lslpp"),
    "handlers.aix.tunables.tunables": Parser("aix-tunables"),
    "handlers.aix.upkeep.found_lines": Parser("aix-keygen"),
    "handlers.disks.paths": Parser("lshwres"),
    "handlers.entlines.tagged": Parser("entstat"),
    "handlers.entstat.sea": Parser("entstat", given={"name": "ent4"}),
    "handlers.errlog.entries": Parser("errlog"),
    "handlers.seattr.settings": Parser("lsdev"),
    "handlers.attrlist.listed": Parser("drift/attributes"),
    "handlers.drift.adapters.ethernet_profiled": Parser(
        good=("4/0/99///0/ETHERNET0//all/none",), given={"running": {}}
    ),
    "handlers.drift.adapters.slots_profiled": Parser(good=("21010003/none/1",)),
    "handlers.drift.devices.attributes": Parser("drift/attributes"),
    "handlers.drift.devices.present": Parser("drift/devices"),
    "handlers.drift.printed.content": Parser("drift/file", knows=A_FILE),
    "handlers.drift.printed.sealed_content": Parser("drift/file", knows=A_FILE),
    "handlers.drift.printed.environment": Parser("drift/env"),
    "handlers.drift.printed.filesets": Parser("drift/filesets"),
    "handlers.drift.printed.level": Parser("drift/level"),
    "handlers.drift.printed.limits": Parser("drift/limits"),
    "handlers.drift.serving.bridges": Parser("drift/bridges"),
    "handlers.drift.serving.fibre_maps": Parser("drift/npiv"),
    "handlers.drift.serving.firewall": Parser("drift/firewall"),
    "handlers.drift.serving.level": Parser("drift/ioslevel"),
    "handlers.drift.serving.present": Parser("drift/vios-devices"),
    "handlers.drift.serving.routes": Parser("drift/routes"),
    "handlers.drift.serving.scsi_maps": Parser("drift/vscsi"),
    "handlers.drift.serving.tunables": Parser("drift/optimizenet"),
    "handlers.drift.tunables.tunables": Parser("drift/no"),
    "handlers.drift.value.unpacked": Parser(knows=OUR_OWN),
    "handlers.networks.adapters": Parser("lshwres"),
    "handlers.entstat.elapsed": Parser("entstat", given={"name": "ent4"}),
    "handlers.networks.bridges": Parser("lsmap"),
    "handlers.hmc.attributes.rows": Parser("lshwres-mem", given=_as_asked(resources.Memory)),
    "handlers.hmc.keeping.files": Parser(good=("p72.sysplan\n",), knows=A_NAME),
    "handlers.hmc.standing.parsed": Parser("lssyscfg-lpar-all", given={"system": "p72"}),
    "handlers.networks.mapped": Parser("lsmap"),
    "handlers.padmin.devices.devices": Parser("lsdev-list"),
    "handlers.padmin.devices.parent": Parser("lsdev-parent"),
    "handlers.padmin.devices.values": Parser("lsdev-range"),
    "handlers.padmin.mappings.bridged": Parser("lsmap-net"),
    "handlers.padmin.mappings.fibre_hosts": Parser("lsmap-npiv"),
    "handlers.padmin.mappings.scsi_hosts": Parser("lsmap-scsi"),
    "handlers.padmin.media.repository": Parser("lsrep"),
    "handlers.padmin.paths.disk_paths": Parser("lspath"),
    "handlers.padmin.pools.backings": Parser("lssp-bd"),
    "handlers.padmin.pools.pool_disks": Parser("lssp-detail"),
    "handlers.padmin.pools.pools": Parser("lssp"),
    "handlers.padmin.fabrics.ports": Parser("lsnports"),
    "handlers.padmin.stock.disks": Parser("lspv"),
    "handlers.padmin.errors.entries": Parser("errbr"),
    "handlers.padmin.hardware.firmware": Parser("lsfware"),
    "handlers.padmin.hardware.slots": Parser("lsdev-slots"),
    "handlers.padmin.hardware.vital": Parser("lsdev-vpd"),
    "handlers.padmin.itself.boots": Parser("bootlist"),
    "handlers.padmin.itself.clock": Parser("chdate"),
    "handlers.padmin.volumes.group_disks": Parser("lsvg-pv"),
    "handlers.padmin.volumes.volumes": Parser("lsvg-lv"),
    "handlers.padmin.software.packages": Parser("lssw"),
    "handlers.padmin.counters.counters": Parser("entstat-counters"),
    "handlers.padmin.counters.elapsed": Parser("entstat-counters", knows=BESIDE),
    "handlers.padmin.fibre.clients": Parser("fcstat"),
    "handlers.padmin.fibre.port": Parser("fcstat"),
    "handlers.padmin.security.users": Parser("lsuser"),
    "handlers.padmin.statistics.flows": Parser("viostat"),
    "handlers.sea.port.device": Parser("lsdev-port"),
    "handlers.sea.levels.level": Parser(good=("VIOS 4.1.0.10\n",), knows=A_WORD),
    "handlers.padmin.attributes.limits": Parser("lsdev-limits"),
    "handlers.padmin.attributes.listed": Parser("lsdev-settable"),
    "handlers.padmin.archives.files": Parser("ls"),
    "handlers.padmin.clocks.reading": Parser("clock"),
    "handlers.padmin.firewalls.firewall": Parser("viosecure-state"),
    "handlers.padmin.interfaces.gateways": Parser("netstat-gateways"),
    "handlers.padmin.interfaces.interfaces": Parser("lstcpip-interfaces"),
    "handlers.padmin.tuning.tunable": Parser("optimizenet-one"),
    "handlers.hmcout.pairs": Parser("lshwres"),
    "handlers.hmcout.values": Parser(good=("db01,5\n", '"a,b",6\n'), given={"fields": ("name", "id")}),
    "handlers.catalogue.parse": Parser(knows=OUR_OWN),
}
FORMAL = {name: parser for name, parser in PARSERS.items() if not parser.knows}
each_formal = pytest.mark.parametrize("name", FORMAL)


def parsers() -> Iterator[str]:
    """The public readers of handlers: functions of a whole text, or of its lines, that make values of it; and what is
    fed line by line."""
    for path in tree.sources("handlers"):
        if tree.module_of(path) == "handlers.grammar":  # reads people's words, not machines'
            continue
        for node in tree.parsed(path).body:
            fed = isinstance(node, ast.ClassDef) and {"feed", "close"} <= {
                getattr(each, "name", "") for each in node.body
            }
            if fed or (isinstance(node, ast.FunctionDef) and _reads_text(node)):
                yield f"{tree.module_of(path)}.{getattr(node, 'name', '')}"


def _reads_text(node: ast.FunctionDef) -> bool:
    first = node.args.args[0].arg if node.args.args else ""
    plain = isinstance(node.returns, ast.Name) and node.returns.id in ("str", "bool")
    return not node.name.startswith("_") and first in ("text", "lines", "toml_text") and not plain


def parse(name: str, text: str) -> object:
    """What that parser makes of a text, to its end."""
    module, _, function = name.rpartition(".")
    run: Callable[..., Any] = getattr(importlib.import_module(module), function)
    takes_lines = next(iter(inspect.signature(run).parameters)) == "lines"
    found = run(text.splitlines() if takes_lines else text, **PARSERS[name].given)
    return list(found) if isinstance(found, Iterator) else found


def readable(name: str) -> list[str]:
    """Those of its texts that are an answer to it, as no machine's refusal is."""
    found = []
    for text in PARSERS[name].texts():
        try:
            parse(name, text)
        except Unreadable:
            continue
        found.append(text)
    return found


def test_every_parser_is_known_here() -> None:
    """A new one has its recordings, and none is named in vain."""
    assert set(parsers()) - {"handlers.command.Reader"} == set(PARSERS)  # what is fed looks like that


@each_formal
def test_it_reads_what_was_recorded(name: str) -> None:
    """An answer of a machine, at the least one."""
    assert readable(name)


@each_formal
@pytest.mark.parametrize("odd", ODD)
def test_it_refuses_a_line_that_it_doesnt_know(name: str, odd: str) -> None:
    """Alone, before a good answer and behind it: unreadable, and never left out."""
    for text in readable(name):
        for told in (odd, f"{odd}\n", f"{odd}\n{text}", f"{text}{odd}\n"):
            with pytest.raises(Unreadable):
                parse(name, told)


def test_every_recording_is_read_by_a_test() -> None:
    """What a raw answer means is held to what lies beside it: for a read by its own test, else where it is named."""
    reads = {each.recorded for each in OPERATIONS.values() if issubclass(each, Read)}
    folders = {path.parent.relative_to(RECORDED).as_posix() for path in RECORDED.rglob("*.raw")}
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in tree.sources("tests") if path.name != "test_parsers.py"
    )
    named = {folder for folder in folders if f'"{folder.partition("/")[0]}' in code or f"{folder}/" in code}
    assert folders - reads - named == set()
