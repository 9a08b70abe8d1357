"""Arguments and batches: what leaves share, and what becomes of rows."""

import numpy as np
import pytest
from hypothesis.errors import InvalidArgument
from test_strategies_sampling import anything, minimal, sample

from gradlaw.strategies import (
    FLOAT_FORMATS,
    REGIONS,
    Domain,
    WellConditioned,
    arguments,
    batched_arguments,
)

FLOAT32 = FLOAT_FORMATS["float32"]
SHAPES = {"w": (), "b": (), "x": (5,)}


@pytest.mark.parametrize("name", FLOAT_FORMATS)
def test_leaves_have_their_shape_dtype_and_domain(name):
    fmt = FLOAT_FORMATS[name]
    domains = {"x": Domain(lower=-1.0), "A": WellConditioned()}
    shapes = {**SHAPES, "A": (3, 3)}
    for example in sample(arguments(shapes, fmt, domains=domains), 40):
        assert list(example.leaves) == ["w", "b", "x", "A"]
        assert {name: leaf.shape for name, leaf in example.leaves.items()} == shapes
        assert {leaf.dtype for leaf in example.leaves.values()} == {fmt.numpy_dtype}
        assert all(float(x) > -1 for x in example.leaves["x"])
        diagonal = np.abs(np.diag(example.leaves["A"]).astype(np.float64))
        assert np.all(2 * diagonal > np.abs(example.leaves["A"].astype(np.float64)).sum(axis=1))


def test_every_region_comes_and_some_examples_mix_them():
    drawn = sample(arguments(SHAPES, FLOAT32), 300)
    regions = [example.region for example in drawn]
    assert set(REGIONS) <= set(regions)
    mixed = [region for region in regions if region.startswith("mixed(")]
    assert 0.1 < len(mixed) / len(regions) < 0.4
    named = {part for region in mixed for part in region[len("mixed(") : -1].split(",")}
    assert named <= set(REGIONS)


def test_the_region_is_that_of_the_leaves():
    subnormal = [
        example
        for example in sample(arguments(SHAPES, FLOAT32), 300)
        if example.region == "subnormal"
    ]
    assert subnormal
    for example in subnormal:
        assert all(np.all(np.abs(leaf) < FLOAT32.tiny) for leaf in example.leaves.values())


def test_only_the_regions_asked_for_are_drawn():
    drawn = sample(arguments(SHAPES, FLOAT32, regions=("tiny", "zeros")), 60)
    assert {example.region for example in drawn} >= {"tiny", "zeros"}
    assert {example.region for example in drawn} <= {
        "tiny",
        "zeros",
        "mixed(tiny,zeros)",
        "mixed(zeros,tiny)",
    }
    assert {example.region for example in sample(arguments(SHAPES, FLOAT32, regions="huge"))} == {
        "huge"
    }


def test_two_leaves_are_the_same_array_at_times():
    drawn = sample(arguments({"a": (3,), "b": (3,), "c": (2,), "d": (3,)}, FLOAT32), 200)
    same = [example.leaves["a"] is example.leaves["b"] for example in drawn]
    any_same = [
        len({id(leaf) for leaf in example.leaves.values()}) < len(example.leaves)
        for example in drawn
    ]
    assert 0.05 < np.mean(any_same) < 0.25
    assert any(same)


def test_leaves_of_unlike_shape_or_domain_are_never_the_same_array():
    domains = {"b": Domain(lower=0.0)}
    for example in sample(arguments({"a": (3,), "b": (3,)}, FLOAT32, domains=domains), 100):
        assert example.leaves["a"] is not example.leaves["b"]


def test_the_simplest_example_is_ordinary_and_zero():
    def product(example):
        return float(example.leaves["w"]) * float(example.leaves["x"][3])

    example = minimal(arguments(SHAPES, FLOAT32), lambda _: True)
    assert example.region == "ordinary"
    assert all(not leaf.any() for leaf in example.leaves.values())
    example = minimal(
        arguments(SHAPES, FLOAT32, regions=("ordinary", "zeros")), lambda it: product(it) > 5
    )
    assert example.region == "ordinary"
    assert product(example) in {5.5, 6, 7, 8}
    assert np.count_nonzero(example.leaves["x"]) == 1


AXES = {"w": None, "b": 0, "x": -1}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 13, 500])
def test_each_example_of_a_batch_is_the_row_that_it_names(size):
    for batch in sample(batched_arguments(SHAPES, AXES, size, FLOAT32), 25):
        assert len(batch.rows) == (size if size <= 8 else 7)
        assert batch.row_of.shape == (size,)
        assert set(batch.row_of) == set(range(len(batch.rows)))
        assert batch.leaves["w"].shape == ()
        assert batch.leaves["b"].shape == (size,)
        assert batch.leaves["x"].shape == (5, size)
        for example, row in enumerate(batch.row_of):
            assert batch.rows[row]["w"] is batch.leaves["w"]
            assert np.array_equal(batch.rows[row]["b"], batch.leaves["b"][example])
            assert np.array_equal(batch.rows[row]["x"], batch.leaves["x"][:, example])
        assert all(leaf.dtype == FLOAT32.numpy_dtype for leaf in batch.leaves.values())


@pytest.mark.parametrize(("axis", "stacked"), [(0, (4, 2, 3)), (1, (2, 4, 3)), (2, (2, 3, 4))])
def test_the_batch_axis_may_be_any_from_either_end(axis, stacked):
    for place in (axis, axis - 3):
        for batch in sample(batched_arguments({"x": (2, 3)}, {"x": place}, 4, FLOAT32), 5):
            assert batch.leaves["x"].shape == stacked
            for row in range(4):
                assert np.array_equal(
                    np.take(batch.leaves["x"], row, axis=axis), batch.rows[row]["x"]
                )


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_a_batch_of_none_is_empty_along_its_axis(axis):
    for batch in sample(
        batched_arguments({"x": (2, 3), "w": (4,)}, {"x": axis, "w": None}, 0, FLOAT32), 5
    ):
        assert batch.rows == ()
        assert batch.row_of.shape == (0,)
        assert batch.leaves["x"].shape == np.expand_dims(np.zeros((2, 3)), axis).shape[:0] + tuple(
            np.insert([2, 3], axis % 3, 0)
        )
        assert batch.leaves["x"].dtype == FLOAT32.numpy_dtype
        assert batch.leaves["w"].shape == (4,)
        assert batch.region in {*REGIONS} or batch.region.startswith("mixed(")


def test_rows_differ_in_value_and_at_times_in_region():
    drawn = sample(batched_arguments(SHAPES, AXES, 3, FLOAT32), 150)
    distinct = [len({row["x"].tobytes() for row in batch.rows}) == 3 for batch in drawn]
    assert np.mean(distinct) > 0.8
    only = [
        np.ptp(np.log2([np.max(np.abs(row["x"])) for row in batch.rows])) > 60
        for batch in drawn
        if all(row["x"].any() for row in batch.rows)
    ]
    # One row huge and another tiny: what leaks from row to row is seen.
    assert sum(only) > 3


def test_the_order_of_a_large_batch_is_drawn():
    drawn = sample(batched_arguments(SHAPES, AXES, 30, FLOAT32), 30)
    assert len({batch.row_of.tobytes() for batch in drawn}) > 20
    simplest = minimal(batched_arguments(SHAPES, AXES, 30, FLOAT32), lambda _: True)
    assert simplest.row_of.tolist() == [example % 7 for example in range(30)]


def test_mapped_leaves_are_the_same_array_at_times_but_only_along_one_axis():
    shapes, alike = {"a": (3,), "b": (3,)}, {"a": 0, "b": 0}
    drawn = sample(batched_arguments(shapes, alike, 3, FLOAT32), 150)
    same = [batch for batch in drawn if batch.leaves["a"] is batch.leaves["b"]]
    assert 5 < len(same) < 50
    for batch in same:
        assert all(row["a"] is row["b"] for row in batch.rows)
    unlike = {"a": 0, "b": 1}
    for batch in sample(batched_arguments(shapes, unlike, 3, FLOAT32), 60):
        assert batch.leaves["a"] is not batch.leaves["b"]
        assert np.array_equal(batch.leaves["b"][:, 1], batch.rows[1]["b"])


def test_matrices_are_stacked_too():
    drawn = sample(
        batched_arguments(
            {"A": (2, 2), "b": (2,)},
            {"A": 1, "b": None},
            5,
            FLOAT32,
            domains={"A": WellConditioned()},
        ),
        10,
    )
    for batch in drawn:
        for row in range(5):
            matrix = batch.leaves["A"][:, row]
            assert np.array_equal(matrix, batch.rows[row]["A"])
            assert np.linalg.det(matrix.astype(np.float64)) != 0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: arguments({}, FLOAT32), "needs at least one leaf"),
        (lambda: arguments(SHAPES, anything("float32")), "is not a FloatFormat"),
        (lambda: arguments(SHAPES, FLOAT32, regions=()), "pass at least one name of REGIONS"),
        (lambda: arguments(SHAPES, FLOAT32, regions=("far",)), "region='far'"),
        (lambda: arguments(SHAPES, FLOAT32, domains={"y": Domain()}), r"domains names \['y'\]"),
        (lambda: arguments(SHAPES, FLOAT32, domains={"x": anything("real")}), "is not a Domain"),
        (
            lambda: arguments(SHAPES, FLOAT32, domains={"x": WellConditioned()}),
            r"leaf 'x' .* must be square",
        ),
        (lambda: batched_arguments(SHAPES, {"w": 0}, 3, FLOAT32), r"names \['w'\], but the leav"),
        (
            lambda: batched_arguments(SHAPES, dict.fromkeys(SHAPES), 3, FLOAT32),
            "at least one leaf must be mapped",
        ),
        (lambda: batched_arguments(SHAPES, AXES, -1, FLOAT32), "size=-1"),
        (
            lambda: batched_arguments(SHAPES, {**AXES, "x": 2}, 3, FLOAT32),
            r"batching_by_leaf\['x'\]=2: the stacked array has rank 2",
        ),
        (lambda: batched_arguments(SHAPES, {**AXES, "w": -2}, 3, FLOAT32), "has rank 1"),
    ],
)
def test_bad_input_is_named(make, message):
    with pytest.raises(InvalidArgument, match=message):
        make()
