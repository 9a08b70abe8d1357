"""A node examined: plans compiled, examples drawn and judged, one record made."""

from __future__ import annotations

import itertools
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import jax
from hypothesis.strategies import SearchStrategy

from gradlaw.conformance.agreeing import agreement, distance
from gradlaw.conformance.answers import Example
from gradlaw.conformance.case import DERIVED, Case
from gradlaw.conformance.cases.families import family
from gradlaw.conformance.comparing import blamed
from gradlaw.conformance.coverage import Rules, by_kind
from gradlaw.conformance.drawing import USUAL, at_ordinary_numbers, examples
from gradlaw.conformance.failing import told_failure
from gradlaw.conformance.judging import judge, refused
from gradlaw.conformance.known_issues import KnownFault, known_faults
from gradlaw.conformance.laws import LAWS, Law
from gradlaw.conformance.number_types import array_dtype, is_wide, part_dtype
from gradlaw.conformance.outcome import Outcome, Worst, charged, finite_or_none, severity, warned
from gradlaw.conformance.plan import Plan, plan_pool
from gradlaw.conformance.preparation import Prepared, prepare
from gradlaw.conformance.primals import Primals
from gradlaw.conformance.profiles import Profile
from gradlaw.conformance.searching import simplest, smallest_failure
from gradlaw.oracles.blame import equations
from gradlaw.oracles.domains.rounded import Rounded
from gradlaw.oracles.rounding.arithmetic import Arithmetic, arithmetic
from gradlaw.oracles.x64 import x64
from gradlaw.reports.record import Failure, Record
from gradlaw.reports.rooms import LawEvidence
from gradlaw.reports.verdict import (
    FAILING,
    Agreement,
    Verdict,
)

COSTLY = ((2_000, 1), (200, 2), (50, 3))
"""Beyond so many elements, only so many examples are drawn: each element is one."""

COMPLEX = 4
"""Elements that a complex one costs as much as."""

_REVERSE_ONLY = "custom_vjp_call"
"""How primitives begin that JAX documents to have no forward mode."""


@dataclass(kw_only=True)
class Examination:
    """A law on a case in a dtype on a backend.

    Attributes:
        case, law, dtype, backend: the node.
        seed: of the run.
        profile: how much is drawn.
        judge: what holds an example against the oracle.
        of_witnesses: what holds the witnesses of known issues against it; the same where None.
        also: a narrower dtype in which rules are read, too.
        passed: examples of a plan that are passed over: Hypothesis begins with the simplest.
        spare: plans that are tried, one by one, where the profile's judge nothing: an empty batch
            holds every gradient.
        beside_plain: whether what it returns is compared with what the plain law does.
    """

    case: Case
    law: Law
    dtype: str
    backend: str
    seed: int
    profile: Profile
    judge: Callable[[Prepared, Example, str], Outcome] = judge
    of_witnesses: Callable[[Prepared, Example, str], Outcome] | None = None
    also: str | None = None
    passed: int = 0
    spare: int = 0
    beside_plain: bool = False
    tally: Counter[Verdict] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    components: int = 0
    weak: int = 0
    ratio: float = 0.0
    nearest: Worst | None = None
    estimated: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    plans: list[str] = field(default_factory=list)
    known: dict[str, Failure] = field(default_factory=dict)
    witnesses: dict[str, bool] = field(default_factory=dict)
    rules: Rules = field(default_factory=set)
    judged: bool = False
    evaluates: bool = False
    usual: bool = False
    agreement: Counter[Agreement] = field(default_factory=Counter)
    apart: float = 0.0

    @property
    def node(self) -> str:
        """The node's own name, as it stands between brackets."""
        return f"{self.case.name}-{self.law.name}-{self.dtype}-{self.backend}"

    @property
    def nodes(self) -> set[str]:
        """That name, and those of simpler nodes whose faults this one has.

        A derived case has the faults of the case that it is derived from, and a composition those
        of the law that it must give the same as.
        """
        cases = {self.case.name}
        for derived in DERIVED:
            cases |= {name.replace(derived, "") for name in cases}
        laws = {self.law.name, self.law.alike}
        if self.law.equals.order > 1:
            laws |= {"grad(grad)", "jacfwd(grad)"} if self.law.forward else {"grad(grad)"}
        return {f"{case}-{law}-{self.dtype}-{self.backend}" for case in cases for law in laws}

    @property
    def numbers(self) -> Arithmetic:
        """The dtype's arithmetic."""
        return arithmetic(part_dtype(self.dtype), self.backend)

    @property
    def faults(self) -> tuple[KnownFault, ...]:
        """The known issues in force."""
        return known_faults(jax.__version__)

    def record(self) -> Record:
        """Examine the node."""
        start, failures = time.process_time(), list[Failure]()
        with x64(is_wide(self.dtype)), warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self._judge_witnesses()
            for plan in self._plans():
                self.plans.append(str(plan))
                if (failure := self._judge_plan(plan)) is not None:
                    failures.append(failure)
                    break
        self.notes |= warned(caught)
        self.seconds["hypothesis"] = time.process_time() - start - sum(self.seconds.values(), 0.0)
        failures += self.known.values()
        verdicts: list[Verdict] = [f.verdict for f in failures] or [self._mildest()]
        worst = max(verdicts, key=severity)
        only_known = bool(failures) and len(failures) == len(self.known)
        return Record(
            node=self.node,
            room="law",
            subject=self.case.name,
            verdict=worst,
            backend=self.backend,
            known=next(iter(self.known)) if only_known else None,
            seconds={phase: round(seconds, 6) for phase, seconds in self.seconds.items()},
            failures=tuple(failures),
            law=self._evidence(),
        )

    def _plans(self) -> Iterator[Plan]:
        """The profile's plans, and spare ones until something is judged."""
        wanted = self.case, self.law, self.dtype, self.profile.plans, self.seed
        plans = plan_pool(*wanted)
        yield from plans
        for plan in plan_pool(*wanted, spare=self.spare)[len(plans) :]:
            if self.judged:
                return
            yield plan

    def _mildest(self) -> Verdict:
        """What a node without failures is: the most favourable verdict that an example earned."""
        seen = [verdict for verdict in self.tally if verdict not in FAILING]
        return min(seen, key=severity) if seen else "conforms"

    def _evidence(self) -> LawEvidence:
        nearest = self.nearest
        return LawEvidence(
            case=self.case.name,
            law=self.law.name,
            stands_for="" if self.law in LAWS else self.law.alike,
            dtype=self.dtype,
            examples=sum(self.tally.values()),
            components=self.components,
            tally={str(verdict): count for verdict, count in self.tally.items()},
            error=None if nearest is None else finite_or_none(nearest.error),
            attainable=None if nearest is None else finite_or_none(nearest.attainable),
            program=None if nearest is None else finite_or_none(nearest.program),
            ratio=self.ratio,
            weak=self.weak,
            estimated=tuple(sorted(self.estimated)),
            regions=dict(self.regions),
            plans=tuple(self.plans),
            notes=tuple(sorted(self.notes)),
            witnesses=self.witnesses,
            rules=by_kind(self.rules),
            family=family(self.case),
            agreement={str(found): count for found, count in self.agreement.items()},
            apart=finite_or_none(self.apart) if self.agreement else None,
        )

    def _entropy(self, purpose: str) -> str:
        return f"{self.seed} {self.node} {purpose}"

    def _prepare(self, plan: Plan) -> Prepared:
        rounded = Rounded(self.backend, self.case.solve_backward_error)
        prepared = prepare(self.case, self.law, plan, self.dtype, rounded, also=self.also)
        self._charge(prepared.seconds)
        return prepared

    def _judge_witnesses(self) -> None:
        """Each known issue shows itself, whatever is drawn."""
        for fault in self.faults:
            if fault.witness["node"] != self.node:
                continue
            plan = fault.witness_plan(self.case)
            dtype = jax.numpy.dtype(array_dtype(self.dtype))
            example = fault.witness_example(self.case, plan, dtype)
            prepared, outcome = self._judged(plan, example)
            self._count(outcome, example)
            shown = self._accounts(fault, prepared, example, outcome)
            self.witnesses[fault.name] = shown
            if shown:
                self.known[fault.name] = self._failure(prepared, plan, example, outcome, known=True)

    def _judged(self, plan: Plan, example: Example) -> tuple[Prepared | None, Outcome]:
        """The outcome of one example; nothing is prepared where JAX refuses to trace the law."""
        try:
            prepared = self._prepare(plan)
        except Exception as error:
            return None, self._refused(plan, example, error)
        return prepared, (self.of_witnesses or self.judge)(prepared, example, self.dtype)

    def _refused(self, plan: Plan, example: Example, error: Exception) -> Outcome:
        if self.evaluates:
            outcome = Outcome(verdict="refused", explanation=f"{type(error).__name__}: {error}")
        else:
            outcome = refused(Outcome(), self.case, plan, example, self.dtype, error)
            self.evaluates = outcome.explanation.startswith(type(error).__name__)
        stated = isinstance(error, TypeError) and "custom_vjp" in str(error)
        if self.law.forward and stated and outcome.verdict == "refused":
            program = Primals(case=self.case, law=self.law, plan=plan, dtype=self.dtype).program
            names = {found.primitive.name for found in equations(program.jaxpr)}
            if any(name.startswith(_REVERSE_ONLY) for name in names):
                outcome.verdict = "unsupported"
                outcome.explanation = f"{_REVERSE_ONLY} has no forward mode: {error}"
        return outcome

    def _judge_plan(self, plan: Plan) -> Failure | None:
        """The smallest failing example of a plan, if there is one."""
        try:
            prepared = self._prepare(plan)
        except Exception as error:
            example = simplest(examples(self.case, plan, self.dtype))
            outcome = self._refused(plan, example, error)
            self._count(outcome, example)
            if outcome.verdict not in FAILING or self._is_known(None, plan, example, outcome):
                return None
            return self._failure(None, plan, example, outcome)
        count, elements = self.profile.examples, plan.elements(self.case)
        if self.case.is_complex:
            elements *= COMPLEX
        if self.case.heavy:
            count = (count + 1) // 2
        for beyond, most in COSTLY:
            if elements > beyond:
                count = min(count, most)
        strategy = examples(self.case, plan, self.dtype)
        failing = self._smallest(prepared, plan, strategy, count, self.passed)
        if not self.tally:  # there is no other than the simplest
            failing = self._smallest(prepared, plan, strategy, count, 0)
        usual = at_ordinary_numbers(self.case)
        # Where all numbers are tiny, say, much is hidden.
        if failing is None and not self.usual and usual is not None:
            failing = self._smallest(prepared, plan, examples(usual, plan, self.dtype), 2, 1)
        return None if failing is None else self._failure(prepared, plan, *failing)

    def _smallest(
        self,
        prepared: Prepared,
        plan: Plan,
        strategy: SearchStrategy[Example],
        count: int,
        passed: int,
    ) -> tuple[Example, Outcome] | None:
        """The smallest failing example, and what it earned."""
        places = itertools.count()

        def fails(example: Example, drawn: bool) -> Outcome | None:
            place = next(places) if drawn else passed
            if place < passed:
                return None
            return self._fails(prepared, plan, example, drawn, is_simplest=place == 0)

        return smallest_failure(fails, strategy, count, self._entropy(str(plan)))

    def _fails(
        self, prepared: Prepared, plan: Plan, example: Example, drawn: bool, *, is_simplest: bool
    ) -> Outcome | None:
        """The outcome of an example that fails, unless a known issue accounts for it."""
        outcome = self.judge(prepared, example, self.dtype)
        if drawn:
            self._count(outcome, example)
            if self.beside_plain and outcome.verdict == "conforms":
                self._set_beside_plain(prepared, example)
        if outcome.judged:
            self.judged = True
            # All zeros, say: much is hidden there, too.
            self.usual |= not is_simplest and example.region in USUAL
            self.rules |= prepared.rules
        if outcome.verdict not in FAILING or self._is_known(prepared, plan, example, outcome):
            return None
        return outcome

    def _set_beside_plain(self, prepared: Prepared, example: Example) -> None:
        spent = Outcome()
        with charged(spent, "plain law"):
            apart = distance(prepared, example, self.dtype)
        self._charge(spent.seconds)
        self.agreement[agreement(apart)] += 1
        self.apart = max(self.apart, apart)

    def _is_known(
        self, prepared: Prepared | None, plan: Plan, example: Example, outcome: Outcome
    ) -> bool:
        """Whether a known issue accounts for a failing outcome; it is kept, once for each issue."""
        for fault in self.faults:
            if fault.order > self.law.equals.order:
                continue
            if self._accounts(fault, prepared, example, outcome):
                if fault.name not in self.known:
                    failure = self._failure(prepared, plan, example, outcome, known=True)
                    self.known[fault.name] = failure
                return True
        return False

    def _accounts(
        self, fault: KnownFault, prepared: Prepared | None, example: Example, outcome: Outcome
    ) -> bool:
        if not fault.covers(self.nodes, outcome, example, self.numbers):
            return False
        if fault.primitive and not _holds(prepared, fault.primitive):
            return False
        if fault.blames and prepared is not None and not _blames(fault, prepared, example, outcome):
            return False
        if not fault.only_compiled or prepared is None:
            return not fault.only_compiled
        with jax.disable_jit():
            return judge(prepared, example, self.dtype).verdict not in FAILING

    def _charge(self, seconds: Mapping[str, float]) -> None:
        for phase, spent in seconds.items():
            self.seconds[phase] = self.seconds.get(phase, 0.0) + spent

    def _count(self, outcome: Outcome, example: Example) -> None:
        self.tally[outcome.verdict] += 1
        self.regions[example.region.partition("(")[0]] += 1
        self._charge(outcome.seconds)
        self.components += outcome.components
        self.weak += outcome.weak
        self.estimated |= outcome.estimated
        self.notes |= outcome.notes
        if outcome.verdict == "conforms" and (self.nearest is None or outcome.ratio > self.ratio):
            self.ratio, self.nearest = outcome.ratio, outcome.nearest

    def _failure(
        self,
        prepared: Prepared | None,
        plan: Plan,
        example: Example,
        outcome: Outcome,
        *,
        known: bool = False,
    ) -> Failure:
        # Of a known issue it is written down which equation is to blame, and finding it takes long.
        asked = None if known else prepared
        return told_failure(self.case, self.law, self.dtype, asked, plan, example, outcome)


def _blames(fault: KnownFault, prepared: Prepared, example: Example, outcome: Outcome) -> bool:
    """Whether an equation of the fault's primitive is to blame."""
    return f"{fault.blames}," in blamed(prepared, example, outcome).split()


def _holds(prepared: Prepared | None, primitive: str) -> bool:
    """Whether the law's program has an equation of that primitive."""
    if prepared is None:
        return False
    return any(found.primitive.name == primitive for found in equations(prepared.program.jaxpr))
