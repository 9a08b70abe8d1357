"""How often Python looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Mapping

OLDEST = 2
"""The generation of a look at everything."""


def collect_seldom() -> None:
    """Let what there is now be no garbage ever, and look for other garbage seldom.

    What is imported never is any, and programs are made of many objects: by default a tenth of a
    reading's time went into looking for it, and as much of a long run's at 50,000 new objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000_000, 10, 10)
    if _keep not in gc.callbacks:
        gc.callbacks.append(_keep)


def _keep(phase: str, found: Mapping[str, int]) -> None:
    """Look no more at what a look at everything left: caches, where one took ten seconds."""
    if phase == "stop" and found["generation"] == OLDEST:
        gc.freeze()
