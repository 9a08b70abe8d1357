"""Batchings and containers: what ``vmap`` maps, and what parameters come in."""

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from test_strategies_sampling import minimal, sample

from gradlaw.strategies import CONTAINER_KINDS, batch_sizes, batchings, contain, containers


def test_batch_sizes_avoid_powers_of_two_and_include_none_and_one():
    drawn = sample(batch_sizes(), 300)
    assert set(drawn) == {0, 1, 2, 3, 5, 7}
    assert np.mean([size in {2, 4, 8} for size in drawn]) < 0.3
    assert drawn.count(3) > drawn.count(0) > 0
    assert 0 not in sample(batch_sizes(min_size=1), 100)
    assert set(sample(batch_sizes(min_size=20), 20)) == {20, 21}


def test_large_batches_come_now_and_then_if_asked_for():
    drawn = sample(batch_sizes(large=(10_000, 100_000)), 400)
    assert {10_000, 100_000} <= set(drawn)
    assert np.mean([size > 7 for size in drawn]) < 0.2


RANKS = (0, 1, 2)


def test_axes_are_valid_from_either_end_and_none_is_often_among_them():
    drawn = sample(batchings(RANKS, out_ranks=(0, 2)), 300)
    for batching in drawn:
        assert len(batching.in_axes) == len(RANKS)
        assert any(axis is not None for axis in batching.in_axes)
        for rank, axis in zip(RANKS, batching.in_axes, strict=True):
            assert axis is None or -rank - 1 <= axis <= rank
        assert batching.out_axis in {0, -1}
    axes = [batching.in_axes[2] for batching in drawn]
    assert set(axes) == {None, 0, 1, 2, -1, -2, -3}
    assert 0.2 < np.mean([None in batching.in_axes for batching in drawn]) < 0.9
    assert {batching.out_axis for batching in drawn} == {0, -1}


def test_out_axes_fit_every_result():
    assert {it.out_axis for it in sample(batchings((1,), out_ranks=(1, 2)), 100)} == {0, 1, -1, -2}
    assert {it.out_axis for it in sample(batchings((1,)), 40)} == {0}


def test_a_single_leaf_is_always_mapped():
    assert {it.in_axes for it in sample(batchings((0,)), 60)} == {(0,), (-1,)}


def test_sizes_are_those_asked_for():
    assert {it.size for it in sample(batchings(RANKS, sizes=st.just(11)), 10)} == {11}


def test_the_simplest_batching_maps_the_first_axis_of_every_leaf():
    simplest = minimal(batchings(RANKS, out_ranks=(1,)), lambda _: True)
    assert simplest.in_axes == (0, 0, 0)
    assert simplest.out_axis == 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: batchings(()), "vmap needs at least one leaf"),
        (lambda: batchings((-1,)), "a rank is not negative"),
        (lambda: batchings((1,), out_ranks=(-1,)), "a rank is not negative"),
        (lambda: batch_sizes(min_size=-1), "need 0 <= min_size"),
        (lambda: batch_sizes(min_size=5, large=(4,)), "need 0 <= min_size <= each large size"),
    ],
)
def test_bad_batches_are_named(make, message):
    with pytest.raises(InvalidArgument, match=message):
        make()


@pytest.mark.parametrize("kind", CONTAINER_KINDS)
@pytest.mark.parametrize("names", [("w",), ("w", "b"), ("w", "b", "a", "z")])
def test_a_container_holds_each_name_once_under_one_structure(kind, names):
    tree_util = pytest.importorskip("jax").tree_util
    leaves, structure = tree_util.tree_flatten(contain(kind, names))
    assert sorted(leaves) == sorted(names)
    assert tree_util.tree_structure(contain(kind, names)) == structure


def test_containers_are_of_the_kinds_they_say():
    names = ("w", "b")
    made = {kind: contain(kind, names) for kind in CONTAINER_KINDS}
    assert made["tuple"] == ("w", "b")
    assert type(made["tuple"]) is tuple
    assert made["list"] == ["w", "b"]
    assert type(made["dict"]) is dict
    # Against the sorted order, in which JAX flattens a dict.
    assert list(made["dict"]) == ["w", "b"]
    assert list(contain("dict", ("b", "w"))) == ["w", "b"]
    assert made["namedtuple"]._fields == names
    assert made["namedtuple"].w == "w"
    assert type(made["namedtuple"]) is type(contain("namedtuple", names))
    assert type(made["namedtuple"]) is not type(contain("namedtuple", ("w", "c")))
    assert {type(part) for part in contain("nested", ("a", "b", "c")).values()} == {list, dict}


def test_kinds_of_container_are_all_drawn():
    assert set(sample(containers(), 60)) == set(CONTAINER_KINDS)
    assert minimal(containers(), lambda _: True) == "tuple"


@pytest.mark.parametrize(
    ("kind", "names", "message"),
    [
        ("set", ("w",), "kind='set' is not a container: take one of tuple"),
        ("tuple", ("w", "w"), "pass distinct names"),
        ("tuple", "wb", "pass distinct names"),
        ("namedtuple", ("_w",), "must be a public identifier"),
        ("dict", ("w b",), "must be a public identifier"),
    ],
)
def test_bad_containers_are_named(kind, names, message):
    with pytest.raises(InvalidArgument, match=message):
        contain(kind, names)
