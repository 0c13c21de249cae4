"""The five exports of the bundled sample, consolidated: run it from a checkout, `python python/examples/sample.py`."""

from __future__ import annotations

from pathlib import Path

import quilate as ql

folder = Path(__file__).resolve().parents[2] / "examples" / "data"
names = ["crm", "helpdesk", "newsletter", "shop", "till"]
result = ql.consolidate({name: folder / f"{name}.csv" for name in names})
print(result)

golden = result.golden.to_polars()
print(golden.sort("members", descending=True).select("given_name", "surname", "email", "phone", "members").head())

# The strongest pair of two sources, and why it is one.
pairs = result.pairs.to_polars().sort("match_weight", descending=True)
across = pairs.filter(pairs["source_l"] != pairs["source_r"])
source_l, id_l, source_r, id_r = across.select("source_l", "id_l", "source_r", "id_r").row(0)
print(result.explain((source_l, id_l), (source_r, id_r)))

# What was learned, used on a column and on pairs of another table.
print(ql.normalize.phone(golden["phone"].head(3), region="ES").to_polars())
