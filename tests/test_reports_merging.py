"""Merging and the outcome: one order, the worse record kept, and a sentence that says it."""

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reports_samples import CASES, ENVIRONMENT, VERDICTS, law_record, records, sample_report

from gradlaw.reports import FAILING, KnownIssue, Record, merge_records
from gradlaw.reports.legend import LEGEND, badness
from gradlaw.reports.ordering import identity
from gradlaw.reports.outcome import sum_up
from gradlaw.reports.phases import sum_phases

ISSUE = KnownIssue(name="tails", pattern="*tanh*", verdict="inaccurate", reason="1 - tanh**2")


@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(records, max_size=6), order=st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(drawn, order):
    distinct = list({identity(record): record for record in drawn}.values())
    shuffled = distinct[:]
    order.shuffle(shuffled)
    merged = merge_records(distinct, ENVIRONMENT)
    assert merged == merge_records(shuffled, ENVIRONMENT)
    assert len(merged.records) == len(distinct)


def test_records_stand_by_room_declared_case_law_and_dtype():
    expected = list(sample_report().records)
    shuffled = expected[:]
    random.Random(5).shuffle(shuffled)
    assert shuffled != expected
    assert list(merge_records(shuffled, ENVIRONMENT, CASES).records) == expected
    laws = [record.law for record in expected if record.law is not None]
    assert [law.case for law in laws[:8]] == ["quadratic"] * 8, "as declared, not by the alphabet"
    assert [law.law for law in laws[:8:2]] == ["grad", "jit(grad)", "vmap(grad)", "jit(vmap(grad))"]
    assert [law.dtype for law in laws[:2]] == ["float16", "float32"]


@pytest.mark.parametrize("turned", [False, True])
def test_a_node_recorded_twice_keeps_its_worse_record(turned):
    fine, crashed = law_record(), law_record(verdict="crashed", error=None)
    pair = [crashed, fine] if turned else [fine, crashed]
    assert merge_records(pair, ENVIRONMENT).records == (crashed,)


def test_a_known_failure_is_better_than_the_same_one_unknown():
    known = law_record(verdict="inaccurate", known="tails")
    unknown = law_record(verdict="inaccurate")
    worse_but_known = law_record(verdict="crashed", known="tails")
    assert badness(known) < badness(worse_but_known) < badness(unknown)


def test_known_issues_are_counted_by_failures_only_and_a_match_is_not_stale():
    report = merge_records(
        [law_record(verdict="inaccurate", known="tails"), law_record("affine", known="tails")],
        ENVIRONMENT,
        known_issues=[
            KnownIssue(name="tails", pattern="*", verdict="inaccurate", reason="", stale=True),
            KnownIssue(name="gone", pattern="*", verdict="inaccurate", reason="", stale=True),
        ],
    )
    assert [(issue.matched, issue.stale) for issue in report.known_issues] == [
        (1, False),
        (0, True),
    ]


def test_the_legend_has_every_verdict_once_with_a_sign_that_needs_no_colour():
    assert sorted(sign.verdict for sign in LEGEND) == sorted(VERDICTS)
    failing_glyphs = [sign.glyph for sign in LEGEND if sign.verdict in FAILING]
    assert len(set(failing_glyphs)) == len(FAILING)
    assert not {sign.glyph for sign in LEGEND if sign.verdict not in FAILING} & set(failing_glyphs)
    assert all(len(sign.plain) == 1 and sign.plain.isascii() for sign in LEGEND)


def test_every_failing_verdict_is_worse_than_every_other():
    ranks = {sign.verdict: rank for rank, sign in enumerate(LEGEND)}
    assert max(ranks[verdict] for verdict in FAILING) < min(
        rank for verdict, rank in ranks.items() if verdict not in FAILING
    )


def test_a_clean_run_passes_and_says_what_it_judged():
    outcome = sum_up(sample_report())
    assert outcome.passed
    assert outcome.sentence == "No failure in 21 judged nodes on JAX 0.10.2 (cpu)."


@pytest.mark.parametrize("verdict", sorted(FAILING))
def test_each_failing_verdict_fails_a_run_unless_known(verdict):
    failing = sum_up(sample_report(law_record(verdict=verdict), law_record("affine")))
    assert not failing.passed
    assert failing.sentence.startswith(
        "1 of 2 judged nodes fails on JAX 0.10.2 (cpu): 1 " + verdict
    )
    known = sum_up(sample_report(law_record(verdict=verdict, known="tails")))
    assert known.passed
    assert known.known == 1


@pytest.mark.parametrize("verdict", sorted(set(VERDICTS) - FAILING - {"skipped"}))
def test_no_other_verdict_fails_a_run(verdict):
    assert sum_up(sample_report(law_record(verdict=verdict))).passed


def test_a_run_in_which_nothing_was_judged_does_not_pass():
    for report in (
        merge_records([], ENVIRONMENT),
        sample_report(law_record(verdict="skipped"), law_record("affine", verdict="skipped")),
    ):
        outcome = sum_up(report)
        assert not outcome.passed
        assert outcome.sentence.startswith("Nothing was judged")


def test_an_interrupted_run_and_a_stale_issue_do_not_pass():
    interrupted = sum_up(sample_report(complete=False))
    assert not interrupted.passed
    assert interrupted.sentence.startswith("Interrupted.")
    stale = KnownIssue(name="old", pattern="*", verdict="refused", reason="", stale=True)
    outcome = sum_up(sample_report(known_issues=[ISSUE, stale]))
    assert not outcome.passed
    assert "1 known issue stale" in outcome.sentence


def test_processor_time_is_summed_and_shared_out():
    spent = [{"trace": 1.0, "compile": 2.0, "run": 3.0, "oracle": 1.5}, {"run": 1.0, "other": 1.5}]
    chosen = [
        Record(node=str(i), room="law", subject="s", verdict="conforms", seconds=seconds)
        for i, seconds in enumerate(spent)
    ]
    phases = sum_phases(sample_report(*chosen))
    assert (phases.jax, phases.total) == (7.0, 10.0)
    assert list(phases.seconds) == ["run", "compile", "trace", "oracle", "other"]
    assert (phases.lattice, phases.composed) == (0.0, {})


def test_what_the_lattice_adds_is_told_apart():
    spent = {"trace": 1.0, "run": 0.5}
    plain = law_record(law="jit(grad)", seconds=spent)
    composed = law_record(law="jit(vjp)", seconds=spent)
    assert composed.law is not None
    law = msgspec.structs.replace(composed.law, stands_for="jit(grad)")
    composed = msgspec.structs.replace(composed, law=law)
    phases = sum_phases(sample_report(plain, composed))
    assert phases.composed == spent
    assert (phases.lattice, phases.total) == (1.5, 3.0)
