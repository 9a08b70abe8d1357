"""Device laws: which were judged on how many devices, and how far platforms are apart."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from gradlaw.reports.figures import counted, ulps
from gradlaw.reports.legend import SIGNS, Sign, badness
from gradlaw.reports.ordering import by_law
from gradlaw.reports.record import Record, Report
from gradlaw.reports.rooms import DeviceEvidence


@dataclass(frozen=True, kw_only=True)
class DeviceCell:
    """A device law on some devices: all its cases and dtypes.

    Attributes:
        records: in the order of nodes.
        worst: the record with the worst verdict.
    """

    records: tuple[Record, ...]
    worst: Record

    @property
    def sign(self) -> Sign:
        """The worst verdict's sign."""
        return SIGNS[self.worst.verdict]

    @property
    def components(self) -> int:
        """Components held against the oracle."""
        return sum(record.law.components for record in self.records if record.law is not None)

    @property
    def text(self) -> str:
        """Nodes, components, and what else was counted."""
        parts = [counted(len(self.records), "node"), counted(self.components, "component")]
        devices = [record.device for record in self.records if record.device is not None]
        if identical := sum(device.identical for device in devices):
            parts.append(counted(identical, "identical call"))
        parts += [
            f"{pair} {ulps(apart)} ULP apart"
            for device in devices
            for pair, apart in device.apart.items()
        ]
        return ", ".join(parts)


@dataclass(frozen=True, kw_only=True)
class DeviceTable:
    """What was judged on how many devices.

    Attributes:
        laws: the rows: compositions, with how their arguments lie.
        places: the columns: devices, and of how many processes or platforms.
        cells: a cell for each law and place that met.
    """

    laws: tuple[str, ...]
    places: tuple[str, ...]
    cells: dict[tuple[str, str], DeviceCell]


def device_table(report: Report) -> DeviceTable:
    """The table of a run's device laws; without rows where there are none."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    names: dict[str, str] = {}
    places: dict[str, tuple[bool, int, int, str]] = {}
    for record in report.records:
        if (device := record.device) is None or record.law is None:
            continue
        title = f"{record.law.law} {device.placement}".strip()
        place = _place(device, record.backend)
        names[title] = record.law.law
        order = bool(device.backends), device.processes, device.devices, record.backend
        places[place] = order
        groups[title, place].append(record)
    return DeviceTable(
        laws=tuple(sorted(names, key=lambda title: (*by_law(names[title]), title))),
        places=tuple(sorted(places, key=places.__getitem__)),
        cells={
            key: DeviceCell(records=tuple(records), worst=max(records, key=badness))
            for key, records in groups.items()
        },
    )


def _place(device: DeviceEvidence, backend: str) -> str:
    if device.backends:
        return " and ".join(device.backends)
    devices = f"{counted(device.devices, 'device')} of {backend or 'no backend'}"
    return devices if device.processes == 1 else f"{devices}, {device.processes} processes"
