"""A province on Dask: one worker against two, the same results.

Run ``python -m benchmarks.province [--scale full]``. The unit of work is one jurisdiction: its facts are made and one day of
obligations is computed and hashed; nothing but the hash travels.
"""

from __future__ import annotations

import hashlib

from benchmarks.measuring import line, scale, terms, timed
from benchmarks.synthetic import TODAY, facts
from tasks.adapters.frame_files import parquet_bytes
from tasks.domain.obligations import obligations

SIZES = {"quick": 100, "small": 10_000, "full": 50_000}


def one_jurisdiction(number: int, proposals: int) -> str:
    rules, calendar = terms()
    made = facts(proposals, seed=number)
    return hashlib.sha256(parquet_bytes(obligations(made, rules, calendar, TODAY))).hexdigest()


def on_workers(workers: int, jurisdictions: int, proposals: int) -> tuple[float, list[str]]:
    from dask.distributed import Client, LocalCluster

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster,
        Client(cluster) as client,
    ):
        client.gather(
            [client.submit(one_jurisdiction, 0, 100, workers=[each], pure=False) for each in _addresses(client)]
        )
        tasks = list(range(jurisdictions))
        seconds, hashes = timed(
            lambda: client.gather(client.map(one_jurisdiction, tasks, [proposals] * jurisdictions, pure=False))
        )
    return seconds, list(hashes)


def _addresses(client: object) -> list[str]:
    return list(client.scheduler_info()["workers"])


def main() -> None:
    try:
        import dask.distributed  # noqa: F401
    except ImportError:
        line("province", "-", "prefect-dask is not installed (extra [dask])")
        return
    proposals = SIZES[scale()]
    one, first = on_workers(1, 20, proposals)
    two, second = on_workers(2, 20, proposals)
    assert first == second
    line(f"20 jurisdictions of {proposals:,} proposals, one worker", f"{one:.2f} s")
    line("two workers", f"{two:.2f} s", f"{one / two:.2f} x; the same bytes")


if __name__ == "__main__":
    main()
