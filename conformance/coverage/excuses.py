"""Rules that no case can judge, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gradlaw.reports.verdict import RuleKind

JVP: Final[tuple[RuleKind, ...]] = ("jvp",)
DERIVATIVES: Final[tuple[RuleKind, ...]] = ("jvp", "linearization", "transpose")
BATCHING: Final[tuple[RuleKind, ...]] = ("batching",)
ALL: Final[tuple[RuleKind, ...]] = (*DERIVATIVES, *BATCHING)


@dataclass(frozen=True, kw_only=True)
class Excuse:
    """Primitives some of whose rules no case is asked to run, for one reason.

    Attributes:
        primitives: their names.
        kinds: of the rules.
        reason: one sentence.
    """

    primitives: tuple[str, ...]
    kinds: tuple[RuleKind, ...]
    reason: str


def _excuse(primitives: str, kinds: tuple[RuleKind, ...], reason: str) -> Excuse:
    return Excuse(primitives=tuple(primitives.split()), kinds=kinds, reason=reason)


EXCUSES: tuple[Excuse, ...] = (
    _excuse(
        "and or xor not shift_left shift_right_arithmetic shift_right_logical reduce_or",
        DERIVATIVES,
        "Its operands are integers or truth values: their tangents are symbolic zeros always, and "
        "JAX asks for no rule.",
    ),
    _excuse("mulhi", ALL, "It multiplies integers, and XLA compiles it for no CPU."),
    _excuse(
        "random_bits random_seed random_split random_fold_in random_wrap random_unwrap",
        JVP,
        "Its operands are keys and integers: their tangents are symbolic zeros always, and JAX "
        "asks for no rule.",
    ),
    _excuse(
        "eq_to",
        ALL,
        "It compares in the total order inside of a sort's comparator, which is neither "
        "differentiated nor batched.",
    ),
    _excuse("lt_to le_to", JVP, "It compares in the total order, in searches by stopped values."),
    _excuse(
        "random_gamma",
        ALL,
        "Its sampler rejects: the program of one key has another derivative than the rule, which "
        "is that of the distribution function.",
    ),
    _excuse(
        "threefry4x32 philox2x32 philox4x32",
        BATCHING,
        "It stands in the compiled form of random bits only, and in no program that is traced.",
    ),
    _excuse(
        "rng_bit_generator",
        BATCHING,
        "Under vmap it draws other bits than without, as the documentation of jax.random says: "
        "there is no right value.",
    ),
    _excuse(
        "geqrf geqp3 ormqr householder_product hessenberg schur tridiagonal symmetric_product",
        BATCHING,
        "It has no derivative, and its result is a choice of LAPACK's that no exact reading makes.",
    ),
    _excuse("while", ("transpose",), "The rule does nothing but say that there is none."),
    _excuse("composite", DERIVATIVES, "The rule does nothing but say that there is none."),
    _excuse(
        "ffi_call io_callback pure_callback",
        ALL,
        "It runs foreign code: JAX refuses its derivative, and no reading knows its result.",
    ),
    _excuse(
        "debug_callback debug_print inspect_sharding dce_sink",
        ("transpose",),
        "It has no results, so no cotangent ever reaches it.",
    ),
    _excuse("dce_sink", ALL, "It keeps an equation from being removed, and computes nothing."),
    _excuse(
        "check",
        ALL,
        "It fails or does nothing, and checkify removes it from every program "
        "that can be compiled.",
    ),
    _excuse(
        "dot_product_attention_fwd_wrapper dot_product_attention_bwd_wrapper "
        "dot_product_attention_fp8_fwd_wrapper dot_product_attention_fp8_bwd_wrapper "
        "scaled_matmul scaled_matmul_wrapper scaled_dot",
        BATCHING,
        "It calls a kernel of NVIDIA's cuDNN or of 8-bit numbers, whose result no reading bounds.",
    ),
    _excuse(
        "psend precv ragged_all_to_all pbroadcast_dynamic",
        ALL,
        "It needs several devices, or has no rule for the ordinary batch: one device is read.",
    ),
    _excuse(
        "preduced unreduced_psum unreduced_pmax unreduced_pmin unreduced_reduce_scatter "
        "all_gather_reduced reduced_vary_cast reduced_vary_cast_p vary_unreduced_cast "
        "vary_unreduced_cast_p",
        ALL,
        "It says on which devices a sum is still to be taken, which vmap refuses and one device "
        "cannot show.",
    ),
    _excuse(
        "pbroadcast",
        ("transpose",),
        "It raises TypeError at every call: reverse mode of lax.pbroadcast is refused.",
    ),
    _excuse(
        "call closed_call custom_jvp_call",
        ("transpose",),
        "No public function leaves a call of this kind in a tangent program.",
    ),
    _excuse("custom_lin", BATCHING, "It is transposed before anything can batch it."),
    _excuse(
        "linear_call coo_todense coo_fromdense coo_matvec coo_matmat csr_todense csr_fromdense "
        "csr_matvec csr_matmat",
        DERIVATIVES,
        "It has no batching rule, so that half of the laws refuse every case that holds it.",
    ),
    _excuse(
        "bcoo_fromdense bcsr_fromdense",
        ("transpose",),
        "Its JVP rule is made of another primitive, so that no tangent program holds it.",
    ),
    _excuse(
        "spsolve",
        DERIVATIVES,
        "It calls SciPy's solver in the host's Python, whose rounding no reading bounds, and "
        "refuses vmap.",
    ),
    _excuse(
        "empty_ref free_ref accum_grad_in_ref run_state",
        DERIVATIVES,
        "It belongs to references inside of kernels or of accumulated gradients, not to functions.",
    ),
    _excuse(
        "call_hi_primitive call_hi_primitive_linearized eval_jaxpr box_get box_set new_box new_log "
        "log_read log_extend",
        ALL,
        "It stages user-defined types, an experiment whose rules are the user's own.",
    ),
    _excuse("to_edtype from_edtype", ALL, "It converts to a dtype of the user's own."),
    _excuse(
        "bitcast_convert_type",
        JVP,
        "Its result is taken for integers or back, where a reading demands no derivative.",
    ),
    _excuse(
        "remat_opt",
        ("jvp", "transpose"),
        "Only second derivatives run it, and JAX refuses those of custom_vjp with optimize_remat.",
    ),
    _excuse(
        "ragged_dot_general",
        BATCHING,
        "It is batched in one way alone, and refuses the ways that a plan may draw.",
    ),
    _excuse(
        "nextafter",
        JVP,
        "A step to the next number jumps at every power of two: no reading differentiates it.",
    ),
    _excuse("stage tie", ALL, "No public function leaves it in a program that is differentiated."),
    _excuse(
        "relayout with_memory_space_constraint",
        ALL,
        "It says where or how an array lies in memory, which is the accelerator's own affair.",
    ),
)
"""Fewer than 40, by reason."""


def reasons() -> Mapping[tuple[RuleKind, str], str]:
    """The reason for each rule that is excused; the first that names it counts."""
    found: dict[tuple[RuleKind, str], str] = {}
    for excuse in EXCUSES:
        for primitive in excuse.primitives:
            for kind in excuse.kinds:
                found.setdefault((kind, primitive), excuse.reason)
    return found
