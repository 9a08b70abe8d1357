"""A factorisation of complex matrices as a function of real and imaginary parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import acb, arb

from gradlaw.oracles.domains.protocol import Domain, Scalar
from gradlaw.oracles.linear_algebra.factorisation import Factorisation, Linear
from gradlaw.oracles.rounding.arithmetic import Arithmetic

_COMPLEX_OF = {"float32": "complex64", "float64": "complex128"}
_COMPLEX_STEP = 3.0
"""A complex product errs by √5 u and a complex quotient by less than 3√2 u, relatively to the
modulus: as many real roundings as stand for one in the error bounds of real factorisations, and
half as many again (N. J. Higham, Accuracy and Stability of Numerical Algorithms, section 3.6)."""


@dataclass(frozen=True, kw_only=True)
class InParts:
    """The factorisation with every number's real part followed by its imaginary part.

    Attributes:
        whole: the factorisation of complex numbers.
    """

    whole: Factorisation

    @property
    def name(self) -> str:
        """That of the whole."""
        return self.whole.name

    def values(self, domain: Domain, dtype: str, inputs: Sequence[Scalar]) -> list[Scalar]:
        """The parts of the factors."""
        from gradlaw.oracles.domains.cartesian import Cartesian

        outputs = self.whole.values(Cartesian(domain), _COMPLEX_OF[dtype], joined(inputs))
        return split(outputs, domain.constant(0.0, dtype, literal=False))

    def linearised(
        self, domain: Domain, dtype: str, inputs: Sequence[Scalar], outputs: Sequence[Scalar]
    ) -> Linear:
        """The differential, in parts."""
        from gradlaw.oracles.domains.cartesian import Cartesian

        zero = domain.constant(0.0, dtype, literal=False)
        derive = self.whole.linearised(
            Cartesian(domain), _COMPLEX_OF[dtype], joined(inputs), joined(outputs)
        )
        return lambda tangents: split(derive(joined(tangents)), zero)

    def backward_error(
        self, inputs: Sequence[arb], outputs: Sequence[arb], numbers: Arithmetic
    ) -> list[arb]:
        """Each part may move as far as the number; of a real matrix, the imaginary one stays."""
        errors = self.whole.backward_error(_numbers(inputs), _numbers(outputs), numbers)
        real = getattr(self.whole, "real_inputs", False)
        steps = (1.0, 0.0) if real else (_COMPLEX_STEP, _COMPLEX_STEP)
        return [error * step for error in errors for step in steps]

    def forward_error(self, outputs: Sequence[arb], numbers: Arithmetic) -> list[arb]:
        """Each part may err as far as the number."""
        errors = self.whole.forward_error(_numbers(outputs), numbers)
        return [error * _COMPLEX_STEP for error in errors for _ in range(2)]


def joined(parts: Sequence[Scalar]) -> list[Scalar]:
    """Complex numbers of parts that alternate."""
    from gradlaw.oracles.domains.complex_parts import Complex

    return [Complex(real, imag) for real, imag in zip(parts[::2], parts[1::2], strict=True)]


def split(numbers: Sequence[Scalar], zero: Scalar) -> list[Scalar]:
    """The parts of complex numbers, and of real ones among them, alternating."""
    from gradlaw.oracles.domains.complex_parts import Complex

    return [
        part
        for number in numbers
        for part in ((number.real, number.imag) if isinstance(number, Complex) else (number, zero))
    ]


def _numbers(parts: Sequence[arb]) -> list[acb]:
    return [acb(real, imag) for real, imag in zip(parts[::2], parts[1::2], strict=True)]
