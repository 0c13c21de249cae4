"""Why two records are one customer, or are not."""

from __future__ import annotations

import html
from typing import Any


class Explanation:
    """The evidence for and against a pair: printed as text, drawn as a waterfall in a notebook."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values

    @property
    def weight(self) -> float:
        """log2 odds of a match, all in."""
        return float(self._values["weight"])

    @property
    def probability(self) -> float:
        """The same as a probability."""
        return float(self._values["probability"])

    @property
    def same_entity(self) -> bool:
        """Whether both are one customer in the result."""
        return bool(self._values["same_entity"])

    @property
    def prior(self) -> float:
        """log2 odds before any evidence."""
        return float(self._values["prior"])

    @property
    def household(self) -> float:
        """What is taken away because relatives share much without being one person, in bits."""
        return float(self._values["household"])

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """For each comparison `name`, `left`, `right`, `level`, `m`, `u` and `weight`."""
        return list(self._values["comparisons"])

    def __str__(self) -> str:
        return str(self._values["text"])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        shown = [row for row in self.comparisons if row["left"] or row["right"]]
        steps = [("prior", "", "", "", self.prior)]
        steps += [(row["name"], row["left"], row["right"], row["level"], row["weight"]) for row in shown]
        steps.append(("household", "", "", "", self.household))
        ends = [0.0]
        for step in steps:
            ends.append(ends[-1] + step[4])
        low, high = min(ends), max(ends)
        span = max(high - low, 1e-9)
        rows = []
        for (name, left, right, level, weight), before, after in zip(steps, ends, ends[1:]):
            start = 100 * (min(before, after) - low) / span
            width = max(100 * abs(weight) / span, 0.5)
            colour = "#2a9d5c" if weight >= 0 else "#c8553d"
            bar = (
                "<div style='position:relative;width:18em;height:1em'><div style='position:absolute;"
                f"left:{start:.1f}%;width:{width:.1f}%;height:100%;background:{colour}'></div></div>"
            )
            cells = "".join(f"<td>{html.escape(str(text))}</td>" for text in (name, left, right, level))
            rows.append(f"<tr>{cells}<td>{bar}</td><td style='text-align:right'>{weight:+.1f}</td></tr>")
        head = "<tr><th></th><th>left</th><th>right</th><th>level</th><th></th><th>bits</th></tr>"
        verdict = "one customer" if self.same_entity else "two customers"
        total = f"<p>{self.weight:+.1f} bits, probability {100 * self.probability:.2f} %: {verdict}</p>"
        return f"<table>{head}{''.join(rows)}</table>{total}"
