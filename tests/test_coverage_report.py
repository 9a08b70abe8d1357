"""The coverage of rules in reports: counted, shown, and required on demand."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import textwrap
from pathlib import Path

import msgspec
import pytest
from test_reports_samples import ENVIRONMENT, law_record, sample_report

from gradlaw.conformance.coverage import registered
from gradlaw.reports import Record, Report, merge_records
from gradlaw.reports.coverage import REMEDY, by_kind, by_primitive, cover, tally
from gradlaw.reports.html import render_html
from gradlaw.reports.markdown import render_markdown
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.reading import decode_report
from gradlaw.reports.screen import open_console
from gradlaw.reports.terminal import show_summary
from gradlaw.reports.verdict import RuleKind, Verdict

ROOT = Path(__file__).parent.parent

REGISTERED: tuple[tuple[RuleKind, str], ...] = (
    ("jvp", "tanh"),
    ("batching", "tanh"),
    ("jvp", "infeed"),
    ("transpose", "mul"),
    ("jvp", "planted"),
)
EXCUSES: dict[tuple[RuleKind, str], str] = {("jvp", "infeed"): "It has no numerical meaning."}


def ran(case: str, law: str, verdict: Verdict = "conforms", **rules: tuple[str, ...]) -> Record:
    record = law_record(case, law, verdict=verdict)
    assert record.law is not None
    law_with_rules = msgspec.structs.replace(record.law, rules=dict(rules))
    return msgspec.structs.replace(record, law=law_with_rules)


RECORDS = (
    ran("tanh", "grad", "wrong rule", jvp=("tanh",), transpose=("mul",)),
    ran("tanh", "vmap(grad)", jvp=("tanh",), batching=("tanh",)),
    ran("affine", "jacfwd", jvp=("tanh",)),
)


def report(*, required: bool = False, records: tuple[Record, ...] = RECORDS) -> Report:
    merged = merge_records(records, ENVIRONMENT)
    return msgspec.structs.replace(
        merged,
        rules=cover(REGISTERED, EXCUSES, merged.records),
        coverage_required=required,
    )


def screen(shown: Report) -> str:
    file = io.StringIO()
    show_summary(shown, console=open_console(file, width=200))
    return file.getvalue()


def test_a_planted_rule_that_nothing_ran_is_uncovered() -> None:
    table = by_primitive(report())
    assert table["planted"]["jvp"].status == "uncovered"
    assert table["infeed"]["jvp"].status == "excused"
    assert table["infeed"]["jvp"].reason == "It has no numerical meaning."
    assert table["tanh"]["batching"].status == "covered"
    assert "transpose" not in table["tanh"]


def test_cases_and_modes_are_counted_and_a_node_that_conforms_is_the_example() -> None:
    rule = by_primitive(report())["tanh"]["jvp"]
    assert (rule.cases, rule.reverse, rule.forward) == (2, 2, 1)
    assert rule.verdict == "conforms"
    assert "vmap(grad)" in rule.node or "jacfwd" in rule.node
    (only,) = [rule for rule in report().rules if rule.kind == "transpose"]
    assert only.verdict == "wrong rule"
    assert only.node == RECORDS[0].node


def test_an_excused_rule_that_ran_is_covered() -> None:
    (rule, *_) = cover([("jvp", "infeed")], EXCUSES, [ran("a", "grad", jvp=("infeed",))])
    assert rule.status == "covered"


def test_counts_survive_merging_in_any_order() -> None:
    expected = report().rules
    for seed in range(5):
        shuffled = list(RECORDS)
        random.Random(seed).shuffle(shuffled)
        assert report(records=tuple(shuffled)).rules == expected
    assert report(records=(*RECORDS, *RECORDS)).rules == expected


def test_rules_that_the_release_does_not_have_are_not_listed() -> None:
    stranger = ran("a", "grad", jvp=("stranger",))
    assert "stranger" not in by_primitive(report(records=(stranger,)))


def test_the_share_is_rounded_down_so_that_less_than_all_is_never_all() -> None:
    assert tally(report().rules).percent == "80 %"
    many: list[tuple[RuleKind, str]] = [("jvp", f"p{place}") for place in range(4000)]
    rules = cover([*many[:-1], ("jvp", "q")], {}, [ran("a", "grad", jvp=tuple(n for _, n in many))])
    assert tally(rules).uncovered == 1
    assert tally(rules).percent == "99.9 %"
    assert str(tally(())) == "0 of 0 rules covered, 0 excused, 0 uncovered: 100 %"
    assert {kind: found.rules for kind, found in by_kind(report()).items()} == {
        "jvp": 3,
        "transpose": 1,
        "batching": 1,
    }


def test_coverage_fails_a_run_only_where_it_is_required() -> None:
    records = (RECORDS[1], RECORDS[2])
    assert sum_up(report(records=records)).passed
    required = sum_up(report(records=records, required=True))
    assert not required.passed
    assert required.missing == 2
    assert "2 rules uncovered" in required.sentence


def test_the_terminal_names_what_is_missing_and_the_remedy() -> None:
    shown = screen(report(required=True))
    assert "3 of 5 rules covered, 1 excused, 1 uncovered: 80 %" in shown
    assert "the jvp rule of planted" in shown
    assert REMEDY.split(" (")[0] in shown
    optional = screen(report())
    assert "1 uncovered: 80 %" in optional
    assert "planted" not in optional


def test_pages_show_every_rule_and_where_it_was_judged() -> None:
    page, text = render_html(report()), render_markdown(report())
    for shown in (page, text):
        assert "planted" in shown
        assert "uncovered" in shown
        assert "It has no numerical meaning." in shown
        assert "2 cases" in shown
    assert "2 reverse, 1 forward" in page
    assert 'id="rules"' in page
    assert 'id="rules"' not in render_html(sample_report())


def test_the_json_holds_the_rules() -> None:
    whole = report(required=True)
    assert decode_report(msgspec.json.encode(whole)) == whole


PLUGIN = """
from jax.extend.core import Primitive
from jax.interpreters import ad

planted = Primitive("planted")
ad.primitive_jvps[planted] = lambda primals, tangents: (primals[0], tangents[0])

from gradlaw.conformance import coverage
from gradlaw.conformance.coverage import registered

JUDGED = {{("jvp", "tanh"), ("batching", "tanh")}}
coverage.reasons = lambda: {{
    rule: "It is no part of this run."
    for rule in registered()
    if rule not in JUDGED and rule[1] not in {left_in}
}}
"""


@pytest.mark.parametrize(
    ("left_in", "code"), [('{"planted"}', 1), ("set()", 0)], ids=["planted", "excused"]
)
def test_a_run_fails_where_a_rule_is_uncovered_and_says_which(
    tmp_path: Path, left_in: str, code: int
) -> None:
    source = textwrap.dedent(PLUGIN).format(left_in=left_in)
    (tmp_path / "planted_rules.py").write_text(source)
    command = [
        *(sys.executable, "-m", "pytest", "conformance/test_readings.py", "-p", "no:cacheprovider"),
        *("-p", "planted_rules", "-n2", "--require-coverage", "--report", str(tmp_path / "out")),
        *("--cache-dir", str(tmp_path / "cache"), "-k", "lax.tanh or nn.tanh"),
    ]
    environment = {
        **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
        "JAX_PLATFORMS": "cpu",
        "COLUMNS": "200",
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)]),
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    output = done.stdout + done.stderr
    assert done.returncode == code, output
    assert ("Uncovered: the jvp rule of planted" in output) == bool(code), output
    assert (REMEDY[:40] in output) == bool(code)
    written = decode_report((tmp_path / "out" / "report.json").read_bytes())
    rules = by_primitive(written)
    assert rules["tanh"]["jvp"].status == "covered"
    assert rules["tanh"]["batching"].status == "covered"
    assert rules["planted"]["jvp"].status == ("uncovered" if code else "excused")
    assert ("jvp", "planted") not in registered(), "planted in the run's process alone"
