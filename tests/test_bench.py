"""The benchmark measures what it says, and its lines can come out as not met."""

import importlib
import sys
from collections import Counter
from io import StringIO
from types import SimpleNamespace

import jax
import numpy as np
import pytest
from jax.test_util import check_grads
from rich.console import Console

from gradlaw.conformance.bench import __main__ as command
from gradlaw.conformance.bench import checkers as checkers_module
from gradlaw.conformance.bench import sensitivity, subjects, timings
from gradlaw.conformance.bench.alarms import DTYPES, Alarms, count_alarms
from gradlaw.conformance.bench.bisection import smallest
from gradlaw.conformance.bench.checkers import Answer, FiniteDifferences, Suite, checkers
from gradlaw.conformance.bench.comparison import Comparison
from gradlaw.conformance.bench.conditioning import Conditioning
from gradlaw.conformance.bench.drawing import SOURCES, normal, ordinary
from gradlaw.conformance.bench.planting import with_wrong_number, with_wrong_rule
from gradlaw.conformance.bench.requirements import NUMBER_UNITS, RULE_ERROR, figures
from gradlaw.conformance.bench.sensitivity import (
    Sensitivity,
    gradient_arrays,
    in_number,
    in_rule,
    median_element,
)
from gradlaw.conformance.bench.subjects import SUBJECTS, Subject
from gradlaw.conformance.bench.table import table
from gradlaw.conformance.bench.throughput import Throughput, measure
from gradlaw.conformance.cases import case_named
from gradlaw.conformance.judging import judge

SIZE = 7
QUADRATIC = Subject(case=case_named("quadratic"), shapes={"w": (), "b": (), "x": (SIZE,)}, leaf="x")
WEIGHTED = Subject(case=case_named("weighted_sum"), shapes={"w": (), "x": (SIZE,)}, leaf="x")
SINE_LOG = Subject(case=case_named("sine_log"), shapes={"x": (50,)}, leaf="x")
PARAMS = Subject(
    case=case_named("squared_error_dot"),
    shapes={"w": (SIZE,), "b": (), "x": (SIZE,), "y": ()},
    leaf="w",
)
FINITE = FiniteDifferences(name="check_grads", assertion=check_grads)


class Scripted:
    """A checker that says what it is told to, in turn."""

    name = "scripted"

    def __init__(self, *alarms):
        self.alarms = list(alarms)

    def check(self, subject, example, dtype):  # noqa: ARG002
        alarm = self.alarms.pop(0) if self.alarms else None
        return Answer(alarm=alarm, compared=3)


@pytest.mark.parametrize("exponent", [-9, -8, -1, 0, 5, 20])
def test_the_bisection_finds_a_planted_threshold(exponent):
    asked = []

    def notices(error):
        asked.append(error)
        return error >= 2.0**exponent

    assert smallest(notices, -9, 20) == 2.0**exponent
    assert len(asked) <= 10


def test_the_bisection_rounds_a_threshold_up_and_never_invents_one():
    assert smallest(lambda error: error > 0.3, -10, 10) == 0.5
    assert smallest(lambda _: False, -10, 10) is None
    with pytest.raises(ValueError, match="no power of two"):
        smallest(lambda _: True, 1, 0)


@pytest.mark.parametrize("subject", [QUADRATIC, PARAMS], ids=lambda subject: subject.name)
def test_a_wrong_rule_changes_one_element_of_the_gradient_and_not_the_value(subject):
    (example,) = normal(subject, "float32", 1, 0)
    faulty = with_wrong_rule(subject, 3, 1.0)
    right, wrong = (gradient_arrays(s, example)[subject.place] for s in (subject, faulty))
    factors = np.where(np.arange(SIZE) == 3, 2, 1)
    np.testing.assert_array_equal(wrong, right * factors)
    arguments = subject.case.assemble(example.leaves)
    assert faulty.case.function(*arguments) == subject.case.function(*arguments)


def test_a_wrong_number_is_one_element_and_the_verdict_sees_it():
    (example,) = normal(PARAMS, "float32", 1, 0)
    prepared = Suite(backend="cpu").prepared(PARAMS, "float32")
    arrays = gradient_arrays(PARAMS, example)
    wrong = with_wrong_number(prepared, arrays, PARAMS.place, 2, 1e6)
    returned = jax.tree.leaves(wrong.call())
    changed = np.flatnonzero(returned[PARAMS.place] != arrays[PARAMS.place])
    assert changed.tolist() == [2]
    assert judge(prepared, example, "float32").verdict == "conforms"
    assert judge(wrong, example, "float32").verdict == "wrong number"


def test_the_condition_number_of_a_polynomial_is_that_of_its_terms():
    (example,) = normal(QUADRATIC, "float32", 1, 0)
    w, b, x = (example.leaves[name].astype(float) for name in "wbx")
    # g = 2w(wx + b), by w, x and b.
    terms = abs(w * (4 * w * x[4] + 2 * b)) + abs(x[4] * 2 * w * w) + abs(b * 2 * w)
    expected = terms / abs(2 * w * (w * x[4] + b))
    found = Conditioning(QUADRATIC)(example, 4)
    assert abs(found - expected) < expected / 2**40
    assert Conditioning(QUADRATIC)(example, 5) != found


def test_the_condition_number_of_a_copy_is_one():
    (example,) = normal(WEIGHTED, "float32", 1, 0)
    assert Conditioning(WEIGHTED)(example, 0) == 1


def test_the_suite_reaches_its_figures_and_finite_differences_do_not():
    drawn, suite = normal(SINE_LOG, "float32", 8, 0), Suite(backend="cpu")
    rule = in_rule(suite, SINE_LOG, drawn, 2)
    number = in_number(suite, SINE_LOG, drawn, 2)
    others = in_rule(FINITE, SINE_LOG, drawn, 2)
    assert rule.arguments == number.arguments == 2
    assert rule.error is not None
    assert rule.error <= RULE_ERROR
    assert number.units is not None
    assert number.units <= NUMBER_UNITS
    assert others.arguments > 0
    assert others.error is None or others.error > RULE_ERROR
    comparison = Comparison(
        rule={"gradlaw": {SINE_LOG.name: rule}},
        number={SINE_LOG.name: number},
        alarms={"gradlaw": {("float32", "standard normal"): Alarms(checked=1)}},
    )
    assert [figure.met for figure in figures(comparison, "gradlaw")] == [True, True, True]


def test_a_suite_that_judges_nothing_notices_nothing(monkeypatch):
    (example,) = normal(QUADRATIC, "float32", 1, 0)
    for module in (checkers_module, sensitivity):
        right = judge(Suite(backend="cpu").prepared(QUADRATIC, "float32"), example, "float32")
        monkeypatch.setattr(module, "judge", lambda *_, right=right: right)
    suite = Suite(backend="cpu")
    assert in_rule(suite, QUADRATIC, [example], 1).error is None
    assert in_number(suite, QUADRATIC, [example], 1).units is None


def test_errors_are_planted_only_where_the_right_gradient_raises_no_alarm():
    drawn = normal(QUADRATIC, "float32", 3, 0)
    everywhere = in_rule(Scripted("a", "a", "a"), QUADRATIC, drawn, 1)
    assert (everywhere.error, everywhere.arguments, everywhere.drawn) == (None, 0, 3)
    assert in_rule(Scripted("a", None, None), QUADRATIC, drawn, 1).arguments == 1


def test_the_planted_component_is_the_one_of_median_magnitude():
    (example,) = normal(QUADRATIC, "float32", 1, 0)
    magnitudes = np.abs(gradient_arrays(QUADRATIC, example)[0])
    chosen = magnitudes[median_element(QUADRATIC, example)]
    assert (magnitudes < chosen).sum() == (magnitudes > chosen).sum() == SIZE // 2


def reached(error, units, alarms):
    return Comparison(
        rule={"gradlaw": {"f": Sensitivity(error=error, arguments=1, drawn=1)}},
        number={"f": Sensitivity(error=error, units=units, arguments=1, drawn=1)},
        alarms={"gradlaw": {("float32", "standard normal"): alarms}},
    )


def test_a_figure_is_met_up_to_its_requirement_and_beyond_it_is_not():
    alarm = Alarms(checked=2, raised=Counter({"inaccurate": 1}))
    right = figures(reached(RULE_ERROR, NUMBER_UNITS, Alarms(checked=2)), "gradlaw")
    beyond = figures(reached(2 * RULE_ERROR, 2 * NUMBER_UNITS, alarm), "gradlaw")
    none = figures(reached(None, None, Alarms()), "gradlaw")
    assert [str(figure).partition(": ")[0] for figure in right] == ["met"] * 3
    assert [str(figure).partition(": ")[0] for figure in (*beyond, *none)] == ["NOT MET"] * 6
    assert beyond[0].sentence.endswith("beyond it: f 2.0e-09")
    assert beyond[1].sentence.endswith("beyond it: f 128")
    assert beyond[2].sentence.endswith("1 of 2")
    assert none[0].sentence.endswith("f none noticed")


def test_nothing_measured_is_nothing_met():
    empty = Comparison(rule={"gradlaw": {}}, alarms={"gradlaw": {}})
    assert not any(figure.met for figure in figures(empty, "gradlaw"))


def test_a_check_that_raises_an_alarm_verifies_nothing():
    drawn = normal(QUADRATIC, "float32", 2, 0)
    silent = measure(Scripted(), QUADRATIC, drawn, "float32", 1e-9)
    assert (silent.checks, silent.components, silent.compared) == (1, SIZE, 3)
    # The first check is the one that compiles, and is not counted.
    alarmed = measure(Scripted(None, "alarm"), QUADRATIC, drawn, "float32", 1e-9)
    assert (alarmed.checks, alarmed.passed, alarmed.components, alarmed.compared) == (1, 0, 0, 0)
    assert (silent + alarmed).components == SIZE


def test_false_alarms_are_counted_and_broken_checkers_are_not_alarms():
    alarms, drawn = Alarms(), normal(QUADRATIC, "float32", 3, 0)
    count_alarms(Scripted(None, "refused"), QUADRATIC, drawn, "float32", alarms)
    assert (alarms.checked, alarms.count, alarms.raised["refused"]) == (3, 1, 1)

    def broken(*_, **__):
        raise TypeError("not an alarm")

    with pytest.raises(TypeError, match="not an alarm"):
        FiniteDifferences(name="broken", assertion=broken).check(QUADRATIC, drawn[0], "float32")


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_drawn_arguments_are_the_seeds_and_inside_the_domain(dtype):
    for draw in (normal, ordinary):
        first, again, other = (draw(SINE_LOG, dtype, 4, seed) for seed in (0, 0, 1))
        x, y, z = (np.stack([e.leaves["x"] for e in found]) for found in (first, again, other))
        assert x.shape == (4, 50)
        assert x.dtype.name == dtype
        assert (x.astype(float) > -1).all()
        assert x.astype(float).any(axis=1).all()
        np.testing.assert_array_equal(x, y)
        assert (x != z).any()


def test_every_subject_has_a_thousand_components_and_a_place_among_its_cases():
    assert {subject.size for subject in SUBJECTS} == {1000}
    assert [s.place for s in SUBJECTS if s.name == "squared_error_dot by w"] == [0]
    assert len({subject.name for subject in SUBJECTS}) == len(SUBJECTS)


def test_a_missing_chex_is_said_and_left_out(monkeypatch):
    monkeypatch.setitem(sys.modules, "chex", None)
    found, (line,) = checkers("cpu")
    assert [checker.name for checker in found] == ["check_grads", "gradlaw"]
    assert "chex is left out" in line
    assert "pip install chex" in line


def test_a_chex_that_this_jax_cannot_import_is_said_and_left_out(monkeypatch):
    def fail(name):
        raise AttributeError(f"no attribute wanted by {name}")

    monkeypatch.setattr(importlib, "import_module", fail)
    found, (line,) = checkers("cpu")
    assert [checker.name for checker in found] == ["check_grads", "gradlaw"]
    assert "AttributeError: no attribute wanted by chex" in line


@pytest.fixture
def stand_in(monkeypatch):
    """What the column of chex needs of it: its own tests are elsewhere."""
    monkeypatch.setitem(sys.modules, "chex", SimpleNamespace(assert_numerical_grads=check_grads))


@pytest.mark.usefixtures("stand_in")
def test_the_output_names_all_and_fits(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(subjects, "SUBJECTS", (QUADRATIC,))
    monkeypatch.setattr(timings, "LARGE", 200)
    monkeypatch.setattr(timings, "SMALL", 20)
    effort = ["--seconds", "0.01", "--arguments", "1", "--draws", "1"]
    assert command.main(effort) == 0
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert max(map(len, lines)) <= 80
    for name in ("check_grads", "chex", "gradlaw"):
        assert any(name in line and "┃" in line for line in lines)
    joined = " ".join(printed.split())
    for text in ("quadratic by x", "bfloat16", "float16", "float32", jax.__version__):
        assert text in joined
    for figure in (
        "rule verdict",
        "number verdict",
        "false alarms on correct gradients: none; 0 of 6",
    ):
        assert joined.count(f" met: {figure}") == 1
    untimed, _, timed = joined.partition("exact reading of a gradient")
    assert "NOT MET" not in untimed.removesuffix("NOT MET: ")
    assert "at a new shape" in timed
    assert "Tutorials: later calls are faster than the first" in timed


@pytest.mark.parametrize("others", [["check_grads"], ["check_grads", "chex"]])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_table_shows_gains_and_fits_its_console(others, width):
    alarms = {(dtype, source): Alarms(checked=9) for dtype in DTYPES for source in SOURCES}
    theirs = Sensitivity(error=2.0, arguments=1, drawn=1)
    comparison = Comparison(
        rule={
            **{name: {"f": theirs} for name in others},
            "gradlaw": {"f": Sensitivity(error=0.5, arguments=1, drawn=1)},
        },
        number={"f": Sensitivity(error=0.25, units=3.0, conditioning=1.5, arguments=1, drawn=1)},
        throughput={
            **{n: {"f": Throughput(first=1, seconds=1, components=10)} for n in others},
            "gradlaw": {"f": Throughput(first=2, seconds=1, components=70, compared=20)},
        },
        alarms=dict.fromkeys((*others, "gradlaw"), alarms),
    )
    screen = StringIO()
    Console(width=width, file=screen).print(table(comparison, [*others, "gradlaw"]))
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    joined = " ".join("".join(lines).split())
    for gain in ("4", "8", "7", "0.5"):
        assert " / ".join([gain] * len(others)) in joined
    assert "0 of 9" in joined
    assert "3 ULP" in joined


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--seconds", "0"], "not a positive number"), (["--draws", "-1"], "not a positive whole")],
)
def test_an_option_that_measures_nothing_is_refused(capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        command.main(arguments)
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


def test_the_timing_page_has_a_line_for_each_law(monkeypatch):
    monkeypatch.setattr(timings, "LARGE", 200)
    monkeypatch.setattr(timings, "SMALL", 20)
    costs = timings.measure(("vmap(grad)", "jit(grad)", "jit(vmap(grad))"), repeats=1)
    assert all(cost.first > 0 and cost.later > 0 for cost in costs)
    grown = next(cost for cost in costs if cost.law == "jit(vmap(grad))")
    assert grown.growth is None or 5 < grown.growth < 15
    out = StringIO()
    Console(file=out, width=120).print(timings.page(costs))
    for law in ("vmap(grad)", "jit(grad)", "jit(vmap(grad))"):
        assert law in out.getvalue()
    lines = timings.claims(costs)
    assert [line.partition(":")[0] for line in lines[:2]] == [
        "jit(vmap(grad)) is faster than vmap(grad)",
        "later calls are faster than the first",
    ]
