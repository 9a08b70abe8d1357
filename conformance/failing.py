"""A failing example told for the report: the numbers, what blames whom, and a script."""

from __future__ import annotations

from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import Case
from gradlaw.conformance.comparing import arose_in, lost_in
from gradlaw.conformance.laws import Law
from gradlaw.conformance.outcome import Outcome, finite_or_none
from gradlaw.conformance.plan import Plan
from gradlaw.conformance.preparation import Prepared
from gradlaw.conformance.reproducer import printed, reproducer
from gradlaw.reports.record import Failure


def told_failure(
    case: Case,
    law: Law,
    dtype: str,
    prepared: Prepared | None,
    plan: Plan,
    example: Example,
    outcome: Outcome,
) -> Failure:
    """A failure with its evidence.

    Args:
        case, law, dtype: of the node.
        prepared: the law, traced; None where JAX refused to.
        plan, example: what it failed at.
        outcome: the verdict, and the component that earned it.
    """
    worst, explanation = outcome.worst, outcome.explanation
    if prepared is not None and (equation := lost_in(prepared, example, outcome)):
        explanation += f": the rounding of {equation}"
    if prepared is not None and (origin := arose_in(prepared, example, outcome)):
        explanation += f": {origin}"
    got = "" if worst is None else repr(worst.got)
    expected = "" if worst is None else repr(worst.expected)
    comment = (
        f"{outcome.verdict}: {explanation}"
        if worst is None
        else f"{worst.where}: got {got}, closed form {expected}; {outcome.verdict}"
    )
    return Failure(
        verdict=outcome.verdict,
        explanation=explanation,
        where="" if worst is None else worst.where,
        arguments=f"{plan}\n{printed(example.leaves)}",
        shape=() if worst is None else tuple(int(size) for size in worst.shape),
        got=got,
        expected=expected,
        error=None if worst is None else finite_or_none(worst.error),
        attainable=None if worst is None else finite_or_none(worst.attainable),
        program=None if worst is None else finite_or_none(worst.program),
        reproducer=reproducer(case, law, plan, example, dtype, comment),
    )
