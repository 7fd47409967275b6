"""A report on drift as one page: read on a phone, on paper, in light and in dark. Pure.

It is built as a tree, so that nothing that a machine or a person wrote can be markup; it loads and runs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring  # written here, never read

from bot import kit
from handlers.drift.comparing import Difference
from handlers.drift.reporting import Differing, FleetReport, Folded, HostReport, Standing
from policies.alerts import Severity
from policies.words import counted

# Nothing is fetched, and no script runs, whatever stands in it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
SHOWN = 60  # differences of a host, the worst first; the sheet has all
FOLDED = 100  # changes that many hosts have
NAMED = 12  # hosts of a change that many have, by name; of more the rest is counted
MARKS = {Severity.NOTE: "i", Severity.WARNING: "!", Severity.SERIOUS: "!!", Severity.CRITICAL: "!!!"}
WORDS = {Standing.RIGHT: "right", Standing.DRIFTING: "drifting", Standing.UNREADABLE: "not wholly readable"}
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --ground: #ffffff; --card: #f6f8fa; --line: #d0d7de;
  --note: #0a5a75; --warning: #7a4b00; --serious: #8a2c02; --critical: #a40e26; --right: #0b5c27; --link: #0550ae; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --ground: #0d1117; --card: #161b22;
  --line: #3d444d; --note: #6cc4e0; --warning: #e3b341; --serious: #ffa657; --critical: #ff8f8f; --right: #56d364;
  --link: #79c0ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 16px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 0; } a { color: var(--link); } p { margin: .25rem 0; }
.soft { color: var(--soft); font-size: .9rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; padding: 0; list-style: none; }
.counts li { border: 1px solid var(--line); border-radius: .5rem; padding: .4rem .9rem; background: var(--card); }
.counts b { font-size: 1.4rem; margin-right: .4rem; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li { padding: .45rem 0; border-top: 1px solid var(--line); }
.host { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: .8rem 1rem; }
.head { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
.one { border-top: 1px solid var(--line); margin-top: .7rem; padding-top: .7rem; break-inside: avoid; }
.said { border-left: 4px solid var(--line); padding-left: .7rem; }
.tag { display: inline-block; font-size: .8rem; font-weight: 600; border: 1px solid currentColor; border-radius: .4rem;
  padding: 0 .4rem; white-space: nowrap; }
.note { color: var(--note); } .warning { color: var(--warning); } .serious { color: var(--serious); }
.critical { color: var(--critical); } .right { color: var(--right); }
.name { font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .5rem; margin: .5rem 0; }
dl div { background: var(--card); border-radius: .4rem; padding: .3rem .6rem; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-family: ui-monospace, monospace; font-size: .9rem; white-space: pre-wrap; }
pre { background: var(--card); border-radius: .4rem; padding: .5rem .6rem; margin: .5rem 0; font-size: .85rem;
  white-space: pre-wrap; } pre .new { color: var(--right); } pre .old { color: var(--critical); }
code { font-size: .9rem; }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --ground: #fff; --card: #fff; --line: #888;
  --note: #000; --warning: #000; --serious: #000; --critical: #000; --right: #000; --link: #000; }
  body { max-width: none; padding: 0; font-size: 11pt; } dl div, pre { border: 1px solid #888; }
  a { text-decoration: none; } }
"""


def page(report: FleetReport) -> str:
    """The whole file."""
    html = Element("html", lang="en")
    head = SubElement(html, "head")
    SubElement(head, "meta", charset="utf-8")
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    SubElement(head, "meta", name="color-scheme", content="light dark")
    _text(SubElement(head, "title"), f"Drift report, {_when(report.at)}")
    SubElement(head, "style").text = STYLE
    body = SubElement(html, "body")
    _summary(body, report)
    _folded(body, report.folded)
    wrong, right = list[HostReport](), list[HostReport]()
    for each in report.worst_first:
        (right if each.standing is Standing.RIGHT and not each.differing else wrong).append(each)
    if wrong:
        _text(SubElement(body, "h2"), "Host by host, the worst first")
    for each in wrong:
        _host(body, each)
    _right(body, right)
    return f"<!DOCTYPE html>\n{tostring(html, encoding='unicode', method='html')}\n"


# ── on top ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _summary(body: Element, report: FleetReport) -> None:
    _text(SubElement(body, "h1"), "Drift report")
    chosen = f", those called {report.filter}" if report.filter else ""
    _text(_soft(body), f"As of {_when(report.at)}: {counted(len(report.hosts), 'host')}{chosen}, as last read.")
    counts = SubElement(body, "ul", {"class": "counts"})
    for standing, count in reversed([*report.counts.items()]):
        item = SubElement(counts, "li")
        bold = SubElement(item, "b")
        bold.text, bold.tail = str(count), WORDS[standing]
    open_now = sum(len(each.open) for each in report.hosts)
    covered = sum(len(each.differing) for each in report.hosts) - open_now
    found = counted(open_now, "open difference").capitalize()
    _text(SubElement(body, "p"), f"{found}, {covered or 'none'} accepted or ignored.")
    for sentence in report.plot:
        _text(_soft(body), sentence)


def _folded(body: Element, folded: list[Folded]) -> None:
    if not folded:
        return
    _text(SubElement(body, "h2"), "The same on many hosts")
    items = SubElement(body, "ul", {"class": "plain"})
    for each in folded[:FOLDED]:
        item = SubElement(items, "li")
        _tag(item, each.severity)
        _text(SubElement(item, "span", {"class": "name"}), f" {len(each.hosts)} hosts: {each.said}")
        more = f" and {len(each.hosts) - NAMED} more" if len(each.hosts) > NAMED else ""
        _text(_soft(item), f"{', '.join(each.hosts[:NAMED])}{more}")
    if len(folded) > FOLDED:
        _text(_soft(body), f"…and {len(folded) - FOLDED} more: the sheet has all.")


# ── a host ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _host(body: Element, host: HostReport) -> None:
    block = SubElement(body, "section", {"class": "host"})
    head = SubElement(block, "div", {"class": "head"})
    _text(SubElement(head, "h3"), host.host)
    if host.severity is not None:
        _tag(head, host.severity)
    _text(SubElement(head, "span", {"class": "soft"}), _stands(host))
    for line in _about(host):
        _text(_soft(block), line)
    for question, why in sorted(host.unread.items()):
        one = SubElement(block, "div", {"class": "one"})
        _tag(one, Severity.WARNING, "unreadable")
        _text(SubElement(one, "span", {"class": "name"}), f" {question}")
        _text(SubElement(one, "p"), f"{why}. Its baseline stays, and what it was last read to be still counts.")
    found = sorted(host.differing, key=lambda each: (each.said is not None, -each.difference.severity))
    for each in found[:SHOWN]:
        _difference(block, each)
    if len(found) > SHOWN:
        more = f"…and {len(found) - SHOWN} more: /drift diff {host.host}, and the sheet, have all."
        _text(_soft(block), more)


def _stands(host: HostReport) -> str:
    covered = len(host.differing) - len(host.open)
    told = [f"{len(host.open)} open"] if host.open else []
    told += [f"{covered} accepted or ignored"] if covered else []
    told += [f"{len(host.unread)} unreadable"] if host.unread else []
    return ", ".join(told) or "nothing differs"


def _about(host: HostReport) -> Iterator[str]:
    owned = "proposed by hscbot, nobody has said that it is right" if host.proposed else f"by {host.by}"
    yield f"Baseline {host.version} of {_when(host.at)}, {owned}: {host.why}"
    read = _when(host.read_at) if host.read_at is not None else "not since that is kept"
    yield f"Last read: {read}" + (f". It can't be asked now: {host.out}" if host.out else "")


def _difference(block: Element, each: Differing) -> None:
    told, said = each.difference, each.said
    one = SubElement(block, "div", {"class": "one said" if said is not None else "one"})
    _tag(one, told.severity, f"{said.kind}: {told.severity.word}" if said is not None else "")
    _text(SubElement(one, "span", {"class": "name"}), f" {told.name}")
    if said is not None:
        _text(SubElement(one, "p"), f"{said.kind} until {_when(said.until)} by {said.by}: {said.why}")
    if not each.changed:
        _values(SubElement(one, "dl"), told)
    else:
        pre = SubElement(one, "pre")
        for line in each.changed:
            kind = {"+": "new", "-": "old"}.get(line[:1], "soft" if line.startswith("@") else "")
            _text(SubElement(pre, "span", {"class": kind}), f"{line}\n")
    _text(_soft(one), " · ".join(each.explained))
    way = SubElement(one, "p")
    way.text = "Way back: " if each.back else f"No way back: {kit.printable(each.no_way)}"
    if each.back:
        _text(SubElement(way, "code"), "; ".join(each.back))


def _values(values: Element, told: Difference) -> None:
    before, after = told.before, told.after
    _value(values, "should be", before.now if before is not None else None)
    _value(values, "is", after.now if after is not None else None)
    latest = after or before
    if latest is not None and latest.default is not None:
        _value(values, "default", latest.default)
    if latest is not None and latest.waits:
        _value(values, "after the next start", latest.boot)


def _value(values: Element, name: str, told: str | None) -> None:
    pair = SubElement(values, "div")
    _text(SubElement(pair, "dt"), name)
    _text(SubElement(pair, "dd"), "(not there)" if told is None else told or "(nothing)")


def _right(body: Element, hosts: list[HostReport]) -> None:
    if not hosts:
        return
    _text(SubElement(body, "h2"), "As they should be")
    items = SubElement(body, "ul", {"class": "plain"})
    for host in hosts:
        item = SubElement(items, "li")
        _text(SubElement(item, "span", {"class": "name"}), host.host)
        for line in _about(host):
            _text(_soft(item), line)


# ── small parts ───────────────────────────────────────────────────────────────────────────────────────────────────


def _tag(place: Element, severity: Severity, word: str = "") -> None:
    """In words and a mark: colour alone says nothing."""
    tag = SubElement(place, "span", {"class": f"tag {severity.word}"})
    _text(tag, f"{MARKS[severity]} {word or severity.word}")


def _soft(place: Element) -> Element:
    return SubElement(place, "p", {"class": "soft"})


def _text(place: Element, text: str) -> None:
    place.text = kit.printable(text)


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
