"""What notebooks show. Styles stand in the elements themselves, since notebooks drop style sheets of outputs that they
do not trust; colours are the notebook's own, or mid-tones that are seen on white and on black.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

FOR, AGAINST, SUM, PLAIN = "#2e9e6b", "#d9603b", "#4a86c8", "#8a8f98"
"""Colours of evidence for one customer, of evidence against, of a sum, and of what is known beforehand."""

_LINE = "1px solid rgba(128,128,128,.35)"
_CELL = "padding:.25em .7em;white-space:nowrap;vertical-align:middle;text-align:"
# Longer texts are cut; the whole of them appears under the pointer.
_CUT = "display:block;max-width:16em;overflow:hidden;text-overflow:ellipsis"


class Markup(str):
    """A cell that is HTML already."""


def number(value: float) -> str:
    """A count with its thousands apart."""
    return f"{value:,}"


def _cell(tag: str, content: str, right: bool) -> str:
    align = "right;font-variant-numeric:tabular-nums" if right else "left"
    if isinstance(content, Markup):
        return f"<{tag} style='{_CELL}{align}'>{content}</{tag}>"
    text = escape(content)
    return f"<{tag} style='{_CELL}{align}'><span style='{_CUT}' title='{text}'>{text}</span></{tag}>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """A table that scrolls sideways where it is wider than the page; columns in `right` are numbers."""
    heading = "".join(_cell("th", name, at in right) for at, name in enumerate(head))
    body = "".join(
        f"<tr style='border-top:{_LINE}'>{''.join(_cell('td', text, at in right) for at, text in enumerate(row))}</tr>"
        for row in rows
    )
    return (
        "<div style='overflow-x:auto'><table style='border-collapse:collapse;margin:.3em 0'>"
        f"<thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table></div>"
    )


class Waterfall:
    """Steps that add up, each a bar that begins where the one before ends."""

    def __init__(self, steps: Sequence[float]) -> None:
        self._ends = [0.0]
        for step in steps:
            self._ends.append(self._ends[-1] + step)
        self._low, high = min(self._ends), max(self._ends)
        self._span = max(high - self._low, 1e-9)

    def _place(self, value: float) -> float:
        return 100 * (value - self._low) / self._span

    def bar(self, at: int, colour: str) -> Markup:
        """The bar of a step, with a thread to the bar of the next."""
        return self._drawn(self._ends[at], self._ends[at + 1], colour, thread=True)

    def total(self, value: float, colour: str) -> Markup:
        """The bar of the sum, from zero."""
        return self._drawn(0.0, value, colour, thread=False)

    def _drawn(self, before: float, after: float, colour: str, thread: bool) -> Markup:
        start, end = sorted((self._place(before), self._place(after)))
        zero = (
            f"<div style='position:absolute;left:{self._place(0):.2f}%;top:-.5em;bottom:-.5em;"
            f"border-left:{_LINE}'></div>"
        )
        bar = (
            f"<div style='position:absolute;left:{start:.2f}%;width:max({end - start:.2f}%,2px);top:.1em;bottom:.1em;"
            f"border-radius:2px;background:{colour}'></div>"
        )
        # A step without weight is the thread alone.
        top, height, bar = ("-.2em", "1.9em", "") if before == after else ("1em", ".8em", bar)
        link = (
            f"<div style='position:absolute;left:{self._place(after):.2f}%;top:{top};height:{height};"
            f"border-left:1px dotted {PLAIN}'></div>"
        )
        inner = zero + bar + (link if thread else "")
        return Markup(f"<div style='position:relative;width:16em;height:1.1em;margin:0 .3em'>{inner}</div>")
