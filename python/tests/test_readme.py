"""The code of the README does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars

import quilate as ql


def test_the_code_runs(frames: dict[str, polars.DataFrame]) -> None:
    text = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    shop = frames["shop"].head(60)
    sides = [shop.rename({name: f"{name}_{side}" for name in shop.columns}) for side in ("l", "r")]
    pairs = polars.concat([sides[0], sides[1].reverse()], how="horizontal")
    known: dict[str, Any] = {"crm_df": frames["crm"], "shop_df": frames["shop"].to_pandas(), "pairs": pairs}
    exec(blocks[0], known)
    assert len(known["scores"]) == pairs.height
    assert len(known["phones"]) == frames["shop"].height
    assert isinstance(known["r"], ql.Result) and len(known["r"].golden) > 100
