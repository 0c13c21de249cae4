"""The code of the READMEs does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars
import pytest

import quilate as ql

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("place", ["README.md", "python/README.md"])
def test_the_code_runs(place: str, frames: dict[str, polars.DataFrame]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / place).read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 1
    shop = frames["shop"].head(60)
    sides = [shop.rename({name: f"{name}_{side}" for name in shop.columns}) for side in ("l", "r")]
    pairs = polars.concat([sides[0], sides[1].reverse()], how="horizontal")
    known: dict[str, Any] = {"crm_df": frames["crm"], "shop_df": frames["shop"].to_pandas(), "pairs": pairs}
    exec(blocks[0], known)
    assert isinstance(known["r"], ql.Result) and len(known["r"].golden) > 100
    if "scores" in known:
        assert len(known["scores"]) == pairs.height
        assert len(known["phones"]) == frames["shop"].height
