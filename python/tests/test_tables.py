"""Frames of every library go in and come out, and give what files give."""

from __future__ import annotations

import csv
import io
import os
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

import quilate as ql

OUTPUTS = ["golden", "xref", "provenance"]


def text(table: ql.Table) -> str:
    """A table as the CSV file of the same name."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    arrow = table.to_pyarrow()
    writer.writerow(arrow.column_names)
    for row in zip(*(column.to_pylist() for column in arrow.columns)):
        writer.writerow(["; ".join(cell) if isinstance(cell, list) else cell for cell in row])
    return out.getvalue()


@pytest.fixture(scope="module")
def by_paths(paths: dict[str, Path]) -> ql.Result:
    return ql.consolidate({name: paths[name] for name in ("crm", "shop")})


def test_frames_of_every_library(frames: dict[str, polars.DataFrame], by_paths: ql.Result) -> None:
    expected = {name: text(getattr(by_paths, name)) for name in OUTPUTS}
    crm, shop = frames["crm"], frames["shop"]
    dictionary = pyarrow.table({name: column.dictionary_encode() for name, column in zip(crm.columns, crm.to_arrow())})
    large = pyarrow.table(shop.to_arrow()).cast(
        pyarrow.schema([(name, pyarrow.large_string()) for name in shop.columns])
    )
    chunked = pyarrow.concat_tables([crm.to_arrow().slice(0, 7), crm.to_arrow().slice(7, 0), crm.to_arrow().slice(7)])
    relation = duckdb.from_arrow(shop.to_arrow())
    cases: dict[str, tuple[Any, Any]] = {
        "polars": (crm, shop),
        "pandas": (crm.to_pandas(), shop.to_pandas()),
        "pyarrow": (chunked, large),
        "dictionaries, duckdb": (dictionary, relation),
        "categories": (crm.to_pandas().astype("category"), shop.lazy().collect()),
    }
    for name, (left, right) in cases.items():
        result = ql.consolidate({"crm": left, "shop": right})
        for output in OUTPUTS:
            assert text(getattr(result, output)) == expected[output], f"{output} of {name}"


def test_every_library_reads_what_comes_out(by_paths: ql.Result) -> None:
    golden = by_paths.golden
    rows = len(golden)
    assert rows == by_paths.report["entities"]
    assert golden.to_polars().height == rows
    assert len(golden.to_pandas()) == rows
    assert golden.to_pyarrow().num_rows == rows
    # DuckDB asks for the stream several times.
    assert duckdb.sql("select count(*) from golden").fetchall() == [(rows,)]
    assert golden.columns == golden.to_polars().columns
    assert "entity_id" in repr(golden)
    html = golden._repr_html_()
    assert html.count("<tr>") == 11 and "<th>surname</th>" in html


def test_the_same_bytes_from_rust_and_c(paths: dict[str, Path], tmp_path: Path) -> None:
    program, example = os.environ.get("QUILATE_PROGRAM"), os.environ.get("QUILATE_C_EXAMPLE")
    if not program or not example:
        pytest.skip("QUILATE_PROGRAM and QUILATE_C_EXAMPLE name the programs: cargo xtask test python")
    files = [str(path) for path in paths.values()]
    result = ql.consolidate(files)
    subprocess.run([program, "--quiet", "--out", str(tmp_path), *files], check=True)
    for output in OUTPUTS:
        rust = (tmp_path / f"{output}.csv").read_bytes().decode()
        c = subprocess.run([example, output, *files], check=True, capture_output=True).stdout.decode()
        python = text(getattr(result, output))
        assert python == rust, output
        assert c == rust, output


def test_any_number_of_threads(frames: dict[str, polars.DataFrame], by_paths: ql.Result) -> None:
    one = ql.consolidate(dict(frames), threads=1, progress=False)
    assert text(one.golden) == text(by_paths.golden)


def test_odd_frames() -> None:
    empty = ql.consolidate({"a": polars.DataFrame({"email": []}, schema={"email": polars.String})})
    assert len(empty.golden) == 0 and len(empty.pairs) == 0
    nothing = ql.consolidate({"a": pyarrow.table({"name": pyarrow.nulls(2), "born": pyarrow.nulls(2)})})
    assert len(nothing.golden) == 2
    numbers = pandas.DataFrame({"phone": [617345908.0, None, 617345908.0], "name": ["Ana Ruiz", None, "Ana Ruiz"]})
    golden = ql.consolidate(numbers).golden.to_polars()
    assert "617345908" in golden["phone"][0]
    sliced = polars.DataFrame({"name": ["x", "Ana Ruiz", "Pau Vila", "y"]})[1:3]
    assert ql.consolidate(sliced).golden.to_polars().height == 2


def test_wrong_frames() -> None:
    with pytest.raises(TypeError, match="__arrow_c_stream__"):
        ql.consolidate({"crm": [1, 2]})
    with pytest.raises(TypeError, match="names"):
        ql.consolidate([polars.DataFrame({"name": ["x"]})])
    with pytest.raises(TypeError, match="neither"):
        ql.consolidate(3)
    with pytest.raises(ql.DataError, match="photo") as caught:
        ql.consolidate({"crm": pyarrow.table({"photo": [b"x"]})})
    assert (caught.value.source, caught.value.field, caught.value.code) == ("crm", "photo", 2)
    with pytest.raises(ql.DataError, match=r"such\.csv"):
        ql.consolidate("/no/such.csv")

    def failing() -> Any:
        yield pyarrow.record_batch({"name": ["Ana"]})
        raise ValueError("the disk is on fire")

    reader = pyarrow.RecordBatchReader.from_batches(pyarrow.schema([("name", pyarrow.string())]), failing())
    with pytest.raises(ql.DataError, match="the disk is on fire"):
        ql.consolidate({"crm": reader})


def test_a_stream_nobody_reads_is_released() -> None:
    golden = ql.consolidate(polars.DataFrame({"name": ["Ana Ruiz"]})).golden
    for _ in range(100):
        golden.__arrow_c_stream__()
