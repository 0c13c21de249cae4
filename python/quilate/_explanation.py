"""Why two records are one customer, or are not."""

from __future__ import annotations

from typing import Any

from . import _html


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
        steps: list[tuple[list[str], float]] = [(["prior", "", "", ""], self.prior)]
        steps += [([row[key] for key in ("name", "left", "right", "level")], row["weight"]) for row in shown]
        if abs(self.household) >= 0.05:
            steps.append((["household", "", "", ""], self.household))
        waterfall = _html.Waterfall([weight for _, weight in steps])
        rows = []
        for at, (texts, weight) in enumerate(steps):
            evidence = _html.FOR if weight >= 0 else _html.AGAINST
            bar = waterfall.bar(at, _html.PLAIN if at == 0 else evidence)
            rows.append([*texts, bar, f"{weight:+.1f}" if weight else ""])
        total = _html.Markup(f"<b>{self.weight:+.1f}</b>")
        rows.append(["all in", "", "", "", waterfall.total(self.weight, _html.SUM), total])
        head = ["", "left", "right", "level", "", "bits"]
        verdict = "One customer" if self.same_entity else "Two customers"
        title = f"<b>{verdict}</b>: {self.weight:+.1f} bits, probability {100 * self.probability:.2f} %"
        return f"<div>{title}{_html.table(head, rows, right=frozenset([5]))}</div>"
