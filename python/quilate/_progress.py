"""A progress bar in terminals and notebooks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

Show = Callable[[str, float], None]


class Bar:
    """Shows how far a run is: on the error stream of a terminal, or under the cell of a notebook."""

    def __init__(self) -> None:
        self._display: Any | None = None
        self._shown = False
        if _in_notebook():
            from IPython.display import HTML, display

            self._html: Any = HTML
            self._display = display(HTML(""), display_id=True)

    def __call__(self, stage: str, fraction: float) -> None:
        self._shown = True
        if self._display is not None:
            bar = f"<progress value='{fraction:.3f}' style='width:20em'></progress> {stage} {100 * fraction:.0f} %"
            self._display.update(self._html(bar))
        else:
            filled = int(30 * fraction)
            sys.stderr.write(f"\r{'━' * filled}{'╌' * (30 - filled)} {stage:9} {100 * fraction:3.0f} %")
            sys.stderr.flush()

    def close(self) -> None:
        """Takes the bar away."""
        if self._display is not None:
            self._display.update(self._html(""))
        elif self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and type(shell).__name__ == "ZMQInteractiveShell"


def shower(progress: bool | Show | None) -> tuple[Show, Callable[[], None]]:
    """What to call with the progress, and what to call at the end. `None`: a bar where somebody can see it."""
    if callable(progress):
        return progress, lambda: None
    if progress is None:
        progress = _in_notebook() or sys.stderr.isatty()
    if progress:
        bar = Bar()
        return bar, bar.close
    return (lambda stage, fraction: None), lambda: None
