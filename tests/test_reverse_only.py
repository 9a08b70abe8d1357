"""Functions whose rule forward mode refuses are those that say so."""

from __future__ import annotations

from gradlaw.conformance.cases import CASES, COMPLEX_CASES
from gradlaw.conformance.laws.table import law_named
from gradlaw.conformance.plan import applies, plan_pool
from gradlaw.conformance.primals import Primals
from gradlaw.oracles.blame import equations

GRADIENT = law_named("grad")


def test_programs_that_hold_a_rule_of_reverse_mode_say_so() -> None:
    found = set[str]()
    for case in (*CASES, *COMPLEX_CASES):
        (plan,) = plan_pool(case, GRADIENT, case.reading_dtype, 1, 0)
        asked = Primals(case=case, law=GRADIENT, plan=plan, dtype=case.reading_dtype)
        names = {equation.primitive.name for equation in equations(asked.program.jaxpr)}
        if any(name.startswith("custom_vjp_call") for name in names):
            found.add(case.name)
    assert found == {case.name for case in CASES if case.reverse_only}
    assert "jax.custom_gradient" in found


def test_no_law_of_forward_mode_applies_to_them() -> None:
    (case,) = [case for case in CASES if case.name == "jax.custom_vjp(sin(x)*y)"]
    assert not applies(case, law_named("jacfwd"))
    assert applies(case, law_named("grad"))
