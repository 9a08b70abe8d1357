"""Journals: what a worker wrote is read back, however it died."""

import math
import subprocess
import sys
import warnings
from typing import cast

import pytest
from hypothesis import given, settings
from test_reports_samples import law_record, records

from gradlaw.reports import Journal, TruncatedJournal, clear_journals, read_journals
from gradlaw.reports.encoding import encode
from gradlaw.reports.record import Record

FIRST = law_record(law="grad")
SECOND = law_record(law="jit(grad)")
THIRD = law_record(law="vmap(grad)")


@settings(max_examples=60, deadline=None)
@given(record=records)
def test_any_record_comes_back_as_it_was(record, tmp_path_factory):
    directory = tmp_path_factory.mktemp("journal")
    with Journal(directory, "gw0") as journal:
        journal.append(record)
        assert read_journals(directory) == [record], "on disk before the journal is closed"


def test_workers_are_read_in_the_order_of_their_names(tmp_path):
    for worker, record in (("gw1", SECOND), ("gw0", FIRST)):
        with Journal(tmp_path / "new" / "deep", worker) as journal:
            journal.append(record)
    assert read_journals(tmp_path / "new" / "deep") == [FIRST, SECOND]


@pytest.mark.parametrize("kept", [1, 20, -1])
def test_a_truncated_last_line_costs_that_record_only_and_is_named_once(tmp_path, kept):
    for worker in ("gw0", "gw1"):
        with Journal(tmp_path, worker) as journal:
            journal.append(FIRST)
            journal.append(SECOND)
    for path in tmp_path.iterdir():
        whole = path.read_bytes().rstrip(b"\n")
        start = whole.index(b"\n") + 1
        path.write_bytes(whole[: start + kept] if kept > 0 else whole[:kept])
    with pytest.warns(TruncatedJournal, match=r"2 line\(s\).*gw0\.jsonl:2.*gw1\.jsonl:2") as seen:
        assert read_journals(tmp_path) == [FIRST, FIRST]
    assert len(seen) == 1


def test_a_last_line_without_its_line_end_is_whole(tmp_path):
    with Journal(tmp_path, "gw0") as journal:
        journal.append(FIRST)
    path = tmp_path / "records-gw0.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_journals(tmp_path) == [FIRST]


def test_a_worker_of_the_same_name_loses_nothing_to_its_forerunners_truncated_line(tmp_path):
    with Journal(tmp_path, "gw0") as journal:
        journal.append(FIRST)
    with journal.path.open("ab") as file:
        file.write(b'{"node": "trunc')
    with Journal(tmp_path, "gw0") as journal:
        journal.append(SECOND)
        journal.append(THIRD)
    with pytest.warns(TruncatedJournal):
        assert read_journals(tmp_path) == [FIRST, SECOND, THIRD]


def test_a_killed_process_leaves_all_that_it_appended(tmp_path):
    program = (
        "import os, sys\n"
        "from gradlaw.reports import Journal\n"
        "from gradlaw.reports.record import Record\n"
        "journal = Journal(sys.argv[1], 'gw0')\n"
        "for node in 'ab':\n"
        "    journal.append(Record(node=node, room='law', subject='s', verdict='conforms'))\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    assert done.returncode == -9
    assert [record.node for record in read_journals(tmp_path)] == ["a", "b"]


def test_clearing_removes_journals_and_nothing_else(tmp_path):
    Journal(tmp_path, "gw0").close()
    (tmp_path / "report.json").write_text("{}")
    clear_journals(tmp_path)
    clear_journals(tmp_path / "absent")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_an_absent_directory_holds_no_records(tmp_path):
    assert read_journals(tmp_path / "absent") == []


class Scalar:
    """What a NumPy scalar and an Arb ball have in common."""

    def __float__(self) -> float:
        return 1.25


def test_numbers_that_json_lacks_become_null_and_scalars_become_numbers(tmp_path):
    record = law_record(error=math.inf, seconds={"run": math.nan, "trace": Scalar(), "other": 2.0})
    with Journal(tmp_path, "gw0") as journal:
        journal.append(record)
    (back,) = read_journals(tmp_path)
    assert back.law is not None
    assert back.law.error is None
    assert back.seconds == {"trace": 1.25, "other": 2.0}


def test_a_lone_surrogate_in_a_message_is_written_escaped(tmp_path):
    record = Record(node="a\ud800b", room="law", subject="s", verdict="conforms")
    with Journal(tmp_path, "gw0") as journal:
        journal.append(record)
    assert [back.node for back in read_journals(tmp_path)] == ["a\\ud800b"]


def test_what_has_no_form_in_json_is_named():
    with pytest.raises(TypeError, match="a value of type object"):
        encode(Record(node=cast("str", object()), room="law", subject="s", verdict="conforms"))


def test_a_workers_name_cannot_leave_the_directory(tmp_path):
    with pytest.raises(ValueError, match="a worker's name"):
        Journal(tmp_path, "../gw0")


def test_a_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"cannot write the journal .*file.*Give the report"):
        Journal(tmp_path / "file" / "deep", "gw0")
