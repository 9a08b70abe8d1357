"""Files: a report comes back as it was, and what is no report is named as such."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from test_reports_samples import ENVIRONMENT, SUM, law_record, reports, sample_report

from gradlaw.reports import SCHEMA_VERSION, ReportError, merge_records, read_report, write_report
from gradlaw.reports import record as record_module
from gradlaw.reports.schema import build_schema, schema_text, shipped_schema


@settings(max_examples=40, deadline=None)
@given(report=reports)
def test_any_report_comes_back_as_it_was(report, tmp_path_factory):
    directory = tmp_path_factory.mktemp("report")
    paths = write_report(report, directory)
    assert read_report(paths["json"]) == report
    assert sorted(path.name for path in directory.iterdir()) == [
        "report.html",
        "report.json",
        "report.md",
    ]


def test_an_empty_report_is_written_and_read_and_says_so(tmp_path):
    report = merge_records([], ENVIRONMENT)
    paths = write_report(report, tmp_path / "new" / "deep")
    assert read_report(paths["json"]) == report
    for kind in ("markdown", "html"):
        assert "Nothing was judged" in paths[kind].read_text(encoding="utf-8")


def test_an_unbounded_error_is_read_back_as_one_without_measure(tmp_path):
    paths = write_report(sample_report(law_record(error=float("inf"))), tmp_path)
    (record,) = read_report(paths["json"]).records
    assert record.law is not None
    assert record.law.error is None


def test_a_second_report_replaces_the_first(tmp_path):
    write_report(sample_report(), tmp_path)
    second = sample_report(law_record(verdict="refused"))
    assert read_report(write_report(second, tmp_path)["json"]) == second


def test_a_fault_in_rendering_loses_no_record(tmp_path, monkeypatch):
    def broken(_report):
        raise ZeroDivisionError

    monkeypatch.setattr("gradlaw.reports.html.render_html", broken)
    with pytest.raises(ZeroDivisionError):
        write_report(sample_report(), tmp_path)
    assert read_report(tmp_path / "report.json") == sample_report()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON"),
        (b"<!doctype html>", r"is not JSON.*not its \.md or \.html"),
        (b'{"schema": 1', "is not JSON"),
        (b'"\xff"', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "no gradlaw report"),
        (b'{"records": []}', "no gradlaw report"),
        (b'{"schema": "1"}', "no gradlaw report"),
        (b'{"schema": true}', "no gradlaw report"),
        (b'{"schema": 0}', r"schema version 0, and this gradlaw reads 1.*Make the report again"),
        (b'{"schema": 2}', r"schema version 2.*newer gradlaw wrote it.*Upgrade gradlaw"),
        (b'{"schema": 1}', r"does not follow schema version 1.*environment"),
    ],
)
def test_what_is_no_report_is_refused_by_name_and_reason(tmp_path, content, message):
    path = tmp_path / "given.json"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=message) as refusal:
        read_report(path)
    assert str(path) in str(refusal.value)


def test_a_wrong_verdict_is_refused_with_its_place(tmp_path):
    paths = write_report(sample_report(), tmp_path)
    text = paths["json"].read_text(encoding="utf-8").replace('"refuted"', '"splendid"')
    paths["json"].write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match=r"splendid.*\$\.records\[20\]\.verdict"):
        read_report(paths["json"])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ReportError, match=r"cannot read .*absent\.json"):
        read_report(tmp_path / "absent.json")


def test_the_shipped_schema_is_the_one_that_the_records_generate():
    assert shipped_schema() == schema_text(), (
        "make it again: python -m gradlaw.reports schema > reports/schema.json"
    )


def test_the_schema_documents_every_field_of_every_record():
    definitions = build_schema()["$defs"]
    structs = {
        name
        for name, value in vars(record_module).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct)
    }
    assert set(definitions) == structs
    missing = [
        f"{name}.{field}"
        for name, definition in definitions.items()
        for field, properties in definition["properties"].items()
        if not properties.get("description")
    ]
    assert missing == []
    assert (
        definitions["LawEvidence"]["properties"]["case"]["description"] == "the names in the node."
    )
    assert definitions["Report"]["properties"]["schema"]["const"] == SCHEMA_VERSION


def test_a_report_has_exactly_the_fields_of_the_schema(tmp_path):
    report = sample_report(law_record(verdict="refused"))
    written = json.loads(write_report(report, tmp_path)["json"].read_bytes())
    definitions = build_schema()["$defs"]
    assert set(written) == set(definitions["Report"]["properties"])
    assert set(written["records"][0]) == set(definitions["Record"]["properties"])
    assert set(written["records"][0]["failures"][0]) == set(definitions["Failure"]["properties"])
    assert written["cases"][0]["formula"] == SUM
