"""Figures of the watch, for whoever watches the watcher: Prometheus reads them where the settings say, if anywhere."""

from __future__ import annotations

import asyncio
from collections import Counter as Count
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from bot.watch.rounds import Over
from policies.problems import Problem


class MetricsUnheard(Problem):
    code = "metrics-unheard"
    sentence = "I can't listen on {address} for Prometheus: {reason}"
    why = "Figures that nobody can read would be missed only when they are needed."
    remedy = "Stop what listens there, or set another [metrics] listen; without it nothing listens."


class Figures:
    """A registry of its own, so that two bots in one process don't count into each other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._reads = Counter(
            "hscbot_watch_reads",
            "Reads that a watch sent, by host and outcome: answered, failed, lost, or the code of why none was sent",
            ["host", "outcome"],
            registry=self.registry,
        )
        self._rounds = self._counter("rounds", "Whole rounds: every thing of the host was looked at")
        self._missed = self._counter("missed_looks", "Looks that began more than an interval late")
        self._failed = self._counter("failed_looks", "Looks that ended in a fault of hscbot's own")
        self._duration = self._gauge("round_seconds", "How long the last whole round took")
        self._last = self._gauge("last_round_timestamp_seconds", "When the last whole round was over, as Unix time")
        self._lag = self._gauge("lag_seconds", "How late the last look began")
        self._reached = self._gauge("host_reached", "1 while the host can be asked, else 0")
        self._pairs = Gauge(
            "hscbot_watch_pairs",
            "Pairs of SEAs, by the states of their two sides",
            ["states"],
            registry=self.registry,
        )
        self._told: set[str] = set()

    def _counter(self, name: str, said: str) -> Counter:
        return Counter(f"hscbot_watch_{name}", said, ["host"], registry=self.registry)

    def _gauge(self, name: str, said: str) -> Gauge:
        return Gauge(f"hscbot_watch_{name}", said, ["host"], registry=self.registry)

    def read(self, host: str, outcome: str) -> None:
        self._reads.labels(host, outcome).inc()

    def failed(self, host: str) -> None:
        self._failed.labels(host).inc()

    def round_over(self, host: str, over: Over, at: datetime) -> None:
        self._rounds.labels(host).inc()
        self._missed.labels(host).inc(over.missed)
        self._duration.labels(host).set(over.ended - over.began)
        self._last.labels(host).set(at.timestamp())

    def stands(self, host: str, *, lag: float, reached: bool) -> None:
        self._lag.labels(host).set(lag)
        self._reached.labels(host).set(reached)

    def pairs(self, states: Iterable[tuple[str, ...]]) -> None:
        """All of them, as they are now."""
        count: Mapping[str, int] = Count("+".join(each) or "not looked at yet" for each in states)
        for name in self._told - count.keys():
            self._pairs.remove(name)
        for name, number in count.items():
            self._pairs.labels(name).set(number)
        self._told = set(count)


@asynccontextmanager
async def heard(figures: Figures, listen: str | None) -> AsyncIterator[None]:
    """They can be read at `listen`, such as `127.0.0.1:9464`, until the block ends; nowhere without it."""
    if listen is None:
        yield
        return
    host, _, port = listen.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), figures.registry)
    except OSError as fault:
        raise MetricsUnheard(address=listen, reason=fault.strerror or fault) from fault
    try:
        yield
    finally:
        await asyncio.to_thread(server.shutdown)
        server.server_close()
        thread.join()
