"""Comparison: every kind of change is found, and none where there is none."""

from __future__ import annotations

import io
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given, settings
from test_reports_samples import ENVIRONMENT, law_record, reports, sample_report

from gradlaw.reports import merge_records, read_report, write_report
from gradlaw.reports.__main__ import main
from gradlaw.reports.comparison import compare_reports
from gradlaw.reports.comparison_screen import show_comparison
from gradlaw.reports.screen import open_console


def changed(before, after):
    return compare_reports(sample_report(before), sample_report(after))


@settings(max_examples=40, deadline=None)
@given(report=reports)
def test_a_report_does_not_differ_from_itself(report):
    comparison = compare_reports(report, report)
    assert not any(vars(comparison).values())
    assert not comparison.regressed


def nodes(changes):
    return [change.new.node for change in changes]


def test_what_fails_now_and_did_not_is_newly_failing():
    new = law_record(verdict="wrong number")
    comparison = changed(law_record(), new)
    assert nodes(comparison.newly_failing) == [new.node]
    assert comparison.fixed == comparison.changed == ()
    assert comparison.regressed


def test_what_was_known_and_no_longer_is_counts_as_newly_failing():
    comparison = changed(law_record(verdict="refused", known="a"), law_record(verdict="refused"))
    assert len(comparison.newly_failing) == 1


def test_a_run_from_a_checkout_is_compared_with_one_of_an_installed_suite():
    here = law_record(verdict="refused")
    name = here.node.partition("::")[2]
    there = msgspec.structs.replace(law_record(), node=f"lib/gradlaw/test_laws.py::{name}")
    comparison = changed(here, there)
    assert nodes(comparison.fixed) == [there.node]
    assert comparison.gone == comparison.appeared == ()


@pytest.mark.parametrize("known", [None, "a"])
def test_what_failed_and_conforms_is_fixed(known):
    comparison = changed(law_record(verdict="refused", known=known), law_record())
    assert nodes(comparison.fixed) == [law_record().node]
    assert comparison.changed == comparison.newly_failing == ()
    assert not comparison.regressed


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (law_record(), law_record(verdict="ill-posed")),
        (law_record(), law_record(verdict="refused", known="a")),
        (law_record(verdict="refused"), law_record(verdict="skipped")),
        (law_record(verdict="refused"), law_record(verdict="crashed")),
        (law_record(verdict="refused"), law_record(verdict="refused", known="a")),
        (law_record(verdict="refused", known="a"), law_record(verdict="refused", known="b")),
    ],
)
def test_any_other_change_of_verdict_is_neither_broken_nor_fixed(before, after):
    comparison = changed(before, after)
    assert nodes(comparison.changed) == [after.node]
    assert comparison.newly_failing == comparison.fixed == ()
    assert not comparison.regressed


def test_nodes_that_went_and_came_are_named_and_a_failing_one_regresses():
    comparison = changed(law_record("gone"), law_record("new"))
    assert [record.subject for record in comparison.gone] == ["gone"]
    assert [record.subject for record in comparison.appeared] == ["new"]
    assert not comparison.regressed
    assert changed(law_record("gone"), law_record("new", verdict="refused")).regressed


@pytest.mark.parametrize(
    ("before", "after", "won", "lost"),
    [
        (1.0, 2.0, 0, 0),
        (1.0, 2.01, 0, 1),
        (2.01, 1.0, 1, 0),
        (2.0, 1.0, 0, 0),
        (0.0, 0.5, 0, 0),
        (0.001, 0.9, 0, 0),
        (0.0, 1.1, 0, 1),
        (None, 50.0, 0, 0),
        (50.0, None, 0, 0),
    ],
)
def test_accuracy_is_won_or_lost_beyond_the_factor_only(before, after, won, lost):
    comparison = changed(law_record(error=before), law_record(error=after))
    assert (len(comparison.won), len(comparison.lost)) == (won, lost)
    assert not comparison.regressed


def test_the_factor_is_the_callers():
    old, new = sample_report(law_record(error=1.0)), sample_report(law_record(error=5.0))
    (lost,) = compare_reports(old, new, factor=4.9).lost
    assert lost.ratio == 5.0
    assert compare_reports(old, new, factor=5.0).lost == ()
    for factor in (0.5, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="factor"):
            compare_reports(old, new, factor=factor)


def test_environments_are_compared_but_for_the_start():
    later = msgspec.structs.replace(
        ENVIRONMENT,
        started="2027",
        seed=8,
        versions={"jax": "0.12.0.1", "numpy": "2"},
        flags={},
    )
    old, new = merge_records([law_record()], ENVIRONMENT), merge_records([law_record()], later)
    differences = compare_reports(old, new).environment
    assert {(d.field, d.old, d.new) for d in differences} == {
        ("seed", "7", "8"),
        ("jax", "0.10.2", "0.12.0.1"),
        ("jaxlib", "0.10.2", "–"),
        ("numpy", "–", "2"),
        ("flag XLA_FLAGS", "--xla_a=1", "–"),
    }


def mixed():
    old = sample_report(
        law_record("a"),
        law_record("b", verdict="refused"),
        law_record("c"),
        law_record("d"),
        law_record("f", error=1.0),
        law_record("g", error=64.0),
    )
    new = sample_report(
        law_record("a", verdict="wrong number"),
        law_record("b"),
        law_record("c", verdict="ill-posed"),
        law_record("e"),
        law_record("f", error=32.0),
        law_record("g", error=1.0),
    )
    return old, new


def test_the_terminal_names_each_change():
    old, new = mixed()
    seed = msgspec.structs.replace(new.environment, seed=9)
    new = msgspec.structs.replace(new, environment=seed)
    file = io.StringIO()
    show_comparison(compare_reports(old, new), console=open_console(file, 140))
    output = file.getvalue()
    for title in (
        "Newly failing (1)",
        "Fixed (1)",
        "Other verdict (1)",
        "Gone (1)",
        "New nodes (1)",
        "Accuracy lost (1)",
        "Accuracy won (1)",
        "other arguments were drawn",
    ):
        assert title in output, title
    assert (
        "1 newly failing, 1 fixed, 1 otherwise changed, 1 new node, 1 gone, "
        "accuracy lost in 1 and won in 1." in output
    )
    assert "32.0" in output


@pytest.fixture
def files(tmp_path):
    old, new = mixed()
    return [write_report(r, tmp_path / name)["json"] for r, name in ((old, "old"), (new, "new"))]


def test_the_command_exits_with_1_if_something_newly_fails_and_with_0_otherwise(files, capsys):
    old, new = map(str, files)
    assert main([old, new]) == 1
    assert "Newly failing (1)" in capsys.readouterr().out
    assert main(["compare", old, old]) == 0
    assert main([new, old]) == 1, "b fails in the old report only"
    assert main([old, new, "--factor", "100"]) == 1
    assert "Accuracy" not in capsys.readouterr().out.partition("Newly")[0]


def test_the_command_shows_renders_and_prints_the_schema(files, capsys, tmp_path):
    assert main(["show", str(files[1])]) == 0
    assert "1 of 6 judged nodes fails" in " ".join(capsys.readouterr().out.split())
    assert main(["render", str(files[1]), str(tmp_path / "again")]) == 0
    for name in ("report.md", "report.html"):
        again = (tmp_path / "again" / name).read_text(encoding="utf-8")
        assert again == files[1].with_name(name).read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["schema"]) == 0
    assert msgspec.json.decode(capsys.readouterr().out)["$defs"]["Report"]
    assert read_report(files[0]) == mixed()[0]


@pytest.mark.parametrize("command", [["show"], ["render"], []])
def test_what_is_no_report_ends_the_command_with_2_and_a_line(tmp_path, capsys, command):
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    assert main([*command, str(bad), *([] if command == ["show"] else [str(tmp_path)])]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"gradlaw.reports: {bad} is not JSON")
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", [["--factor", "0.5"], ["--factor", "x"], ["--rows", "0"], []])
def test_wrong_usage_ends_with_2(capsys, words):
    with pytest.raises(SystemExit) as stop:
        main(["old.json", *(["new.json"] if words else []), *words])
    assert stop.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_help_imports_neither_jax_nor_any_renderer():
    program = (
        "import sys\n"
        "from gradlaw.reports.__main__ import main\n"
        "try:\n"
        "    main(['--help'])\n"
        "finally:\n"
        "    heavy = {'jax', 'numpy', 'rich', 'jinja2', 'sympy'} & set(sys.modules)\n"
        "    sys.stderr.write(repr(sorted(heavy)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert "OLD.json" in done.stdout
    assert done.stderr == "[]"
