"""The nursery of processes that judge device laws: ``python -m gradlaw.conformance.devices``."""

from functools import partial

from gradlaw.conformance.devices.nursery import serve
from gradlaw.conformance.devices.tasks import Task, judge_task
from gradlaw.frames import with_room

if __name__ == "__main__":
    serve(Task, partial(with_room, judge_task))
