"""Normalises columns: a series in, a table of `original`, `canonical`, `quality`, `keys`, `reasons` and `parts` out.

`region` is a country code such as `ES`, `locale` a language tag such as `es-ES`; both are hints. `parts` is JSON.
"""

from __future__ import annotations

from typing import Any, Protocol

from . import _native
from ._table import Table, collected, streamed


def column(values: Any, kind: str, *, region: str = "", locale: str = "", stream: bool = False) -> Table:
    """Normalises by the name of a kind: `phone`, `email`, `full_name`, `postcode` ..."""
    capsule = _native.capsule("ql_column_normalize", _native.Stream(values), kind, region, locale)
    return streamed(kind, capsule) if stream else collected(kind, capsule)


class Normalizer(Protocol):
    """Normalises a column of one kind."""

    def __call__(self, values: Any, *, region: str = "", locale: str = "") -> Table:
        """A row for each value of the series."""
        ...


def _of(name: str, kind: str, doc: str) -> Normalizer:
    def normalize(values: Any, *, region: str = "", locale: str = "") -> Table:
        return column(values, kind, region=region, locale=locale)

    normalize.__name__ = normalize.__qualname__ = name
    normalize.__doc__ = doc
    return normalize


phone = _of("phone", "phone", "Telephone numbers, as E.164.")
email = _of("email", "email", "E-mail addresses.")
full_name = _of("full_name", "full_name", "Whole names of people.")
given_name = _of("given_name", "given_name", "Given names.")
surname = _of("surname", "surname", "Surnames, one or both.")
company = _of("company", "company", "Names of companies with their legal form.")
street = _of("street", "street", "Street lines: type, name, number, flat.")
address = _of("address", "full_address", "Whole postal addresses.")
date = _of("date", "birth_date", "Dates of birth, as ISO 8601.")
identifier = _of("identifier", "identifier", "National, tax and bank numbers with check digits.")
