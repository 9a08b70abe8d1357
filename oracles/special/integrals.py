"""Functions that integrals define, and Kummer's, whose derivatives by parameters are integrals."""

from __future__ import annotations

from typing import Any

from flint import acb, arb

from gradlaw.oracles.special.enclosures import INFINITY, NAN, accurate, monotone, real

_LEAST = arb(2) ** -1200


def dawson(x: Any) -> arb:
    """√π/2 exp(−x²) erfi(x); over a wide ball by the mean value form, as |F'| ≤ 1."""
    x = arb(x)
    if abs(x) == INFINITY:
        return arb(0)
    centre = x.mid()
    value = accurate(lambda: arb.pi().sqrt() / 2 * (-centre * centre).exp() * centre.erfi(), centre)
    return value if x.is_exact() else value + arb(0, x.rad())


def exponential_integral(order: Any, x: Any) -> arb:
    """Eₙ(x) for x > 0, where it decreases."""
    return monotone(lambda number: _exponential_integral(arb(order), number), arb(x))


def _exponential_integral(order: arb, x: arb) -> arb:
    if x == INFINITY:
        return arb(0)
    return accurate(lambda: real(acb(x).expint(acb(order))), x) if x > 0 else NAN


def logarithmic_exponential_integral(x: Any) -> arb:
    """Ei(x) away from its pole at 0."""
    x = arb(x)
    return accurate(x.ei, x)


def sine_integral(x: Any) -> arb:
    """Si(x)."""
    x = arb(x)
    return accurate(x.si, x)


def cosine_integral(x: Any) -> arb:
    """Ci(x) for x > 0."""
    x = arb(x)
    return accurate(x.ci, x) if x > 0 else NAN


def normal_quantile(probability: Any) -> arb:
    """√2 erfinv(2p − 1), which increases."""
    return monotone(
        lambda p: accurate(lambda: arb(2).sqrt() * (2 * p - 1).erfinv(), p), arb(probability)
    )


def complementary_inverse(x: Any) -> arb:
    """erfinv(1 − x), which decreases."""
    return monotone(_complementary_inverse, arb(x))


def _complementary_inverse(x: arb) -> arb:
    def inverse() -> arb:  # one less x at each precision
        return (1 - x).erfinv()

    return accurate(inverse, x)


def owen_t(h: Any, a: Any) -> arb:
    """The integral itself, over balls that are hardly wide; down to what float64 can hold."""
    if arb(h).is_zero():
        return arb(a).atan() / (2 * arb.pi())
    h, a = acb(arb(h)), acb(arb(a))

    def integrand(t: acb, _analytic: bool) -> acb:
        square = 1 + t * t
        return (-h * h * square / 2).exp() / square

    return real(acb.integral(integrand, acb(0), a, abs_tol=_LEAST) / (2 * acb.pi()))


def kummer(by_first: Any, by_second: Any, a: Any, b: Any, x: Any) -> arb:
    """M(a, b, x) for b > 0, or its first derivative by a or by b, which is Cauchy's integral.

    It is taken around a, or around b at half its distance from the pole at 0.
    """
    a, b, x = arb(a), arb(b), arb(x)
    if not b > 0:
        return NAN
    if x.is_zero():
        return arb(0 if by_first or by_second else 1)
    radii = (1 if by_first else 0), (b.mid() / 2 if by_second else 0)
    if not by_first and not by_second:
        return accurate(lambda: x.hypgeom_1f1(a, b), a, b, x)

    def around(turn: acb) -> acb:
        return acb(x).hypgeom_1f1(a + radii[0] * turn, b + radii[1] * turn) / turn

    def integral() -> arb:
        circle = acb.integral(
            lambda angle, _: around((acb(0, 1) * angle).exp()),
            acb(0),
            2 * acb.pi(),
            abs_tol=_LEAST,
        )
        return circle.real / (2 * arb.pi() * sum(radii))

    return accurate(integral, a, b, x)
