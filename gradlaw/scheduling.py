"""Which worker gets which node."""

from __future__ import annotations

import re
from typing import Any

import pytest

_LAW = re.compile(r"::test_(law|reading|screening)\[(?P<case>.+)-[^-]+-(?P<dtype>[^-]+)-[^-]+\]$")
_CONVENTION = re.compile(r"::test_convention\[[^-]+-(?P<family>[^-]+)-(?P<backend>[^-]+)\]$")

_LEAKS = re.compile(r"::test_(?P<room>tracing|pitfall)\[")
_DEVICES = re.compile(r"::test_(device_law|device_pitfall|repeated|two_processes)\[")


def scope_of(nodeid: str) -> str:
    """What goes to one worker: a case in a dtype, a family of conventions, or a test on its own.

    What needs processes of its own goes to one, so that they start once. What may leak tracers goes
    to one, too, since large scopes come first: JAX asks the collector what keeps a tracer alive,
    which is a minute's work once much else is.
    """
    if _DEVICES.search(nodeid):
        return "devices"
    if match := _LEAKS.search(nodeid):
        return match["room"]
    if match := _LAW.search(nodeid):
        return f"{match['case']}-{match['dtype']}"
    if match := _CONVENTION.search(nodeid):
        return f"{match['family']}-{match['backend']}"
    return nodeid


def scheduler(config: pytest.Config, log: Any) -> Any:
    """A scheduler by :func:`scope_of`.

    Source: pytest-xdist documentation, "Making session-scoped fixtures execute only once" and
    ``--dist loadscope``.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByCase(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

        def remove_node(self, node: Any) -> str | None:
            """Give a dead worker's nodes to the others, but for the one it died of."""
            workload = self.assigned_work.pop(node)
            pending = {scope: unit for scope, unit in workload.items() if not all(unit.values())}
            if not pending:
                return None
            first = next(iter(pending.values()))
            crashed = next(nodeid for nodeid, done in first.items() if not done)
            first[crashed] = True
            self.workqueue.update(
                {scope: unit for scope, unit in pending.items() if not all(unit.values())}
            )
            for other in self.assigned_work:
                self._reschedule(other)
            return str(crashed)

    return ByCase(config, log)
