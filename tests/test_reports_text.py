"""Markdown and the terminal: readable, one screen, and deaf to what messages hold."""

from __future__ import annotations

import io
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from test_reports_html import HOSTILE, hostile_report
from test_reports_samples import (
    ENVIRONMENT,
    claim_record,
    convention_record,
    law_record,
    pitfall_record,
    reports,
    sample_report,
    texts,
    tracing_record,
)

from gradlaw.reports import Failure, KnownIssue, merge_records
from gradlaw.reports.figures import allowance, duration, printable, shortened, ulps
from gradlaw.reports.markdown import render_markdown
from gradlaw.reports.markup import escape, fence, lines_of
from gradlaw.reports.screen import open_console
from gradlaw.reports.terminal import show_summary


def shown(report, width=100, paths=None, encoding="utf-8", **fields):
    binary = io.BytesIO()
    file = io.TextIOWrapper(binary, encoding=encoding, newline="\n")
    show_summary(report, paths, console=open_console(file, width), **fields)
    file.flush()
    return binary.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, "–"),
        (float("nan"), "–"),
        (float("inf"), "∞"),
        (0.0, "0"),
        (0.004, "4.0e-3"),
        (0.0149, "0.015"),
        (0.5, "0.50"),
        (9.996, "10.0"),
        (99.96, "100"),
        (12345.6, "12,346"),
        (99_999.6, "1.0e5"),
        (1.26e12, "1.3e12"),
        (1e-300, "1.0e-300"),
    ],
)
def test_errors_are_printed_short_and_to_scale(value, printed):
    assert ulps(value) == printed


@settings(max_examples=1000)
@given(st.floats(1e-300, 1e300) | st.floats(-9, 9).map(lambda power: 10**power))
def test_a_printed_error_is_within_its_last_digit(value):
    assert abs(float(ulps(value).replace(",", "")) - value) <= value * 0.051


def test_a_bound_is_unbounded_only_beside_an_error():
    assert allowance(None, None) == "–"
    assert allowance(1.0, None) == "∞"
    assert allowance(1.0, 2.0) == "2.00"


def test_durations_read_as_a_person_says_them():
    assert [duration(s) for s in (0.25, 3.14, 61.5, 321.4)] == [
        "0.25 s",
        "3.1 s",
        "62 s",
        "5 min 21 s",
    ]


@given(texts)
def test_printable_text_has_no_control_characters_and_loses_nothing(text):
    shown_text = printable(text)
    assert all(c.isprintable() or c in "\n\t" for c in shown_text)
    assert len(shown_text) >= len(text)


def test_shortened_text_says_how_much_is_missing():
    assert shortened("abcdef", 4) == "abcd\n… 2 more characters in report.json"
    assert shortened("abcd", 4) == "abcd"


@given(texts)
def test_escaped_markdown_has_no_live_markup(text):
    escaped = escape(text)
    assert "\n" not in escaped
    assert "<" not in escaped
    assert ">" not in escaped
    live = re.sub(r"\\[\\`*_\[\]|~#$]", "", escaped)
    assert not set("\\`*_[]|~#$") & set(live)
    plain = re.sub(r"\\([\\`*_\[\]|~#$])", r"\1", escaped)
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert plain == " ".join(printable(text).split())


@given(texts)
def test_code_in_a_cell_keeps_its_lines_and_nothing_in_it_lives(text):
    cell = lines_of(text)
    assert "\n" not in cell
    lines = cell.split("<br>")
    assert len(lines) == len(text.split("\n"))
    for line, shown_line in zip(text.split("\n"), lines, strict=True):
        inner = shown_line.replace("&nbsp;", "")
        assert inner == escape(line)
        assert shown_line.count("&nbsp;") == len(line) - len(line.lstrip(" "))


@given(st.text("`a\n", max_size=30))
def test_a_code_block_cannot_be_closed_from_within(text):
    first, *inner, last = fence(text).split("\n")
    assert first == last
    assert set(first) == {"`"}
    assert not [line for line in inner if first in line]


def columns(row: str) -> int:
    return len(re.findall(r"(?<!\\)\|", row)) - 1


@settings(max_examples=60, deadline=None)
@given(report=reports)
def test_every_table_of_the_markdown_keeps_its_columns(report):
    in_code, width, rows = "", 0, 0
    for line in render_markdown(report).split("\n"):
        ticks = re.match(r"`{3,}", line)
        if in_code:
            in_code = "" if line == in_code else in_code
        elif ticks:
            in_code = ticks[0]
        elif line.startswith("|"):
            width = width or columns(line)
            assert columns(line) == width
            rows += 1
        else:
            width = 0
    assert not in_code
    assert rows > len(ENVIRONMENT.versions)


def test_the_markdown_says_what_the_run_says():
    report = sample_report(
        law_record(verdict="wrong number", error=77.0),
        law_record("affine", verdict="inaccurate", known="tails", error=5.0),
        law_record("affine", "vmap(grad)", verdict="skipped", error=None),
        pitfall_record(),
        tracing_record("wrong count", got=5),
        claim_record(),
        known_issues=[KnownIssue(name="tails", pattern="*", verdict="inaccurate", reason="why")],
    )
    source = render_markdown(report)
    for part in (
        "**2 of 5 judged nodes fail on JAX 0.10.2 (cpu): 1 wrong number, 1 wrong count; "
        "1 more known; 1 skipped.**",
        "| quadratic | ≠ 77.0 / 2.00 wrong number |   |",
        "| affine | ≈ 5.00 / 2.00 inaccurate (known) | – skipped |",
        "| got | 2.25 |",
        "```python\nimport jax\n",
        "| tails | inaccurate | \\* | 1 node | why |",
        "### Not a scalar\n",
        "| f = lambda x: x \\* x<br>jax.grad(f)(x) | TypeError at trace: only scalar outputs… |",
        "jit: the same<br>vmap: ValueError: another",
        "(works)<br>def f(x):<br>&nbsp;&nbsp;&nbsp;&nbsp;return jnp.sum(x \\* x)<br>jax.grad",
        "✗ refuted",
        "| 1 node | no reason recorded |",
    ):
        assert part in source, part


def test_conventions_are_shown_by_family_with_their_findings_and_remedy():
    source = render_markdown(
        sample_report(convention_record("wrong convention", remedy_works=False))
    )
    for part in (
        "## Conventions",
        "- ∉ outside the accepted set: 1",
        "### Roots and norms",
        "| norm\\_2 | ∠ wrong convention | jnp.linalg.norm(jnp.array(\\[x, 0.0\\])) | 0 | nan |",
        "\\[-1, 1\\] (Clarke), second 0",
        "Double where.: jnp.where(x == 0, 0.0, x) (does not work)",
    ):
        assert part in source, part


def test_hostile_messages_stay_text_in_markdown():
    source = render_markdown(hostile_report())
    outside = re.sub(r"^(`{3,}).*?^\1$", "", source, flags=re.MULTILINE | re.DOTALL)
    assert "<script>" not in outside
    assert "&lt;script&gt;" in outside
    assert "\x1b" not in source


def test_the_summary_of_a_clean_run_fits_a_screen_and_holds_what_a_person_needs():
    output = shown(sample_report(), paths={"json": Path("out/report.json")})
    assert len(output.splitlines()) <= 40
    assert max(len(line) for line in output.splitlines()) <= 100
    for part in (
        "laws:         ✓ 16 conforms",
        "pitfalls:     ✓ 1 conforms",
        "Worst errors",
        "jit(grad)",
        "170 examples, 1,190 components, 0 weak; 62 s, processor 6.4 s, of it 67 % in JAX and XLA",
        "seed 7, profile quick, Python 3.11.9, jax 0.10.2 jaxlib 0.10.2",
        "json: out/report.json",
        "1 claim refuted (a finding about a document, no failure):",
        "conventions:  ✓ 1 conforms",
        "Findings about conventions: 1 outside the accepted set",
        "No failure in 21 judged nodes",
    ):
        assert part in output, part
    assert "\x1b" not in output, "no colour where the file is no terminal"


def test_a_terminal_gets_colour():
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system="standard")
    show_summary(sample_report(), console=console)
    assert "\x1b[" in console.file.getvalue()  # type: ignore[attr-defined]


def test_each_failure_is_shown_with_its_numbers_and_the_rest_is_counted():
    failing = [law_record(f"case_{i:02}", verdict="wrong number", error=77.0) for i in range(20)]
    output = shown(sample_report(*failing), rows=3)
    assert "Failures (20)" in output
    assert "≠ wrong number  case_00 on cpu: grad float32" in output
    assert "got 2.25, expected 1.125 at x[3] of shape (7,); error 77.0, attainable 2.00" in output
    assert output.count("expected 1.125") == 3
    assert "… and 17 more, in the report" in output


def test_failures_of_one_kind_on_one_case_share_an_example_and_are_all_named():
    failing = [
        law_record(law=law, dtype=dtype, verdict="wrong number")
        for law in ("grad", "jit(grad)")
        for dtype in ("float16", "float32")
    ]
    crashed = law_record(law="vmap(grad)", verdict="crashed", error=None)
    output = shown(sample_report(*failing, crashed), width=120)
    assert "quadratic on cpu: grad float16, float32; jit(grad) float16, float32\n" in output
    assert output.count("expected 1.125") == 2
    assert output.index("☠ crashed  quadratic") < output.index("≠ wrong number  quadratic")


def test_failures_of_other_rooms_known_and_stale_issues_are_shown():
    report = sample_report(
        pitfall_record("wrong error", got="no error"),
        law_record(verdict="inaccurate", known="tails"),
        known_issues=[
            KnownIssue(name="tails", pattern="*", verdict="inaccurate", reason=""),
            KnownIssue(name="old", pattern="*sinh*", verdict="refused", reason="", stale=True),
        ],
    )
    output = shown(report, width=160)
    assert "test_pitfall[vector_output-cpu]" in output
    assert "must come: TypeError at trace: only scalar outputs…; came: no error; the" in output
    assert "Known issues met: tails (1)" in output
    assert "Stale known issue: old (*sinh*, refused) matches no failure any more" in output


def test_nothing_judged_is_said_loudly():
    for report in (merge_records([], ENVIRONMENT), sample_report(law_record(verdict="skipped"))):
        assert re.search(r"=+ NOTHING WAS JUDGED =+", shown(report))
    assert "NOTHING WAS JUDGED" not in shown(sample_report())


def test_hostile_messages_stay_text_in_the_terminal():
    failure = Failure(verdict="refused", explanation=f"[bold]x[/bold] [/] {HOSTILE} \u202e")
    record = law_record(verdict="refused", failures=(failure,))
    output = shown(sample_report(record), width=200)
    assert "[bold]x[/bold] [/] <script>alert(1)</script>" in output
    assert "\\x1b[31m\\x00 \\u202e" in output
    assert not {"\x1b", "\x00", "\u202e"} & set(output)


def test_an_ascii_terminal_is_served():
    report = sample_report(law_record("cas\u00e9", verdict="wrong number"), claim_record())
    output = shown(report, encoding="ascii")
    assert "N wrong number" in output
    assert "cas\\xe9" in output


@settings(max_examples=40, deadline=None)
@given(report=reports, width=st.integers(20, 200))
def test_any_report_is_shown_at_any_width(report, width):
    output = shown(report, width=width)
    assert not [c for c in output if not c.isprintable() and c != "\n"]


def test_a_record_of_every_kind_is_counted():
    report = sample_report()
    doubled = msgspec.structs.replace(report, records=(*report.records, law_record("third")))
    assert "✓ 17 conforms" in shown(doubled)
