"""``jax.checkpoint`` under each of JAX's policies of what is kept for the derivative."""

from __future__ import annotations

from typing import Any

from gradlaw.conformance.laws.transform import Function, Transform


def checkpoint(function: Function, policy: str) -> Function:
    """Recompute as a policy of ``jax.checkpoint_policies`` says; arguments are named for it."""
    import jax
    from jax.ad_checkpoint import checkpoint_name

    policies = jax.checkpoint_policies
    made: dict[str, Any] = {
        "save_only_these_names": lambda: policies.save_only_these_names("argument"),
        "save_anything_except_these_names": lambda: policies.save_anything_except_these_names(
            "argument"
        ),
        "save_any_names_but_these": lambda: policies.save_any_names_but_these("result"),
        "save_from_both_policies": lambda: policies.save_from_both_policies(
            policies.dots_saveable, policies.save_only_these_names("result")
        ),
        "offload_dot_with_no_batch_dims": lambda: policies.offload_dot_with_no_batch_dims(
            "device", "pinned_host"
        ),
        "save_and_offload_only_these_names": lambda: policies.save_and_offload_only_these_names(
            names_which_can_be_saved=["result"],
            names_which_can_be_offloaded=["argument"],
            offload_src="device",
            offload_dst="pinned_host",
        ),
    }

    def named(*arguments: Any) -> Any:
        own = jax.tree.map(lambda leaf: checkpoint_name(leaf, "argument"), arguments)
        return jax.tree.map(lambda leaf: checkpoint_name(leaf, "result"), function(*own))

    chosen = made[policy]() if policy in made else getattr(policies, policy)
    recomputed: Function = jax.checkpoint(named, policy=chosen)
    return recomputed


NAMES = (
    "everything_saveable",
    "nothing_saveable",
    "dots_saveable",
    "checkpoint_dots",
    "dots_with_no_batch_dims_saveable",
    "checkpoint_dots_with_no_batch_dims",
    "offload_dot_with_no_batch_dims",
    "save_only_these_names",
    "save_anything_except_these_names",
    "save_any_names_but_these",
    "save_from_both_policies",
    "save_and_offload_only_these_names",
)
"""All that JAX has, from 0.5.0 on."""

POLICIES: dict[str, Transform] = {
    f"checkpoint[{name}]": Transform(make=checkpoint, told={"policy": name}, alike="")
    for name in NAMES
}
