"""The bundled sample, and frames of it."""

from __future__ import annotations

from pathlib import Path

import polars
import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "data"
NAMES = ["crm", "helpdesk", "newsletter", "shop", "till"]


@pytest.fixture(scope="session")
def paths() -> dict[str, Path]:
    """All files of the sample by source."""
    return {name: SAMPLE / f"{name}.csv" for name in NAMES}


@pytest.fixture(scope="session")
def frames() -> dict[str, polars.DataFrame]:
    """Two of them as frames of text."""
    read = {name: polars.read_csv(SAMPLE / f"{name}.csv", infer_schema=False) for name in ("crm", "shop")}
    return read
