"""What holds for every file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house import tree

MOST_LINES = 300
# One room each, and what a part of it would have to know is all of it.
LONG = {
    "bot/ledger/requests.py": "requests, their votes and what was sent for them, as rows",
}
TEXT = frozenset({".py", ".md", ".toml", ".json", ".service", ".js", ".css", ".html", ".lock", ""})


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_files_are_one_room_each() -> None:
    """No module has more than 300 lines, but for the named; and none is named that needn't be."""
    lengths = {tree.shown(path): len(read(path).splitlines()) for path in tree.sources(*tree.PACKAGES)}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES and name not in LONG} == {}
    assert {name for name in LONG if lengths.get(name, 0) <= MOST_LINES} == set()


def test_every_module_says_what_it_is() -> None:
    """Each module begins with its docstring, but for empty packages of tests."""
    silent = [
        tree.shown(path)
        for path in tree.sources(*tree.PACKAGES, "tests")
        if read(path).strip() and ast.get_docstring(tree.parsed(path)) is None
    ]
    assert silent == []


def test_every_test_tells_its_promise() -> None:
    """Each test function begins with the sentence that it keeps."""
    silent = [
        f"{tree.shown(path)}: {node.name}"
        for path in tree.sources("tests")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_tests_use_no_mocks() -> None:
    """Nothing is tested against a pretended object."""
    mocked = [
        tree.shown(path)
        for path in tree.sources("tests", *tree.PACKAGES)
        for node in ast.walk(tree.parsed(path))
        if (isinstance(node, ast.ImportFrom) and "mock" in (node.module or ""))
        or (isinstance(node, ast.Import) and any("mock" in alias.name for alias in node.names))
    ]
    assert mocked == []


# ── nothing of the machine that it was written on ─────────────────────────────────────────────────────────────────

# Put together, so that this file isn't a find of its own.
MACHINE = re.compile(
    rf"(?<![\w./])/(?:{'|'.join(('work', 'root', 'Users', 'mnt', 'workspace'))})/[\w.-]"
    rf"|(?<![\w./])/(?:{'|'.join(('tmp', 'home'))})/(?!padmin/)[a-z]"  # padmin has his on every VIOS
    rf"|\b(?:{'|'.join(('pypi', 'pythonhosted', 'artifactory', 'nexus'))})\b\.",
)
UNDONE = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "Not" + "ImplementedError")) + r")\b")
# What machines print, and the addresses of a page that this project serves itself, are no paths of ours.
SIMULATED = {"bot/lab/fleet/server.py", "tests/bot/lab/fleet/test_shell.py"}


def texts() -> list[Path]:
    return [path for path in tree.files() if path.suffix in TEXT and "recorded" not in path.parts]


@pytest.mark.parametrize("pattern", [MACHINE, UNDONE], ids=["machine paths and package hosts", "undone"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    """No path of a machine, no host of a package index, nothing left to be done."""
    found = [
        f"{tree.shown(path)}:{number} {match[0]}"
        for path in texts()
        if tree.shown(path) not in SIMULATED
        for number, line in enumerate(read(path).splitlines(), 1)
        if (match := pattern.search(line)) and "lab/workspace" not in line
    ]
    assert found == []


# ── recordings ────────────────────────────────────────────────────────────────────────────────────────────────────

RECORDED = tree.ROOT / "tests" / "recorded"
# Each parser of what machines print, and where its recordings are: here, or, of other people's machines, in the
# captures beside this repository, which the tests read in place.
PARSERS = {
    "handlers.explain.Explainer": "migrlpar",
    "handlers.explain.explain": "migrlpar",
    "handlers.spotting.explained": "migrlpar",
    "handlers.aix.attributes.attributes": "aix-lsattr",
    "handlers.aix.devices.devices": "aix-lsdev-adapter",
    "handlers.aix.devices.paths": "aix-lspath",
    "handlers.aix.logs.config_log": "aix-alog-cfg",
    "handlers.aix.network.interfaces": "aix-ifconfig",
    "handlers.aix.session.limits": "aix-ulimit",
    "handlers.aix.session.variables": "aix-env",
    "handlers.aix.software.file_sets": "aix-lslpp",
    "handlers.aix.tunables.tunables": "aix-tunables",
    "handlers.aix.upkeep.found_lines": "aix-keygen",
    "handlers.disks.paths": "lshwres",
    "handlers.entlines.tagged": "entstat",
    "handlers.entstat.sea": "entstat",
    "handlers.errlog.entries": "errlog",
    "handlers.seattr.settings": "lsdev",
    "handlers.attrlist.listed": "drift/attributes",
    "handlers.drift.devices.attributes": "drift/attributes",
    "handlers.drift.devices.present": "drift/devices",
    "handlers.drift.printed.content": "drift/file",
    "handlers.drift.printed.sealed_content": "drift/file",
    "handlers.drift.printed.environment": "drift/env",
    "handlers.drift.printed.filesets": "drift/filesets",
    "handlers.drift.printed.level": "drift/level",
    "handlers.drift.printed.limits": "drift/limits",
    "handlers.drift.serving.bridges": "drift/bridges",
    "handlers.drift.serving.fibre_maps": "drift/npiv",
    "handlers.drift.serving.firewall": "drift/firewall",
    "handlers.drift.serving.level": "drift/ioslevel",
    "handlers.drift.serving.present": "drift/vios-devices",
    "handlers.drift.serving.routes": "drift/routes",
    "handlers.drift.serving.scsi_maps": "drift/vscsi",
    "handlers.drift.serving.tunables": "drift/optimizenet",
    "handlers.drift.tunables.tunables": "drift/no",
    "handlers.drift.value.unpacked": "tests/handlers/drift/test_sources.py",  # reads what we wrote ourselves
    "handlers.networks.adapters": "lshwres",
    "handlers.entstat.elapsed": "entstat",
    "handlers.networks.bridges": "lsmap",
    "handlers.hmc.attributes.rows": "lshwres-mem",
    "handlers.hmc.keeping.files": "tests/handlers/hmc/test_keeping.py",
    "handlers.hmc.standing.parsed": "lssyscfg-lpar-all",
    "handlers.networks.mapped": "lsmap",
    "handlers.padmin.devices.devices": "lsdev-list",
    "handlers.padmin.devices.parent": "lsdev-parent",
    "handlers.padmin.devices.values": "lsdev-range",
    "handlers.padmin.mappings.bridged": "lsmap-net",
    "handlers.padmin.mappings.fibre_hosts": "lsmap-npiv",
    "handlers.padmin.mappings.scsi_hosts": "lsmap-scsi",
    "handlers.padmin.media.repository": "lsrep",
    "handlers.padmin.paths.disk_paths": "lspath",
    "handlers.padmin.pools.backings": "lssp-bd",
    "handlers.padmin.pools.pool_disks": "lssp-detail",
    "handlers.padmin.pools.pools": "lssp",
    "handlers.padmin.npiv.ports": "lsnports",
    "handlers.padmin.stock.disks": "lspv",
    "handlers.padmin.errors.entries": "errbr",
    "handlers.padmin.hardware.firmware": "lsfware",
    "handlers.padmin.hardware.slots": "lsdev-slots",
    "handlers.padmin.hardware.vital": "lsdev-vpd",
    "handlers.padmin.itself.clock": "chdate",
    "handlers.padmin.software.packages": "lssw",
    "handlers.padmin.counters.counters": "entstat-counters",
    "handlers.padmin.fibre.clients": "fcstat",
    "handlers.padmin.fibre.port": "fcstat",
    "handlers.padmin.security.users": "lsuser",
    "handlers.padmin.statistics.flows": "viostat",
    "handlers.sea.port.device": "lsdev-port",
    "handlers.sea.sharing.level": "tests/handlers/sea/test_sharing.py",
    "handlers.padmin.attributes.limits": "lsdev-limits",
    "handlers.padmin.attributes.listed": "lsdev-settable",
    "handlers.padmin.archives.files": "ls",
    "handlers.padmin.clocks.reading": "clock",
    "handlers.padmin.firewalls.firewall": "viosecure-state",
    "handlers.padmin.interfaces.gateways": "netstat-gateways",
    "handlers.padmin.interfaces.interfaces": "lstcpip-interfaces",
    "handlers.padmin.tuning.tunable": "optimizenet-one",
    "handlers.hmcout.pairs": "lshwres",
    "handlers.hmcout.values": "tests/handlers/test_hmcout.py",
    "handlers.catalogue.parse": "handlers/codes.toml",  # reads our own file
}


def parsers() -> set[str]:
    """The public readers of handlers: functions of a whole text, or of its lines, that make values of it; and what is
    fed line by line."""
    found = set()
    for path in tree.sources("handlers"):
        if tree.module_of(path) == "handlers.grammar":  # reads people's words, not machines'
            continue
        for node in tree.parsed(path).body:
            if isinstance(node, ast.ClassDef) and {"feed", "close"} <= {
                getattr(each, "name", "") for each in node.body
            }:
                found.add(f"{tree.module_of(path)}.{node.name}")
            if isinstance(node, ast.FunctionDef) and _reads_text(node):
                found.add(f"{tree.module_of(path)}.{node.name}")
    return found - {"handlers.command.Reader"}  # what such a class looks like


def _reads_text(node: ast.FunctionDef) -> bool:
    first = node.args.args[0].arg if node.args.args else ""
    plain = isinstance(node.returns, ast.Name) and node.returns.id in ("str", "bool")
    return not node.name.startswith("_") and first in ("text", "lines", "toml_text") and not plain


def test_every_parser_has_recordings() -> None:
    """A new parser has its recordings, or the test that reads captures, named here; and none is named in vain."""
    assert parsers() == set(PARSERS)
    for where in PARSERS.values():
        assert (tree.ROOT / where).is_file() or any((RECORDED / where).glob("*.raw")), where


def test_every_recording_has_its_meaning() -> None:
    """Raw output and what it means lie side by side, and nothing else lies there."""
    stems = {suffix: {path.with_suffix("") for path in RECORDED.rglob(f"*{suffix}")} for suffix in (".raw", ".json")}
    assert stems[".raw"] == stems[".json"]
    assert {path.suffix for path in RECORDED.rglob("*") if path.is_file()} == {".raw", ".json"}
