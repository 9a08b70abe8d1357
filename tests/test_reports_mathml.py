"""Formulas: SymPy's markup is let through, anything else is not."""

from typing import Any
from xml.etree import ElementTree

import pytest
import sympy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sympy.printing.mathml import mathml

from gradlaw.reports.mathml import ELEMENTS, MarkupError, typeset

W, B = sympy.symbols("w b")
I = sympy.Symbol("i", integer=True)  # noqa: E741 - the index of the sum
N = sympy.Symbol("n", integer=True)
X: Any = sympy.IndexedBase("x")
QUADRATIC: Any = sympy.Sum((W * X[I] + B) ** 2, (I, 0, N - 1))
FORMULAS: list[Any] = [
    QUADRATIC,
    QUADRATIC.diff(W),
    sympy.Piecewise((B, B < 0), (sympy.Abs(B), B <= 1), (sympy.sqrt(B), True)),
    sympy.Derivative(sympy.Function("f")(B), B) * sympy.exp(-B) + sympy.Heaviside(B),
    sympy.Matrix([[W, B], [B, 2 * W]]).inv(),
    sympy.KroneckerDelta(I, N) * sympy.oo,
]


PIECES = [
    "<mi>",
    "</mi>",
    "<mrow>",
    "</mrow>",
    "<script>",
    "</script>",
    "<",
    ">",
    "&",
    "x",
    "&lt;",
    "<b/>",
    "<b x='",
    "'>",
    "]]>",
    "\x00",
    "&#0;",
    "&#60;",
    "<math>",
    "</math>",
]


def names(markup: str) -> set[str]:
    return {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(markup).iter()}


@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_what_sympy_prints_is_let_through_as_one_well_formed_element(formula):
    markup = typeset(mathml(formula, printer="presentation"))
    root = ElementTree.fromstring(markup)
    assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
    assert names(markup) <= ELEMENTS
    text = "".join(root.itertext())
    assert all(str(symbol) in text for symbol in formula.free_symbols if symbol.is_Symbol)


def test_a_math_element_is_not_wrapped_again():
    markup = typeset('<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>x</mi></math>')
    assert markup.count("<math") == 1
    assert markup == typeset("<mi>x</mi>")


def test_named_characters_and_raw_comparisons_become_characters():
    markup = typeset("<mi>&ExponentialE;</mi><mo><</mo><mn>1</mn><mo>&lt;</mo><mi>&amp;</mi>")
    assert "".join(ElementTree.fromstring(markup).itertext()) == "ⅇ<1<&"


def test_fences_that_browsers_do_not_draw_become_operators():
    markup = typeset('<mfenced open="[" close="]"><mi>a</mi><mi>b</mi></mfenced>')
    assert "mfenced" not in markup
    assert "".join(ElementTree.fromstring(markup).itertext()) == "[a,b]"


def test_attributes_are_dropped_but_for_the_allowed_ones():
    markup = typeset('<mi mathvariant="bold" onclick="alert(1)" href="x" style="y">x</mi>')
    assert '<mi mathvariant="bold">x</mi>' in markup
    quoted = typeset("""<mi mathvariant='"&gt;&lt;script>'>x</mi>""")
    assert names(quoted) == {"math", "mi"}


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<mrow><script>alert(1)</script></mrow>",
        '<mi>x</mi><img src="x" onerror="alert(1)"/>',
        '<annotation-xml encoding="text/html"><b>x</b></annotation-xml>',
        '<mi xmlns="http://www.w3.org/1999/xhtml">x</mi>',
        '<svg xmlns="http://www.w3.org/2000/svg"><mi>x</mi></svg>',
        "<mglyph/>",
        '<maction actiontype="statusline"><mi>x</mi></maction>',
        '<!DOCTYPE m [<!ENTITY a "b">]><mi>&a;</mi>',
        "<![CDATA[<script>]]>",
        "<?php ?><mi>x</mi>",
        "<!-- --><mi>x</mi>",
        "<mi>x",
        "</math><script>alert(1)</script><math>",
        "<mi>&undefined;</mi>",
        "plain text",
        "a < b",
        "",
        "<mrow>" * 300 + "</mrow>" * 300,
        "<mrow>" * 100_000 + "</mrow>" * 100_000,
        "<mrow><math><mi>x</mi></math></mrow>",
    ],
    ids=lambda markup: markup[:30],
)
def test_anything_else_is_refused(markup):
    with pytest.raises(MarkupError):
        typeset(markup)


@settings(max_examples=200, deadline=None)
@given(
    parts=st.lists(
        st.sampled_from(PIECES),
        max_size=8,
    )
)
@example(parts=["<mi>", "&#60;", "script>", "</mi>"])
def test_whatever_passes_holds_allowed_elements_only(parts):
    try:
        markup = typeset("".join(parts))
    except MarkupError:
        return
    assert names(markup) <= ELEMENTS
