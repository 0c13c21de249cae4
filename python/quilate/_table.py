"""Tables that come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any

from . import _html, _native

_PREVIEW = 10


class Table:
    """A table of a result, made anew whenever it is read.

    Every Arrow reader takes it as it is: `polars.DataFrame(table)`, `pyarrow.table(table)`, DuckDB SQL on its name.
    """

    def __init__(self, name: str, export: Callable[[], object]) -> None:
        self.name = name
        self._export = export
        self._rows: int | None = None

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The Arrow PyCapsule protocol. The schema is the table's own, as the protocol allows."""
        return self._export()

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self._preview(0)["columns"]]

    def __len__(self) -> int:
        if self._rows is None:
            self._rows = _native.batch_rows(_collect(self))
        return self._rows

    def to_pandas(self) -> Any:
        """A pandas frame; needs pandas and pyarrow."""
        return self.to_pyarrow().to_pandas()

    def to_polars(self) -> Any:
        """A Polars frame."""
        import polars

        return polars.DataFrame(self)

    def to_pyarrow(self) -> Any:
        """A PyArrow table."""
        import pyarrow

        return pyarrow.table(self)

    def _preview(self, rows: int) -> dict[str, Any]:
        preview: dict[str, Any] = json.loads(_native.text("ql_stream_preview", _native.Stream(self), rows))
        return preview

    def __repr__(self) -> str:
        return f"<quilate.Table {self.name}: {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        preview = self._preview(_PREVIEW)
        shown = _html.table(preview["columns"], preview["rows"])
        more = f"the first {_PREVIEW} rows" if len(preview["rows"]) == _PREVIEW else ""
        return f"<div><b>{escape(self.name)}</b> {more}{shown}</div>"


def _collect(frame: Any) -> _native.Handle:
    return _native.Handle.made("batches", "ql_batches_collect", _native.Stream(frame))


class _OneShot:
    """A stream that can be read once."""

    def __init__(self, capsule: object) -> None:
        self._capsule: object | None = capsule

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        if self._capsule is None:
            raise RuntimeError("the stream was read before")
        capsule, self._capsule = self._capsule, None
        return capsule


def collected(name: str, capsule: object) -> Table:
    """All batches of a stream, as a table that can be read as often as wanted."""
    batches = _collect(_OneShot(capsule))
    return Table(name, lambda: _native.capsule("ql_batches_export", batches))


def streamed(name: str, capsule: object) -> Table:
    """A stream that is worked off while it is read, once."""
    once = _OneShot(capsule)
    return Table(name, once.__arrow_c_stream__)
