"""Signatures are read as written; shapes agree where names do and differ where they may."""

import math

import numpy as np
import pytest
from hypothesis.errors import InvalidArgument
from test_strategies_sampling import anything, minimal, sample

from gradlaw.strategies import Signature, dimension_sizes, leaf_shapes, shapes


@pytest.mark.parametrize(
    ("text", "leaves", "structure"),
    [
        ("()->()", ((),), (0,)),
        ("((),()),(n),(m,n)->()", ((), (), ("n",), ("m", "n")), ((0, 1), 2, 3)),
        ("(((),(k)),(3)),(*n)->(m_1)", None, None),
        ("(*n)->(*n),()", (("*n",),), (0,)),
        ("(3,n)->(n)", (("3", "n"),), (0,)),
        ("(m_1),(((),(k)),(3))->(m_1)", (("m_1",), (), ("k",), ("3",)), (0, ((1, 2), 3))),
    ],
)
def test_signatures_are_read(text, leaves, structure):
    if leaves is None:
        with pytest.raises(InvalidArgument, match="size 'm_1' is in no argument"):
            Signature.parse(text)
        return
    signature = Signature.parse(text)
    assert signature.leaves == leaves
    assert signature.structure == structure
    assert signature.to_text() == text
    assert Signature.parse(signature.to_text()) == signature


def test_spaces_do_not_matter_and_names_are_collected():
    signature = Signature.parse(" ( m , n ), (*k) , (4)-> ( m )")
    assert signature.to_text() == "(m,n),(*k),(4)->(m)"
    assert signature.sizes == {"m", "n", "k"}
    assert signature.results == (("m",),)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "expected '(', found the end"),
        ("(n)", "expected '->', found the end"),
        ("(n->()", "expected ',', found '->'"),
        ("(n,)->()", "expected a size or ')', found ')'"),
        ("(n)(m)->()", "expected '->', found '('"),
        ("((n),m)->()", "expected '(', found 'm'"),
        ("(n,(m))->()", "expected a size or ')', found '('"),
        ("(*n,m)->()", "a starred size stands alone, not in (*n,m)"),
        ("(n+1)->()", "expected ',', found '+'"),
        ("(-1)->()", "expected a size or ')', found '-'"),
        ("(n)->(m)", "the result's size 'm' is in no argument"),
        ("(n)->((n))", "results do not nest"),
        ("(n)->()x", "'x' after the results"),
        ("(n)->", "expected '(', found the end"),
    ],
)
def test_what_is_no_signature_is_named(text, problem):
    with pytest.raises(InvalidArgument) as caught:
        Signature.parse(text)
    assert problem in str(caught.value)
    assert repr(text) in str(caught.value)


def test_sizes_are_unequal_and_rarely_powers_of_two():
    drawn = sample(dimension_sizes(), 300)
    assert set(drawn) >= {0, 1, 2, 3, 4, 5, 7}
    assert set(drawn) & {17, 101, 1000}
    assert np.mean([size in {2, 4, 8} for size in drawn]) < 0.4
    assert max(drawn.count(size) for size in set(drawn)) < 150
    assert not set(sample(dimension_sizes(large=False), 300)) & {17, 101, 1000}
    assert minimal(dimension_sizes(), lambda _: True) == 1


def test_sizes_keep_their_bounds():
    assert set(sample(dimension_sizes(min_size=2, max_size=5), 60)) == {2, 3, 4, 5}
    assert set(sample(dimension_sizes(min_size=20, max_size=22), 60)) == {20, 21, 22}


MATRIX = Signature.parse("(m,n),(n),(m)->()")


def test_named_sizes_agree_and_usually_differ():
    drawn = sample(leaf_shapes(MATRIX), 200)
    assert all((m, n) == (*rows, *columns) for (m, n), columns, rows in drawn)
    unequal = np.mean([matrix[0] != matrix[1] for matrix, _, _ in drawn])
    assert 0.8 < unequal < 1
    assert any(0 in matrix for matrix, _, _ in drawn)
    assert any(1 in matrix for matrix, _, _ in drawn)


def test_fixed_sizes_are_kept():
    signature = Signature.parse("(3,n),(3),(2,2)->()")
    for (three, _), vector, square in sample(leaf_shapes(signature), 30):
        assert (three, vector, square) == (3, (3,), (2, 2))


def test_a_starred_size_is_of_any_rank_and_alike_wherever_it_stands():
    signature = Signature.parse("(*n),(),(*n),(n)->()")
    drawn = sample(leaf_shapes(signature), 200)
    for array, scalar, same, vector in drawn:
        assert scalar == ()
        assert array == same
        assert vector == (math.prod(array),)
    assert {len(array) for array, *_ in drawn} == {0, 1, 2, 3, 4}
    assert any(array and math.prod(array) == 0 for array, *_ in drawn)
    assert any(1 in array for array, *_ in drawn)
    several = [array for array, *_ in drawn if len(array) > 1]
    assert np.mean([len(set(array)) > 1 for array in several]) > 0.8


@pytest.mark.parametrize("text", ["(m,n),(n)->()", "(*n)->()", "(a,b,c,d)->()", "(n,n)->()"])
def test_bounds_hold_for_every_leaf(text):
    signature = Signature.parse(text)
    for drawn in sample(leaf_shapes(signature, min_size=1, max_size=101, max_elements=60), 150):
        for shape in drawn:
            assert all(1 <= size <= 101 for size in shape)
            assert math.prod(shape) <= 60
    unbounded = sample(leaf_shapes(signature, max_elements=10**9), 150)
    assert any(math.prod(shape) > 60 for drawn in unbounded for shape in drawn)


def test_shapes_have_every_rank_and_unequal_axes():
    drawn = sample(shapes(), 200)
    assert {len(shape) for shape in drawn} == {0, 1, 2, 3, 4}
    several = [shape for shape in drawn if len(shape) > 1]
    assert np.mean([len(set(shape)) > 1 for shape in several]) > 0.8
    assert any(len(set(shape)) == 1 for shape in several)
    assert all(math.prod(shape) <= 4096 for shape in drawn)
    assert minimal(shapes(), lambda _: True) == ()
    assert minimal(shapes(), lambda shape: len(shape) == 2) == (1, 3)


def test_shapes_keep_their_bounds():
    for shape in sample(
        shapes(min_rank=2, max_rank=3, min_size=2, max_size=7, max_elements=40), 80
    ):
        assert 2 <= len(shape) <= 3
        assert all(2 <= size <= 7 for size in shape)
        assert math.prod(shape) <= 40


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: dimension_sizes(min_size=5, max_size=4), "need 0 <= min_size <= max_size"),
        (lambda: dimension_sizes(min_size=-1), "need 0 <= min_size"),
        (lambda: shapes(min_rank=3, max_rank=2), "need 0 <= min_rank <= max_rank"),
        (lambda: shapes(min_size=10, max_elements=9999), "max_elements=9999 is less than"),
        (lambda: leaf_shapes(anything("(n)->()")), r"is not a Signature: pass Signature\.parse"),
        (lambda: leaf_shapes(MATRIX, min_size=3, max_size=2), "need 0 <= min_size"),
    ],
)
def test_bad_bounds_are_named(make, message):
    with pytest.raises(InvalidArgument, match=message):
        make()
