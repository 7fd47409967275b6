"""The report on drift: whole, harmless whatever machines and people wrote, and the counts over time behind its plot."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import drift_page, kit, tables
from bot.ledger import drift
from bot.ledger.drift import Word
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.own.drift_pasts import Pasts, fleet, picture
from bot.sheets import FORMULA
from handlers.drift import reporting
from handlers.drift.comparing import Did, Difference
from handlers.drift.reporting import Differing, FleetReport, HostReport, Said, Standing
from handlers.drift.value import Value, packed
from policies.alerts import Severity
from policies.words import Person
from tests.bot.looks import HOSTILE, NOON

LEA = Person(workspace="T1", member="LEA")
START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def differing(key: str, before: str, after: str, severity: Severity, said: Said | None = None) -> Differing:
    difference = Difference(
        did=Did.CHANGED, question="no", key=key, before=Value(before, "16384"), after=Value(after, "16384"),
        severity=severity,
    )  # fmt: skip
    back = (f"no -p -o {key}={before}",)
    return Differing(difference=difference, explained=(f"{key}: x",), back=back, no_way="", changed=(), said=said)


def host(name: str, *found: Differing, out: str = "", why: str = "as built", **unread: str) -> HostReport:
    return HostReport(
        host=name, version=2, at=NOON, by="T1:LEA", why=why, proposed=False, read_at=NOON, out=out, unread=unread,
        differing=found,
    )  # fmt: skip


ACCEPTED = Said(kind="accepted", by="T1:LEA", until=NOON + timedelta(days=7), why="a test of buffers")
SAME = differing("tcp_sendspace", "262144", "131072", Severity.WARNING)
WORST = differing("ipforwarding", "0", "1", Severity.SERIOUS)
FLEET = FleetReport(
    at=NOON,
    filter="",
    hosts=(
        host("app01", SAME),
        host("db01", SAME, WORST),
        host("db02", differing("rfc1323", "1", "0", Severity.WARNING, ACCEPTED)),
        host("old01", out="no route to it."),
        host("web01", filesets="filesets: it is cut off"),
    ),
)

# ── as values ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_counts_each_host_once_and_folds_what_many_have() -> None:
    """What is accepted doesn't drift, what can't be read isn't right, and the same change is one line."""
    assert FLEET.counts == {Standing.UNREADABLE: 2, Standing.DRIFTING: 2, Standing.RIGHT: 1}
    (folded,) = FLEET.folded
    assert (folded.said, folded.hosts) == ("no/tcp_sendspace 262144 → 131072", ("app01", "db01"))
    assert [each.host for each in FLEET.worst_first] == ["db01", "app01", "old01", "web01", "db02"]


# ── as a sheet and a page ─────────────────────────────────────────────────────────────────────────────────────────


def read(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet, newline="")))


def test_the_sheet_has_a_row_for_each_difference_and_each_unread_question() -> None:
    """With both values, who accepted it until when, and why nothing could be read."""
    rows = read(tables.sheet(reporting.table(FLEET), "csv"))
    assert len(rows) == reporting.rows(FLEET.hosts) == 6
    by = {(row["host"], row["setting"]): row for row in rows}
    told = by["db02", "no/rfc1323"]
    assert (told["should_be"], told["is_now"], told["word"], told["word_by"]) == ("1", "0", "accepted", "T1:LEA")
    assert told["word_until"] == ACCEPTED.until.isoformat()
    assert by["web01", "filesets"]["explained"] == "filesets: it is cut off"
    assert by["old01", ""]["explained"] == "no route to it."


class Seen(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.names, self.words = set[str](), set[str](), list[str]()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "ul", "li", "b", "span", "section"}
TAGS |= {"div", "dl", "dt", "dd", "pre", "code"}
MARKUP = ("<script>alert(1)</script>", "</style><img src=x onerror=y>", "]]>", "&lt;", "--><b>", "\"'>", "=1+1", "@x")


@given(st.lists(st.one_of(st.sampled_from((*MARKUP, *HOSTILE)), st.text(max_size=30)), min_size=4, max_size=4))
def test_nothing_that_was_read_or_written_is_markup_or_a_formula(words: list[str]) -> None:
    """Whatever a machine printed and a person wrote: the page's elements are ours, all words are there, and no cell
    of the sheet begins as a formula does."""
    name, value, why, unread = words
    report = FleetReport(
        at=NOON, filter=name, hosts=(host(name, differing("x", value, why, Severity.NOTE), why=why, no=unread),)
    )
    seen = Seen(drift_page.page(report))
    assert seen.tags <= TAGS
    assert seen.names <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    shown = "".join("".join(seen.words).split())
    for each in words:
        assert "".join(kit.printable(each).split()) in shown
    sheet = io.StringIO(tables.sheet(reporting.table(report), "csv"), newline="")
    assert not [cell for row in csv.reader(sheet) for cell in row if cell.startswith(FORMULA)]


def test_the_page_tells_of_every_host_and_loads_nothing() -> None:
    """Baselines with whose they are, both values, the way back, who accepted what, why nothing was read."""
    page = drift_page.page(FLEET)
    words = " ".join("".join(Seen(page).words).split())
    for told in (
        "2 hosts: no/tcp_sendspace 262144 → 131072", "app01, db01", "no -p -o ipforwarding=0", "as built",
        "accepted until 2026-12-02 12:00 UTC by T1:LEA: a test of buffers", "no route to it.",
        "filesets: it is cut off",
    ):  # fmt: skip
        assert told in words
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page


def test_what_a_page_leaves_out_it_counts() -> None:
    """A level that changed changes hundreds: the worst are shown, and where the others are is said."""
    many = [differing(f"x{n}", "0", "1", Severity.NOTE) for n in range(300)]
    report = FleetReport(at=NOON, filter="", hosts=(host("db01", *many, WORST), host("db02", *many)))
    words = " ".join("".join(Seen(drift_page.page(report)).words).split())
    assert "no/ipforwarding" in words
    assert "…and 241 more: /drift diff db01" in words
    assert "…and 200 more: the sheet has all" in words
    assert len(read(tables.sheet(reporting.table(report), "csv"))) == 601


# ── over time ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Clock:
    time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    opened = Ledger(tmp_path, clock).open()
    yield opened
    opened.close()


def told(host: str, forward: str, send: str, tx: Tx) -> None:
    text = packed({"ipforwarding": Value(forward), "tcp_sendspace": Value(send)})
    drift.first_sight(tx, host, drift.keep(tx, host, {"no": text}))


def accepted(tx: Tx) -> None:
    found = drift.readings(tx.db, "db01")
    drift.set_baseline(tx, "db01", found, by=LEA, why="agreed")


async def test_what_was_open_when_is_worked_out_from_what_is_kept(ledger: Ledger, clock: Clock) -> None:
    """It grows with a change, sinks while it is ignored, comes back after, and ends when it joins the baseline."""
    hour = timedelta(hours=1)
    await ledger.write(partial(told, "db01", "0", "1"))
    clock.time += hour
    await ledger.write(partial(told, "db01", "1", "1"))
    clock.time += hour
    await ledger.write(partial(told, "db01", "1", "2"))
    clock.time += hour
    word = Word(
        host="db01", kind="ignored", name="no/ipf*", value=None, until=clock.time + hour, at=clock.time, by=str(LEA),
        why="a test",
    )  # fmt: skip
    await ledger.write(lambda tx: drift.say(tx, word))
    clock.time += 2 * hour
    await ledger.write(accepted)
    steps = ledger.read_now(lambda db: Pasts(db).of("db01", None, clock.time))
    counts = [((at - START) // hour, dict(found)) for at, found in steps]
    serious, warning = {Severity.SERIOUS: 1}, {Severity.WARNING: 1}
    assert counts == [(0, {}), (1, serious), (2, serious | warning), (3, warning), (4, serious | warning), (5, {})]
    late = ledger.read_now(lambda db: Pasts(db).of("db01", START + 2.5 * hour, clock.time))
    assert [((at - START) / hour, dict(found)) for at, found in late][:2] == [(2.5, serious | warning), (3, warning)]


async def test_the_fleet_is_the_sum_of_its_hosts_and_silence_is_no_picture(ledger: Ledger, clock: Clock) -> None:
    """Two hosts' counts are added moment by moment; where nothing ever differed there is nothing to draw."""
    for name in ("app01", "db01"):
        await ledger.write(partial(told, name, "0", "1"))
    assert ledger.read_now(lambda db: picture("x", Pasts(db).of("db01", None, START), START)) is None
    for name in ("app01", "db01"):
        clock.time += timedelta(hours=1)
        await ledger.write(partial(told, name, "1", "1"))
    now = clock.time + timedelta(hours=1)
    plot = ledger.read_now(lambda db: fleet(Pasts(db), ["app01", "db01"], now))
    assert plot is not None
    (serious,) = plot.series
    assert [each.value for each in serious.readings] == [0.0, 1.0, 2.0, 2.0]
    assert "serious: highest 2; 0 from 03:00:00; 1 from 04:00:00; 2 from 05:00:00." in plot.alt
