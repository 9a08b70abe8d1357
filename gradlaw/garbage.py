"""How often Python looks for garbage."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """Let what there is now be no garbage ever, and look for other garbage seldom.

    What is imported never is any, and programs are made of many objects: by default a tenth of a
    reading's time went into looking for it, and as much of a long run's at 50,000 new objects. What
    is made later stays in sight: JAX asks the collector what refers to a leaked tracer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(2_000_000, 10, 10)
