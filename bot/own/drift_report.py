"""The report over all hosts: as a page for people, or as a sheet for programs."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from bot import drift_page, tables
from bot.ledger import drift, watches
from bot.ledger.drift import Word
from bot.own import drift_pasts
from bot.own.answer import Answer, Asker, bad
from bot.own.drift import not_watched, source_of, watched
from bot.own.drift_pasts import Pasts
from bot.own.drift_stand import Stand, group_called
from handlers.drift import beside, machine, reporting
from handlers.drift.comparing import Difference, Quiet
from handlers.drift.explaining import explained
from handlers.drift.operations import ReportFleet
from handlers.drift.reporting import Differing, FleetReport, HostReport, Said
from policies.problems import AskProblem

MOST = 20_000  # rows of the sheet, and differences of the page


class TooMuchDrift(AskProblem):
    code = "drift-report-too-long"
    sentence = "That is more than the {most} rows that a report holds."
    why = "A file in Slack holds no more, and I leave nothing out unsaid."
    remedy = "Narrow it by a pattern of hosts, such as `/drift report db*`; `/drift status` tells where most differs."


class GroupInReport(AskProblem):
    code = "drift-report-of-a-group"
    sentence = "{group} is a group of hosts, and a report is over hosts, each against its own baseline."
    why = "What isn't alike in a group belongs to none of its hosts alone."
    remedy = "`/drift diff {group}` tells what isn't alike; `/drift status {group}` who is in it."


def report(asker: Asker, asked: ReportFleet) -> Answer:
    if asked.host is not None and group_called(asker.db, asked.host) is not None:
        raise GroupInReport(group=asked.host)
    there, left = (
        [each for each in some if asked.host is None or fnmatchcase(each, asked.host)] for some in watched(asker.db)
    )
    if not there:
        which = f"called {asked.host}" if asked.host is not None else "at all"
        return bad([f"I have never read how any host {which} is set.", "`/drift status` lists those that I have read."])
    pasts, hosts, rows = Pasts(asker.db, asker.world.ignored), list[HostReport](), 0
    for each in there:
        hosts.append(_host(asker, each, pasts))
        if (rows := rows + reporting.rows(hosts[-1:])) > MOST:
            raise TooMuchDrift(most=MOST)
    plot = drift_pasts.fleet(pasts, there, asker.now)
    words = plot.sentences if plot is not None else ()
    whole = FleetReport(
        at=asker.now, filter=asked.host or "", hosts=tuple(hosts), plot=(*not_watched(left), *words)
    )  # fmt: skip
    text = drift_page.page(whole) if asked.as_ == "html" else tables.sheet(reporting.table(whole), "csv")
    return Answer(status=0, text=text, pictures=(plot,) if plot is not None else ())


def _host(asker: Asker, host: str, pasts: Pasts) -> HostReport:
    stand = Stand(asker.db, host, asker.now, quiet=Quiet(site=asker.world.ignored), compared=pasts)
    thing = watches.thing(asker.db, machine.key_of(host))
    memory = thing.memory if thing is not None else None
    known = machine.Memory.model_validate_json(memory) if memory is not None else None
    own, words = stand.baseline, drift.words(asker.db, host, asker.now)
    return HostReport(
        host=host,
        version=own.version,
        at=own.at,
        by=own.by,
        why=own.why,
        proposed=own.proposed,
        read_at=(known.read_at or known.at) if known is not None else None,
        out=known.out if known is not None else "",
        unread=known.unread if known is not None else {},
        differing=tuple(_differing(asker, each, words) for each in stand.differences),
    )


def _differing(asker: Asker, difference: Difference, words: list[Word]) -> Differing:
    source, about = source_of(difference), difference.question.partition(":")[2]
    back = source.back(about, difference.key, difference.before, difference.after)
    return Differing(
        difference=difference,
        explained=tuple(explained(source, difference.key, difference.after or difference.before)),
        back=tuple(" ".join(each) for each in back.argv),
        no_way=back.why_not,
        changed=tuple(beside.unified(difference)),
        said=next(_covering(asker, difference, words), None),
    )


def _covering(asker: Asker, difference: Difference, words: list[Word]) -> Iterator[Said]:
    for each in words:
        if drift.quieted([each]).covers(difference, asker.now):
            yield Said(kind=each.kind, by=each.by, until=each.until, why=each.why)
