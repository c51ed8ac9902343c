"""Adds exemplars to the buckets of a histogram. Only OpenMetrics has them."""

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client.samples import Exemplar as Rendered

from ..bridge.exemplars import Exemplar


def with_exemplars(
    buckets: Sequence[tuple[str, float]], exemplars: Mapping[int, Exemplar]
) -> Iterator[tuple[str, float] | tuple[str, float, Rendered]]:
    """Yield the buckets with the exemplar of each, if it has one."""
    for number, (name, count) in enumerate(buckets):
        found = exemplars.get(number)
        if found is None:
            yield name, count
        else:
            labels = {"trace_id": found.trace_id, "span_id": found.span_id}
            yield name, count, Rendered(labels, found.seconds, found.time)
