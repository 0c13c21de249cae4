"""The C interface, as `ctypes` sees it: loading, strings, errors, streams. Nothing here decides anything."""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_size_t, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any

# Functions that can fail, with their arguments less the last one, which is where the error goes.
_FALLIBLE: dict[str, list[Any]] = {}
_TEXT: list[Any] = [c_char_p, c_size_t]
_RUN: list[Any] = [c_void_p, c_void_p, c_void_p, c_uint32, c_void_p, c_void_p, c_void_p]
_FALLIBLE["ql_table_add_stream"] = [c_void_p, *_TEXT, c_void_p]
_FALLIBLE["ql_table_add_csv"] = [c_void_p, *_TEXT, *_TEXT]
_FALLIBLE["ql_table_consolidate"] = [c_void_p, *_RUN]
_FALLIBLE["ql_state_read"] = [*_TEXT, c_void_p]
_FALLIBLE["ql_state_write"] = [c_void_p, *_TEXT]
_FALLIBLE["ql_table_train"] = _RUN
_FALLIBLE["ql_table_merge"] = [c_void_p, *_TEXT, c_void_p, c_uint32, c_void_p]
_FALLIBLE["ql_config_parse"] = [*_TEXT, c_void_p]
_FALLIBLE["ql_config_detect"] = [c_void_p, c_void_p, c_void_p]
_FALLIBLE["ql_config_label"] = [c_void_p, c_void_p, c_void_p]
_FALLIBLE["ql_config_to_json"] = [c_void_p, c_void_p]
_FALLIBLE["ql_config_to_toml"] = [c_void_p, c_void_p]
_FALLIBLE["ql_result_export"] = [c_void_p, *_TEXT, c_void_p]
_FALLIBLE["ql_result_report"] = [c_void_p, c_void_p]
_FALLIBLE["ql_result_explain"] = [c_void_p, *_TEXT, *_TEXT, *_TEXT, *_TEXT, c_void_p]
_FALLIBLE["ql_result_model"] = [c_void_p, c_void_p]
_FALLIBLE["ql_model_parse"] = [*_TEXT, c_void_p]
_FALLIBLE["ql_model_to_json"] = [c_void_p, c_void_p]
_FALLIBLE["ql_model_config"] = [c_void_p, c_void_p]
_FALLIBLE["ql_model_score"] = [c_void_p, c_void_p, *_TEXT, *_TEXT, c_uint32, c_void_p]
_FALLIBLE["ql_column_normalize"] = [c_void_p, *_TEXT, *_TEXT, *_TEXT, c_void_p]
_FALLIBLE["ql_records_key"] = [c_void_p, *_TEXT, c_void_p, c_uint32, c_void_p]
_FALLIBLE["ql_pairs_cluster"] = [c_void_p, c_double, c_void_p]
_FALLIBLE["ql_batches_collect"] = [c_void_p, c_void_p]
_FALLIBLE["ql_batches_export"] = [c_void_p, c_void_p]
_FALLIBLE["ql_stream_preview"] = [c_void_p, c_uint32, c_void_p]

_PROGRESS = ctypes.CFUNCTYPE(c_int, c_char_p, c_double, c_void_p)

_CAPSULE_NAME = b"arrow_array_stream"


class Error(Exception):
    """What the library refused, with the place where it is known.

    `code` is a number that never changes its meaning; `source` is a file, a source, or the path of a configuration key.
    """

    def __init__(self, message: str, code: int, source: str = "", line: int = 0, field: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.source = source
        self.line = line
        self.field = field


class ConfigError(Error):
    """A configuration value is unknown, out of range, or names what is not there."""


class DataError(Error):
    """A table or file is not what it was taken for, or cannot be read."""


class Cancelled(Error):
    """The run was stopped."""


_CLASSES: dict[int, type[Error]] = {
    1: DataError,
    2: DataError,
    3: ConfigError,
    4: ConfigError,
    5: ConfigError,
    6: DataError,
    7: Cancelled,
}


def library_path() -> Path:
    """The compiled library of this package."""
    # The builder of the wheel names the file after the module that holds it, with the ending of the platform.
    folder = Path(__file__).parent / "_library"
    found = sorted(path for path in folder.glob("*_library.*") if path.suffix in (".so", ".dylib", ".dll", ".pyd"))
    if not found:
        raise ImportError("the library of quilate is not beside its Python code: install the wheel")
    return found[0]


_library = ctypes.CDLL(str(library_path()))
for _name, _arguments in _FALLIBLE.items():
    _function = getattr(_library, _name)
    _function.argtypes = [*_arguments, c_void_p]
    _function.restype = c_int
for _name in ("ql_error_message", "ql_error_source", "ql_error_field", "ql_text_data"):
    _function = getattr(_library, _name)
    _function.argtypes = [c_void_p, POINTER(c_size_t)]
    _function.restype = c_void_p
_library.ql_error_line.argtypes = [c_void_p]
_library.ql_error_line.restype = c_uint64
_library.ql_version.restype = c_char_p
_library.ql_has_feature.argtypes = _TEXT
_library.ql_has_feature.restype = ctypes.c_bool
_library.ql_table_new.restype = c_void_p
_library.ql_batches_rows.argtypes = [c_void_p]
_library.ql_batches_rows.restype = c_uint64
_library.ql_py_stream_new.restype = c_void_p
for _name in ("error", "text", "table", "config", "state", "result", "model", "batches"):
    _function = getattr(_library, f"ql_{_name}_free")
    _function.argtypes = [c_void_p]
    _function.restype = None

_get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_get_pointer.argtypes = [ctypes.py_object, c_char_p]
_get_pointer.restype = c_void_p
_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.argtypes = [c_void_p, c_char_p, c_void_p]
_new_capsule.restype = ctypes.py_object
# The destructor of capsules is C: Python code must not run where an exception may be set.
_library.ql_py_init.argtypes = [c_void_p]
_library.ql_py_init.restype = None
_library.ql_py_init(ctypes.cast(_get_pointer, c_void_p))
_capsule_free = ctypes.cast(_library.ql_py_capsule_free, c_void_p)


def version() -> str:
    """Version of the library."""
    text: bytes = _library.ql_version()
    return text.decode()


def has_feature(name: str) -> bool:
    """Whether the library has a feature, such as the output `golden`."""
    return bool(_library.ql_has_feature(*_bytes(name)))


def _bytes(text: str) -> tuple[bytes, int]:
    encoded = text.encode("utf-8", "surrogatepass")
    return encoded, len(encoded)


def _part(function: Any, pointer: int | None) -> str:
    length = c_size_t()
    data = function(pointer, byref(length))
    return ctypes.string_at(data, length.value).decode("utf-8", "replace") if data else ""


def call(name: str, *arguments: Any) -> None:
    """Calls a function that can fail; strings become pointer and length, objects pointers, and failure an exception."""
    error = c_void_p()
    flat: list[Any] = []
    for argument in arguments:
        if isinstance(argument, str):
            flat.extend(_bytes(argument))
        elif isinstance(argument, (Handle, Stream)):
            # The object lives until the call is over, as long as `arguments` do.
            flat.append(argument.pointer)
        else:
            flat.append(argument)
    status: int = getattr(_library, name)(*flat, byref(error))
    if status == 0:
        return
    try:
        message = _part(_library.ql_error_message, error.value)
        source = _part(_library.ql_error_source, error.value)
        field = _part(_library.ql_error_field, error.value)
        line: int = _library.ql_error_line(error)
    finally:
        _library.ql_error_free(error)
    raise _CLASSES.get(status, Error)(message, status, source, line, field)


class Handle:
    """An object of the library, freed with its owner."""

    def __init__(self, kind: str, pointer: int | None) -> None:
        self._free: Callable[[int | None], None] = getattr(_library, f"ql_{kind}_free")
        self.pointer = pointer

    def __del__(self) -> None:
        pointer, self.pointer = getattr(self, "pointer", None), None
        if pointer is not None:
            self._free(pointer)

    @classmethod
    def made(cls, kind: str, name: str, *arguments: Any) -> Handle:
        """The object that a function writes behind its last argument."""
        out = c_void_p()
        call(name, *arguments, byref(out))
        return cls(kind, out.value)


def new_table() -> Handle:
    """A table without sources."""
    return Handle("table", _library.ql_table_new())


def text(name: str, *arguments: Any) -> str:
    """The text that a function writes behind its last argument."""
    handle = Handle.made("text", name, *arguments)
    return _part(_library.ql_text_data, handle.pointer)


def batch_rows(batches: Handle) -> int:
    """Rows of collected batches."""
    rows: int = _library.ql_batches_rows(batches.pointer)
    return rows


def capsule(name: str, *arguments: Any) -> object:
    """A capsule with the stream that a function writes behind its last argument."""
    stream = _library.ql_py_stream_new()
    # From here on the capsule owns the struct, whatever happens.
    wrapped: object = _new_capsule(stream, _CAPSULE_NAME, _capsule_free)
    call(name, *arguments, stream)
    return wrapped


class Stream:
    """The stream of an object, kept while a function takes it."""

    def __init__(self, frame: Any) -> None:
        if not hasattr(frame, "__arrow_c_stream__") and hasattr(frame, "to_frame"):
            # A series that is older than the protocol.
            frame = frame.to_frame(getattr(frame, "name", None) or "value")
        if not hasattr(frame, "__arrow_c_stream__"):
            raise TypeError(
                f"{type(frame).__name__} has no __arrow_c_stream__: hand over a data frame (pandas 2.2, Polars, "
                "PyArrow, DuckDB ...) or a path to a CSV file"
            )
        self._capsule = frame.__arrow_c_stream__()
        self.pointer: int = _get_pointer(self._capsule, _CAPSULE_NAME)


def run(
    kind: str, name: str, arguments: list[Handle | None], threads: int, show: Callable[[str, float], None]
) -> Handle:
    """A run that shows its progress on this thread and stops when that raises, as Ctrl-C does."""
    raised: list[BaseException] = []
    interrupts: list[int] = []

    def tick(stage: bytes, fraction: float, _: int | None) -> int:
        if interrupts:
            return 1
        try:
            show(stage.decode(), fraction)
        except BaseException as error:
            raised.append(error)
            return 1
        return 0

    callback = _PROGRESS(tick)
    # An exception that a signal raises at the first line of a callback is lost. So Ctrl-C only leaves a note while the
    # run lasts; who has a handler of their own keeps it.
    noted = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if noted:
        signal.signal(signal.SIGINT, lambda number, _: interrupts.append(number))
    try:
        handle = Handle.made(kind, name, *arguments, None, threads, ctypes.cast(callback, c_void_p), None)
    except Cancelled:
        if raised:
            raise raised[0] from None
        if interrupts:
            raise KeyboardInterrupt from None
        raise
    finally:
        if noted:
            signal.signal(signal.SIGINT, signal.default_int_handler)
    if interrupts:
        # The run was over before it looked.
        raise KeyboardInterrupt
    return handle
