"""Normalises columns: a series in, a table of `original`, `canonical`, `quality`, `keys`, `reasons` and `parts` out.

`region` is a country code such as `ES`, `locale` a language tag such as `es-ES`; both are hints. `parts` is JSON.
"""

from __future__ import annotations

from typing import Any

from . import _native
from ._table import Table, collected, streamed


def column(values: Any, kind: str, *, region: str = "", locale: str = "", stream: bool = False) -> Table:
    """Normalises by the name of a kind: `phone`, `email`, `full_name`, `postcode` ..."""
    capsule = _native.capsule("ql_column_normalize", _native.Stream(values), kind, region, locale)
    return streamed(kind, capsule) if stream else collected(kind, capsule)


def phone(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Telephone numbers, as E.164."""
    return column(values, "phone", region=region, locale=locale)


def email(values: Any, *, region: str = "", locale: str = "") -> Table:
    """E-mail addresses."""
    return column(values, "email", region=region, locale=locale)


def full_name(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Whole names of people."""
    return column(values, "full_name", region=region, locale=locale)


def given_name(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Given names."""
    return column(values, "given_name", region=region, locale=locale)


def surname(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Surnames, one or both."""
    return column(values, "surname", region=region, locale=locale)


def company(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Names of companies with their legal form."""
    return column(values, "company", region=region, locale=locale)


def street(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Street lines: type, name, number, flat."""
    return column(values, "street", region=region, locale=locale)


def address(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Whole postal addresses."""
    return column(values, "full_address", region=region, locale=locale)


def date(values: Any, *, region: str = "", locale: str = "") -> Table:
    """Dates of birth, as ISO 8601."""
    return column(values, "birth_date", region=region, locale=locale)


def identifier(values: Any, *, region: str = "", locale: str = "") -> Table:
    """National, tax and bank numbers with check digits."""
    return column(values, "identifier", region=region, locale=locale)
