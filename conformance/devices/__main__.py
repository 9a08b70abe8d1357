"""The nursery of processes that judge device laws: ``python -m gradlaw.conformance.devices``."""

from gradlaw.conformance.devices.nursery import serve
from gradlaw.conformance.devices.tasks import Task, judge_task

if __name__ == "__main__":
    serve(Task, judge_task)
