"""Activations of jax.nn."""

from __future__ import annotations

from gradlaw.conformance.cases.catalogue.entry import entry
from gradlaw.conformance.cases.catalogue.places import POSITIVE
from gradlaw.strategies.domains import Domain

ACTIVATIONS = (
    entry("jax.nn.celu", "(*n)"),
    entry("jax.nn.celu", "(*n),()", None, POSITIVE, variant="by alpha"),
    entry("jax.nn.elu", "(*n)"),
    entry("jax.nn.elu", "(*n)", alpha=0.5),
    entry("jax.nn.gelu", "(*n)", approximate=False),
    entry("jax.nn.gelu", "(*n)", approximate=True),
    entry("jax.nn.glu", "(m,6)", axis=1),
    entry("jax.nn.hard_sigmoid", "(*n)"),
    entry("jax.nn.hard_silu", "(*n)"),
    entry("jax.nn.hard_swish", "(*n)"),
    entry("jax.nn.hard_tanh", "(*n)"),
    entry("jax.nn.identity", "(*n)", since="0.10"),
    entry("jax.nn.leaky_relu", "(*n)"),
    entry("jax.nn.leaky_relu", "(*n)", negative_slope=0.25),
    entry("jax.nn.log1mexp", "(*n)", POSITIVE, since="0.10"),
    entry("jax.nn.log_sigmoid", "(*n)"),
    entry("jax.nn.mish", "(*n)"),
    entry("jax.nn.relu", "(*n)"),
    entry("jax.nn.relu6", "(*n)"),
    entry("jax.nn.selu", "(*n)"),
    entry("jax.nn.sigmoid", "(*n)"),
    entry("jax.nn.silu", "(*n)"),
    entry("jax.nn.soft_sign", "(*n)"),
    entry("jax.nn.softplus", "(*n)"),
    entry("jax.nn.sparse_plus", "(*n)"),
    entry("jax.nn.sparse_sigmoid", "(*n)"),
    entry("jax.nn.squareplus", "(*n)"),
    entry("jax.nn.squareplus", "(*n),()", None, Domain(lower=0.0), variant="by b"),
    entry("jax.nn.swish", "(*n)"),
    entry("jax.nn.tanh", "(*n)"),
)
