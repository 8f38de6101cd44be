"""Facts and meters -> what Prometheus reads. Names follow its conventions: base units, `_total` for what only grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from bot.facts import Facts
from bot.health import Condition
from bot.meters import Histogram, Meters

STATES = ("sent", "waiting", "uncertain", "dead", "held")


class Shown(Collector):
    """One moment, as Prometheus collects it."""

    def __init__(self, facts: Facts, meters: Meters) -> None:
        self._facts, self._meters = facts, meters

    def collect(self) -> Iterator[Metric]:
        yield from _of_chats(self._facts, self._meters)
        yield from _of_sources(self._facts)
        yield from _of_platforms(self._facts)
        yield _histogram(
            "pantau_publish_to_chat_seconds",
            "From an article's publication to its alert in the chat, first polls of a source left out.",
            "chat",
            self._meters.delays,
        )
        yield _histogram(
            "pantau_limiter_wait_seconds",
            "How long messages were kept back for the pace of their chat or the platform's limits.",
            "platform",
            self._meters.waits,
        )


def exposition(facts: Facts, meters: Meters) -> bytes:
    """The text that a scrape gets."""
    registry = CollectorRegistry()
    registry.register(Shown(facts, meters))
    return generate_latest(registry)


def _of_chats(facts: Facts, meters: Meters) -> Iterator[Metric]:
    deliveries = GaugeMetricFamily(
        "pantau_deliveries", "Messages in the store by chat and state.", labels=("chat", "state")
    )
    paused = GaugeMetricFamily(
        "pantau_lane_paused_seconds",
        "For how long a chat's lane still rests after a trouble.",
        labels=("chat",),
    )
    for lane in facts.lanes:
        for state in STATES:
            if (count := getattr(lane, state, None)) is not None:
                deliveries.add_metric((lane.chat, state), count)
        until = meters.paused_until.get(lane.chat)
        paused.add_metric((lane.chat,), max(0.0, (until - facts.now).total_seconds()) if until else 0.0)
    troubles = CounterMetricFamily(
        "pantau_send_troubles", "Attempts that did not end in an arrived message.", labels=("chat", "trouble")
    )
    for (chat, trouble), count in sorted(meters.troubles.items()):
        troubles.add_metric((chat, trouble), count)
    yield from (deliveries, paused, troubles)


def _of_sources(facts: Facts) -> Iterator[Metric]:
    states = Counter(
        "failing" if source.failures else "new" if source.ok_at is None else "well"
        for source in facts.sources
    )
    counted = GaugeMetricFamily("pantau_sources", "Sources by how they are.", labels=("state",))
    for state in ("well", "failing", "new"):
        counted.add_metric((state,), states[state])
    yield counted
    yield GaugeMetricFamily("pantau_sources_due", "Sources whose time has come.", value=facts.due)
    failures = GaugeMetricFamily(
        "pantau_source_failures", "Failed polls in a row, of the sources that fail.", labels=("source",)
    )
    for source in facts.sources:
        if source.failures:
            failures.add_metric((source.name,), source.failures)
    yield failures


def _of_platforms(facts: Facts) -> Iterator[Metric]:
    platforms = GaugeMetricFamily(
        "pantau_platform_condition",
        "1 for the condition that a platform is in: well, away, rival or refused.",
        labels=("platform", "condition"),
    )
    for name, health in facts.platforms.items():
        for condition in Condition:
            platforms.add_metric((name, condition.value), float(health.condition is condition))
    yield platforms
    yield GaugeMetricFamily(
        "pantau_last_beat_timestamp_seconds",
        "When the last sign of life could be stored.",
        value=facts.beat.timestamp() if facts.beat else 0.0,
    )


def _histogram(name: str, text: str, label: str, values: Mapping[str, Histogram]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, text, labels=(label,))
    for key, histogram in sorted(values.items()):
        family.add_metric((key,), buckets=_buckets(histogram), sum_value=histogram.total)
    return family


def _buckets(histogram: Histogram) -> Sequence[tuple[str, float]]:
    """Cumulative, as Prometheus wants them."""
    total, buckets = 0, []
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        total += count
        buckets.append((bound, float(total)))
    return buckets
