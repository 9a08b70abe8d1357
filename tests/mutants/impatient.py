"""The process in which faults are planted, with no patience for what hangs."""

from gradlaw.conformance.devices.nursery import serve
from mutants.on_devices import PlantedTask, judge_planted

LIMIT = 10.0
"""Seconds that a planted task may take."""

if __name__ == "__main__":
    serve(PlantedTask, judge_planted, LIMIT)
