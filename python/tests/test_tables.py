"""Frames of every library go in and come out, and give what files give."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

import quilate as ql
from quilate import _native

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
    assert html.count("<tr") == 11 and ">surname</span></th>" in html


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


def test_slices_of_every_kind() -> None:
    """What lies around a slice, in text, dictionaries and lists, is no part of the table."""
    names = ["x", "Ana Ruiz", None, "Pau Vila", "y"]
    mails = [["x@x.es"], ["ana@ruiz.es", "ana2@ruiz.es"], None, [], ["y@x.es"]]
    text = pyarrow.array(names)
    columns: dict[str, list[Any]] = {
        "name": [text, text.cast(pyarrow.large_string()), text.dictionary_encode()],
        "email": [pyarrow.array(mails), pyarrow.array(mails, pyarrow.large_list(pyarrow.large_string()))],
    }
    # PyArrow 21 crashes in its own exporter on views of short texts, whoever reads them: its own `table` as well.
    if int(pyarrow.__version__.split(".")[0]) >= 25:
        columns["name"].append(text.cast(pyarrow.string_view()))
    for name in columns["name"]:
        for email in columns["email"]:
            table = pyarrow.table({"name": name, "email": email}).slice(1, 3)
            golden = ql.consolidate(table).golden.to_polars().sort("email", nulls_last=True)
            assert golden.height == 3, name.type
            assert golden["email"].to_list()[0] in ("ana@ruiz.es", "ana2@ruiz.es"), email.type
            assert "x@x.es" not in str(golden.rows()) and "y@x.es" not in str(golden.rows())
    nulls = pyarrow.DictionaryArray.from_arrays(
        pyarrow.array([0, 1, None], pyarrow.int8()), pyarrow.array(["Ana", None])
    )
    assert len(ql.consolidate(pyarrow.table({"name": nulls})).golden) == 3


def test_the_index_of_a_filtered_frame_is_no_column() -> None:
    people = pandas.DataFrame({"name": ["Ana Ruiz", "Pau Vila", "Eva Gil"], "email": ["a@x.es", "p@x.es", "e@x.es"]})
    filtered = pyarrow.Table.from_pandas(people[people["name"] != "Pau Vila"], preserve_index=True)
    assert "__index_level_0__" in filtered.column_names
    result = ql.consolidate({"crm": filtered})
    assert not any("index" in column for column in result.golden.columns)
    assert result.xref.to_polars()["source_id"].to_list() == ["1", "2"]
    named = people.set_index(pandas.Index(["A1", "A2", "A3"], name="customer_id"))
    result = ql.consolidate({"crm": pyarrow.Table.from_pandas(named)})
    assert result.xref.to_polars()["source_id"].to_list() == ["A1", "A2", "A3"]


class Capsule:
    """An object that hands out the same capsule each time."""

    def __init__(self, capsule: object) -> None:
        self.capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.capsule


def test_a_stream_that_was_read_already() -> None:
    once = Capsule(polars.DataFrame({"name": ["Ana Ruiz"]}).__arrow_c_stream__())
    assert len(ql.consolidate(once).golden) == 1
    for call in (ql.consolidate, ql.normalize.email, ql.cluster, ql.block_keys):
        with pytest.raises(ql.DataError, match="released"):
            call(once)


def test_handles_in_a_wrong_order() -> None:
    frame = polars.DataFrame({"name": ["Ana Ruiz", "Pau Vila"]})
    table = _native.new_table()
    _native.call("ql_table_add_stream", table, "a", _native.Stream(frame))

    def run() -> _native.Handle:
        return _native.run("result", "ql_table_consolidate", [table, None, None], 1, lambda stage, fraction: None)

    first, second = run(), run()
    # The first run has taken the records.
    assert [len(ql.Result(handle).golden) for handle in (first, second)] == [2, 0]
    golden = Capsule(_native.capsule("ql_result_export", first, "golden"))
    del first
    assert pyarrow.table(golden).num_rows == 2
    freed, none = _native.Handle("result", None), _native.Handle("batches", None)
    calls: list[Callable[[], object]] = [
        lambda: _native.text("ql_result_report", freed),
        lambda: _native.capsule("ql_result_export", freed, "golden"),
        lambda: _native.Handle.made("model", "ql_result_model", freed),
        lambda: _native.capsule("ql_model_score", None, _native.Stream(frame), "", "", 1),
        lambda: _native.capsule("ql_batches_export", none),
    ]
    for call in calls:
        with pytest.raises(ql.Error, match="must not be null") as caught:
            call()
        assert caught.value.code == 100


def test_threads_at_once(frames: dict[str, polars.DataFrame]) -> None:
    """The lock of the interpreter is released, and one result may be asked by all."""
    shop = frames["shop"]
    shared = ql.consolidate({"shop": shop})
    expected, found = text(shared.golden), []

    def work() -> None:
        found.append(text(ql.consolidate({"shop": shop}, threads=1).golden))
        found.append(text(shared.golden))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 6


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
