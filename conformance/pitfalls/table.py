"""All pitfalls, in the order in which a report shows them."""

from __future__ import annotations

from gradlaw.conformance.pitfalls.batch_axes import BATCHES
from gradlaw.conformance.pitfalls.control_flow import BRANCHES, LOOPS
from gradlaw.conformance.pitfalls.impurity import IMPURE
from gradlaw.conformance.pitfalls.outputs_and_inputs import ARGNUMS, INPUTS, OUTPUTS
from gradlaw.conformance.pitfalls.pitfall import Pitfall
from gradlaw.conformance.pitfalls.refusals import REFUSALS
from gradlaw.conformance.pitfalls.values_for_functions import VALUES

PITFALLS: tuple[Pitfall, ...] = (
    *OUTPUTS,
    *INPUTS,
    *VALUES,
    *ARGNUMS,
    *BATCHES,
    *BRANCHES,
    *LOOPS,
    *IMPURE,
    *REFUSALS,
)
