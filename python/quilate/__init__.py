"""Golden customer records from many touchpoints: normalise, block, match, cluster and merge, explained.

Tables go in as anything with `__arrow_c_stream__` (pandas 2.2, Polars, PyArrow, DuckDB relations) or as paths to CSV
files, and come out as Arrow. The work is done by the Rust library without the GIL; Ctrl-C stops it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Union

from . import _html, _native, normalize
from ._explanation import Explanation
from ._native import Cancelled, ConfigError, DataError, Error
from ._progress import Show, shower
from ._table import Table, collected, streamed

__all__ = [
    "Cancelled",
    "Config",
    "ConfigError",
    "DataError",
    "Error",
    "Explanation",
    "Model",
    "Result",
    "Table",
    "block_keys",
    "cluster",
    "consolidate",
    "detect",
    "merge",
    "normalize",
    "score",
    "train",
]
__version__ = _native.version()

ConfigLike = Union[None, str, "os.PathLike[str]", Mapping[str, Any], "Config", "Model"]
Progress = Union[None, bool, Show]


class Config:
    """What a run is told. Made of TOML or JSON text, a path to such a file, or a mapping."""

    def __init__(self, content: str | os.PathLike[str] | Mapping[str, Any] = "") -> None:
        if isinstance(content, os.PathLike):
            content = Path(content).read_text(encoding="utf-8")
        elif not isinstance(content, str):
            # Dates as they are in files.
            content = json.dumps(content, default=str)
        self._handle = _native.Handle.made("config", "ql_config_parse", content)

    @classmethod
    def _of(cls, handle: _native.Handle) -> Config:
        config = cls.__new__(cls)
        config._handle = handle
        return config

    def to_dict(self) -> dict[str, Any]:
        """The configuration as a mapping."""
        content: dict[str, Any] = json.loads(_native.text("ql_config_to_json", self._handle))
        return content

    def to_toml(self) -> str:
        """The configuration as TOML, to be edited."""
        return _native.text("ql_config_to_toml", self._handle)

    def __repr__(self) -> str:
        return f"Config({self.to_dict()!r})"


class Model:
    """What a run has learned; also a configuration under which later runs score without training."""

    def __init__(self, handle: _native.Handle) -> None:
        self._handle = handle

    @classmethod
    def from_json(cls, content: str) -> Model:
        """Reads what `to_json` writes."""
        return cls(_native.Handle.made("model", "ql_model_parse", content))

    def to_json(self) -> str:
        """The model as text. Value frequencies, which are customers' values, are not in it."""
        return _native.text("ql_model_to_json", self._handle)

    @property
    def config(self) -> Config:
        """The model as a configuration."""
        return Config._of(_native.Handle.made("config", "ql_model_config", self._handle))


class Result:
    """What a run has found: tables, a report, and the reasons."""

    def __init__(self, handle: _native.Handle) -> None:
        self._handle = handle

    def _table(self, name: str) -> Table:
        handle = self._handle
        return Table(name, lambda: _native.capsule("ql_result_export", handle, name))

    @property
    def golden(self) -> Table:
        """One row a customer: `entity_id`, the fields, `members`, `sources`, `quality`, `quality_reasons`."""
        return self._table("golden")

    @property
    def xref(self) -> Table:
        """One row a record: `source`, `source_id`, `entity_id`."""
        return self._table("xref")

    @property
    def provenance(self) -> Table:
        """One row a golden cell: where it comes from, by which rule, how sure it is, and what lost."""
        return self._table("provenance")

    @property
    def pairs(self) -> Table:
        """One row a scored pair: records, weight, probability, and the level of each comparison."""
        return self._table("pairs")

    @property
    def relations(self) -> Table:
        """One row a relation between customers: households, employers, shared contact points, doubtful matches."""
        return self._table("relations")

    @property
    def events(self) -> Table:
        """One row a change of customer numbers since the run before, of runs with a state."""
        return self._table("events")

    @property
    def review(self) -> Table:
        """One row a pair that a person should look at, the likeliest first."""
        return self._table("review")

    @property
    def issues(self) -> Table:
        """Findings about the data, counted, with their first lines."""
        return self._table("issues")

    @property
    def report(self) -> dict[str, Any]:
        """Counts, columns, the model and findings; never a customer's value."""
        report: dict[str, Any] = json.loads(_native.text("ql_result_report", self._handle))
        return report

    @property
    def model(self) -> Model:
        """What was learned."""
        return Model(_native.Handle.made("model", "ql_result_model", self._handle))

    def explain(self, a: tuple[str, str], b: tuple[str, str]) -> Explanation:
        """Why two records, each as (source, id), are one customer, or are not."""
        explanation = _native.text("ql_result_explain", self._handle, *map(str, a), *map(str, b))
        return Explanation(json.loads(explanation))

    def __repr__(self) -> str:
        report = self.report
        return f"<quilate.Result: {report['records']} records are {report['entities']} customers>"

    def _repr_html_(self) -> str:
        report, number = self.report, _html.number
        rows = [
            [source["name"], *(number(source[key]) for key in ("records", "entities", "duplicates"))]
            for source in report["sources"]
        ]
        head = ["source", "records", "customers", "duplicates"]
        title = f"<b>{number(report['records'])} records are {number(report['entities'])} customers</b>"
        sources = _html.table(head, rows, right=frozenset([1, 2, 3]))
        return f"<div>{title}{sources}{self.golden._repr_html_()}</div>"


def _config(config: ConfigLike, labels: Any = None) -> _native.Handle | None:
    if isinstance(config, Model):
        config = config.config
    elif config is not None and not isinstance(config, Config):
        config = Config(config)
    handle = None if config is None else config._handle
    return (
        handle if labels is None else _native.Handle.made("config", "ql_config_label", handle, _native.Stream(labels))
    )


def _add(table: _native.Handle, name: str, data: Any) -> None:
    if isinstance(data, (str, os.PathLike)):
        _native.call("ql_table_add_csv", table, name, os.fspath(data))
    else:
        _native.call("ql_table_add_stream", table, name, _native.Stream(data))


def _load(data: Any) -> _native.Handle:
    """Sources of all that `consolidate` takes."""
    table = _native.new_table()
    if isinstance(data, Mapping):
        for name, source in data.items():
            _add(table, str(name), source)
    elif isinstance(data, (str, os.PathLike)) or hasattr(data, "__arrow_c_stream__"):
        _add(table, "" if isinstance(data, (str, os.PathLike)) else "records", data)
    elif isinstance(data, Iterable):
        for path in data:
            if not isinstance(path, (str, os.PathLike)):
                raise TypeError("frames need names: hand them over as {'crm': crm, 'shop': shop}")
            _add(table, "", path)
    else:
        raise TypeError(f"{type(data).__name__} is neither a frame, a path, nor a mapping of names to these")
    return table


def consolidate(
    data: Any,
    *,
    config: ConfigLike = None,
    labels: Any = None,
    state: str | os.PathLike[str] | None = None,
    progress: Progress = None,
    threads: int = 0,
) -> Result:
    """Finds out which records are one customer, and makes the golden records.

    `data`: a mapping of source names to frames or paths of CSV files, a single frame or path, or several paths.
    `labels`: a frame of pairs that people have labelled, to train on: `source_l`, `id_l`, `source_r`, `id_r`, `label`
    (1 for one customer, 0 for two); they force nothing. `state`: a folder in which customers keep their numbers from
    run to run, and people's judgements lie; it is read and written. `progress`: a bar where somebody can see it,
    `True` or `False`, or a function of the stage and the share that is done. `threads`: 0 for all cores; the outcome
    is the same for any number.
    """
    settings = _config(config, labels)
    folder = None if state is None else os.fspath(state)
    known = None if folder is None else _native.Handle.made("state", "ql_state_read", folder)
    table = _load(data)
    # Frames that nobody else holds need not be there while the run goes on.
    del data
    show, close = shower(progress)
    try:
        handle = _native.run("result", "ql_table_consolidate", [table, settings, known], threads, show)
    finally:
        close()
    if known is not None:
        _native.call("ql_state_write", known, folder)
    return Result(handle)


def train(
    data: Any, *, config: ConfigLike = None, labels: Any = None, progress: Progress = None, threads: int = 0
) -> Model:
    """Learns a model from data, with labels or without; the arguments are those of `consolidate`."""
    settings = _config(config, labels)
    table = _load(data)
    del data
    show, close = shower(progress)
    try:
        return Model(_native.run("model", "ql_table_train", [table, settings], threads, show))
    finally:
        close()


def detect(data: Any, *, config: ConfigLike = None) -> Config:
    """The configuration with what each column was taken for: look at `to_toml()`, edit it, hand it to `consolidate`."""
    settings = _config(config)
    table = _load(data)
    return Config._of(_native.Handle.made("config", "ql_config_detect", table, settings))


def merge(data: Any, column: str, *, config: ConfigLike = None, threads: int = 0) -> Result:
    """Golden records of groups that are known: records with the same value in `column` are one customer."""
    settings = _config(config)
    table = _load(data)
    return Result(_native.Handle.made("result", "ql_table_merge", table, column, settings, threads))


def score(
    model: Model, pairs: Any, *, left: str = "", right: str = "", threads: int = 0, stream: bool = False
) -> Table:
    """Weighs pairs: the columns of the two records of a row end in `_l` and `_r`.

    `left` and `right` name the sources that the columns belong to, if the model knows several. With `stream` the pairs
    are scored batch by batch while the table is read, once, as an engine does with a partition.
    """
    capsule = _native.capsule("ql_model_score", model._handle, _native.Stream(pairs), left, right, threads)
    return streamed("scores", capsule) if stream else collected("scores", capsule)


def block_keys(
    records: Any, *, config: ConfigLike = None, source: str = "records", threads: int = 0, stream: bool = False
) -> Table:
    """Blocking keys: `row` and `key`. Records that share a key are worth a comparison.

    `config` is that of `detect` for the whole data, so that every part of it gives the same keys; `source` is the name
    of the records in it.
    """
    settings = _config(config)
    capsule = _native.capsule("ql_records_key", _native.Stream(records), source, settings, threads)
    return streamed("keys", capsule) if stream else collected("keys", capsule)


def cluster(pairs: Any, *, threshold: float = 0.0) -> Table:
    """Joins what pairs connect: `id_l`, `id_r`, `source_l`, `source_r` and `match_weight` in; `source`, `source_id` and
    `cluster` out. Pairs below `threshold` are left out.
    """
    return collected("clusters", _native.capsule("ql_pairs_cluster", _native.Stream(pairs), threshold))
