"""Rotations of jax.scipy.spatial: away from the rotation by no angle, and at it."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp

from gradlaw.conformance.cases.catalogue.degenerate_matrices import moving
from gradlaw.conformance.cases.catalogue.matrices import matrices
from gradlaw.conformance.cases.catalogue.places import NONZERO
from gradlaw.strategies.domains import Domain


def _unit_quaternion(x: Any) -> Any:
    """The quaternion of no rotation, moving with x."""
    return jnp.eye(4, dtype=x.dtype)[3] + moving(x)


def _generator(x: Any) -> Any:
    """The matrix of the cross product by x."""
    zero = jnp.zeros((), x.dtype)
    return jnp.array([[zero, -x[2], x[1]], [x[2], zero, -x[0]], [-x[1], x[0], zero]])


ROTATIONS = (
    matrices(
        "jax.scipy.spatial.transform.Rotation",
        "(3)",
        Domain(lower=-2.0, upper=2.0),
        variant="from_rotvec",
        call=lambda f, x: f.from_rotvec(x).as_matrix(),
    ),
    matrices(
        "jax.scipy.spatial.transform.Rotation",
        "(3)",
        variant="from_rotvec,0",
        call=lambda f, x: f.from_rotvec(moving(x)).as_matrix(),
        # To first order the exponential of the cross product.
        reference=lambda x: jnp.eye(3, dtype=x.dtype) + _generator(moving(x)),
    ),
    matrices(
        "jax.scipy.spatial.transform.Rotation",
        "(4)",
        NONZERO,
        variant="as_rotvec",
        call=lambda f, x: f.from_quat(x).as_rotvec(),
    ),
    matrices(
        "jax.scipy.spatial.transform.Rotation",
        "(4)",
        variant="as_rotvec,0",
        call=lambda f, x: f.from_quat(_unit_quaternion(x)).as_rotvec(),
        # To second order twice the tangent of half the angle, about the axis.
        reference=lambda x: 2 * _unit_quaternion(x)[:3] / _unit_quaternion(x)[3],
    ),
    matrices(
        "jax.scipy.spatial.transform.Rotation",
        "(3)",
        Domain(lower=-1.0, upper=1.0),
        variant="from_mrp",
        call=lambda f, x: f.from_mrp(x).as_matrix(),
    ),
    matrices(
        "jax.scipy.spatial.transform.Rotation",
        "(3)",
        Domain(lower=-1.0, upper=1.0),
        variant="from_euler,as_quat",
        call=lambda f, x: f.from_euler("xyz", x).as_quat(),
    ),
)
