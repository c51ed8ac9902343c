"""The metrics of Home Assistant's process, from /proc."""

import asyncio
import gc
import os
import socket
import threading
from pathlib import Path

from custom_components.drawbridge.telemetry.process import CollectorPauses, ProcessMonitor, read_process


def test_the_process_is_read() -> None:
    """Additional threads, sockets and memory are in the next reading."""
    before = read_process()
    assert before is not None
    over = threading.Event()
    thread = threading.Thread(target=over.wait)
    thread.start()
    try:
        with socket.socket():
            ballast = os.urandom(32 << 20)
            after = read_process()
    finally:
        over.set()
        thread.join()
    assert after is not None
    assert after.threads == before.threads + 1
    assert after.sockets == before.sockets + 1
    assert after.open_files == before.open_files + 1
    assert after.resident_bytes - before.resident_bytes > len(ballast) * 0.9
    assert after.cpu_seconds > before.cpu_seconds
    assert after.max_files is None or after.max_files > after.open_files


def test_a_system_without_proc(tmp_path: Path) -> None:
    """Without /proc, the metrics are absent."""
    assert read_process(tmp_path) is None


def test_the_garbage_collector_is_timed() -> None:
    """Pauses of the garbage collector are measured until the monitor is stopped."""
    pauses = CollectorPauses()
    pauses.start()
    gc.collect()
    pauses.stop()
    counts, seconds = list(pauses.counts), list(pauses.seconds)
    assert counts[2] >= 1
    assert seconds[2] > 0
    gc.collect()
    assert (pauses.counts, pauses.seconds) == (counts, seconds)
    assert pauses._called not in gc.callbacks  # noqa: SLF001 - what must not be left behind


async def test_busy_threads_do_not_delay_the_metrics() -> None:
    """There is no reading until a thread is free, and only one is requested."""
    loop = asyncio.get_running_loop()
    pending: list[asyncio.Future[object]] = []

    def run(work: object) -> asyncio.Future[object]:
        del work
        pending.append(loop.create_future())
        return pending[-1]

    monitor = ProcessMonitor(run, wait_seconds=0.01)  # type: ignore[arg-type]
    await monitor.refresh()
    await monitor.refresh()
    assert monitor.as_dict()["threads"] is None
    assert len(pending) == 1
    pending[0].set_result(read_process())
    await monitor.refresh()
    assert monitor.as_dict()["threads"] >= 1
