"""Cases as the report shows them: closed forms and derivatives, typeset."""

from __future__ import annotations

import sympy
from sympy.printing import mathml

from gradlaw.conformance.cases import case_named
from gradlaw.reports.record import CaseSheet


def sheet(name: str) -> CaseSheet:
    """The sheet of the case of that name; of what is no case, a program say, the name alone."""
    try:
        case = case_named(name)
    except KeyError:
        return CaseSheet(name=name, signature="", source="composed by the suite", formula="")
    if case.formula is None:
        return CaseSheet(name=case.name, signature=case.signature, source=case.source, formula="")
    form = case.closed_form
    return CaseSheet(
        name=case.name,
        signature=case.signature,
        source=case.source,
        formula=_typeset(form.expression),
        derivatives={leaf: _typeset(form.derivative(leaf)) for leaf in case.leaves},
    )


def _typeset(expression: sympy.Expr) -> str:
    return str(mathml(expression, printer="presentation"))
