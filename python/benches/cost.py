"""What a run costs from Python beside the same run from Rust, each answer asserted: `cost.py FOLDER CONSOLIDATE SCORE`.

FOLDER holds the touchpoints that the example `generate` writes; CONSOLIDATE and SCORE are the programs `consolidate`
and `score_batches` (`cargo xtask python --measure` makes and passes them). Times are those of all cores by the account
of the kernel, so that other programs on the machine count little. Memory is the peak of a process of its own, without
what it held before the call: Python, the library of the frames and the caller's frames, which Rust's program has not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import quilate as ql
from quilate import _native

# Frame libraries are imported where they are used: each run holds only its own.
LIBRARIES = ["pandas", "polars", "pyarrow"]
# Delimiter and encoding of the touchpoints that are not `,` and UTF-8; Latin-1 reads any byte.
DIALECTS: dict[str, dict[str, str]] = {"till": {"separator": ";", "encoding": "latin-1"}}
SOURCES = ["crm", "helpdesk", "newsletter", "shop", "till"]
BATCH = 100_000
BATCHES = 3
# Rust and Python by turns, and of each batch the best: what other programs do to the caches of this machine comes and
# goes.
ROUNDS = 4

# What is asked: the share of a run that handing over takes, the memory by Rust's, and a pair's time by Rust's.
LARGEST_SHARE = 0.05
LARGEST_MEMORY = 1.3
LARGEST_PAIR = 1.1


def cleaned(folder: Path) -> Path:
    """The touchpoints as plain CSV for Rust, and as Arrow files with the same text for Python."""
    import polars
    import pyarrow.feather

    clean = folder / "clean"
    clean.mkdir(exist_ok=True)
    for name in SOURCES:
        if (clean / f"{name}.arrow").exists():
            continue
        options = DIALECTS.get(name, {})
        frame = polars.read_csv(folder / f"{name}.csv", infer_schema=False, **options)
        frame.write_csv(clean / f"{name}.csv")
        pyarrow.feather.write_feather(frame.to_arrow(), clean / f"{name}.arrow")
    return clean


def finished(command: list[str]) -> tuple[str, float, float]:
    """What a program printed, the seconds of all cores, and its peak in megabytes."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return printed, usage.ru_utime + usage.ru_stime, 1024 * usage.ru_maxrss / 1e6


def frame_of(library: str, path: Path) -> Any:
    """A table as a frame of a library."""
    if library == "pandas":
        import pandas

        return pandas.read_feather(path)
    if library == "polars":
        import polars

        return polars.read_ipc(path)
    import pyarrow.feather

    return pyarrow.feather.read_table(path, memory_map=False)


def run_of(library: str, clean: Path) -> dict[str, float]:
    """A run as users make it: their frames are there before and after.

    Seconds of all cores for handing over and for the whole; customers; megabytes that were held before the call.
    """
    frames = {name: frame_of(library, clean / f"{name}.arrow") for name in SOURCES}
    held = resident()
    handed = 0.0
    load = ql._load

    def timed(data: Any) -> _native.Handle:
        nonlocal handed
        started = time.process_time()
        table = load(data)
        handed = time.process_time() - started
        return table

    ql._load = timed
    started = time.process_time()
    result = ql.consolidate(frames, progress=False)
    ended = time.process_time()
    customers = float(result.report["entities"])
    return {"hand": handed, "run": ended - started, "customers": customers, "held": held}


def resident() -> float:
    """Megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def runs(clean: Path, program: str) -> list[str]:
    """Whole runs, in a process each; what is too dear."""
    files = [str(clean / f"{name}.csv") for name in SOURCES]
    out = str(clean / "out")
    _, seconds, memory = finished([program, "--quiet", "--out", out, *files])
    customers = json.loads((clean / "out" / "report.json").read_text(encoding="utf-8"))["entities"]
    print(f"{'rust':8} {seconds:7.1f} s {memory:7.0f} MB {customers} customers")
    dear = []
    for library in LIBRARIES:
        printed, _, peak = finished([sys.executable, __file__, "--run", library, str(clean), "", ""])
        found = json.loads(printed)
        share, ratio = found["hand"] / found["run"], (peak - found["held"]) / memory
        print(
            f"{library:8} {found['run']:7.1f} s {peak:7.0f} MB {found['customers']:.0f} customers; handing over "
            f"{found['hand']:.2f} s = {100 * share:.1f} % of the run, memory {ratio:.2f} of Rust's beside the "
            f"{found['held']:.0f} MB before the call, {peak / memory:.2f} with them"
        )
        assert found["customers"] == customers, "the same records are other customers"
        if share >= LARGEST_SHARE:
            dear.append(f"handing over from {library} takes {100 * share:.1f} % of the run")
        if ratio >= LARGEST_MEMORY:
            dear.append(f"memory from {library} is {ratio:.2f} of Rust's")
    return dear


def pair_frames(clean: Path) -> tuple[ql.Model, list[Any]]:
    """A model, and batches of pairs: those that a run has scored, filled up with any."""
    import polars

    shop = polars.read_ipc(clean / "shop.arrow")[: 2 * BATCH]
    # Ids as results name them: spreadsheets protect long numbers with an apostrophe.
    shop = shop.with_columns(polars.col("Customer ID").str.strip_chars_start("'"))
    result = ql.consolidate({"shop": shop}, progress=False)
    key = "Customer ID"
    unique = shop.unique(key, keep="first", maintain_order=True)
    pairs = result.pairs.to_polars().select("id_l", "id_r")
    rows = BATCH * BATCHES - pairs.height
    if rows > 0:
        ids = unique.select(polars.col(key).alias("id"))["id"]
        picked = [ids.sample(rows, with_replacement=True, seed=seed) for seed in (1, 2)]
        pairs = polars.concat([pairs, polars.DataFrame({"id_l": picked[0], "id_r": picked[1]})])
    pairs = pairs.sample(BATCH * BATCHES, seed=3)
    for side in ("l", "r"):
        columns = {name: f"{name}_{side}" for name in shop.columns}
        records = unique.with_columns(polars.col(key).alias("key")).rename(columns)
        pairs = pairs.join(records, left_on=f"id_{side}", right_on="key", how="left", maintain_order="left")
    pairs = pairs.drop("id_l", "id_r")
    model = ql.Model.from_json(result.model.to_json())
    return model, [pairs[at : at + BATCH].rechunk() for at in range(0, BATCH * BATCHES, BATCH)]


def pairs(clean: Path, program: str) -> list[str]:
    """Batches of pairs; what is too dear."""
    model, batches = pair_frames(clean)
    text = clean / "model.json"
    text.write_text(model.to_json(), encoding="utf-8")
    files = []
    for number, batch in enumerate(batches):
        files.append(str(clean / f"pairs-{number}.csv"))
        batch.write_csv(files[-1])
    rust, python = [float("inf")] * BATCHES, [float("inf")] * BATCHES
    for _ in range(ROUNDS):
        printed, _, _ = finished([program, "shop", "shop", str(text), *files])
        expected = [json.loads(line) for line in printed.splitlines()]
        for at, (batch, line) in enumerate(zip(batches, expected)):
            started = time.process_time()
            scores = ql.score(model, batch)
            python[at] = min(python[at], time.process_time() - started)
            rust[at] = min(rust[at], line["seconds"])
            weights = scores.to_polars()["match_weight"]
            assert len(weights) == line["pairs"] == BATCH
            assert weights.n_unique() > BATCH / 100, (
                "the pairs are all the same: the records were not found by their ids"
            )
            assert abs(weights.sum() - line["weights"]) < 1e-6 * BATCH, "the same pairs weigh something else"
    spent, seconds = sum(python), sum(rust)
    ratio, count = spent / seconds, BATCH * BATCHES
    print(
        f"{count} pairs in batches of {BATCH}: Rust {1e6 * seconds / count:.2f} us a pair, Python "
        f"{1e6 * spent / count:.2f} us, {ratio:.3f} of it"
    )
    return [f"a pair costs {ratio:.3f} of Rust's"] if ratio >= LARGEST_PAIR else []


def main() -> None:
    """Measures, prints, and fails when something is too dear."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("consolidate")
    parser.add_argument("score")
    parser.add_argument("--run", choices=LIBRARIES, help="one run, as the measurement starts it")
    arguments = parser.parse_args()
    if arguments.run:
        print(json.dumps(run_of(arguments.run, arguments.folder)))
        return
    clean = cleaned(arguments.folder)
    print(f"quilate {_native.version()}, {os.cpu_count()} cores")
    dear = runs(clean, arguments.consolidate) + pairs(clean, arguments.score)
    if dear:
        raise SystemExit("; ".join(dear))


if __name__ == "__main__":
    main()
