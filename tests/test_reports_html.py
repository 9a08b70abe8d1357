"""The HTML report: complete, self-contained, and deaf to what messages hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import msgspec
import pytest
from hypothesis import given, settings
from test_reports_samples import (
    CASES,
    LAWS,
    SUM,
    claim_record,
    convention_record,
    law_record,
    pitfall_record,
    reports,
    sample_report,
    tracing_record,
)

from gradlaw.reports import CaseSheet, Failure, KnownIssue, LawEvidence, Record, Report
from gradlaw.reports.html import render_html
from gradlaw.reports.legend import LEGEND

VOID = {"meta", "br", "link", "img", "input", "hr", "source", "wbr"}
HOSTILE = "<script>alert(1)</script> ]]> </pre></style> &amp; \" ' `|` {{ 7 * 7 }} \x1b[31m\x00"


class Page(HTMLParser):
    """A page's elements, checked for balance as they come."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.cells: dict[tuple[str, str], str] = {}
        self.places: set[tuple[str, str, str]] = set()
        self.inside: tuple[str, str] | None = None
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == [], "elements were left open"

    def handle_starttag(self, tag, attrs):
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._open.append(tag)
        if "data-case" in attributes:
            self.inside = attributes["data-case"], attributes["data-law"]
            place = attributes["data-backend"], *self.inside
            assert place not in self.places, "two cells for one case and law on a backend"
            self.places.add(place)
            self.cells[self.inside] = ""

    def handle_endtag(self, tag):
        assert self._open.pop() == tag
        if tag == "td":
            self.inside = None

    def handle_data(self, data):
        self.texts.append(data)
        if self.inside is not None:
            self.cells[self.inside] += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def values(self, attribute: str) -> list[str]:
        return [found[attribute] for _, found in self.elements if attribute in found]


def test_the_matrix_has_a_cell_for_each_case_and_law():
    page = Page(render_html(sample_report()))
    assert set(page.cells) == {(sheet.name, law) for sheet in CASES for law in LAWS}
    assert all("1.50 / 2" in text and "✓" in text for text in page.cells.values())


def test_a_case_that_never_met_a_law_has_an_empty_cell():
    page = Page(
        render_html(sample_report(law_record(law="grad"), law_record("affine", "vmap(grad)")))
    )
    assert len(page.cells) == 4
    assert page.cells["quadratic", "vmap(grad)"].strip() == "·"


def test_a_cell_shows_its_worst_dtype_in_words_and_details_every_dtype():
    report = sample_report(
        law_record(dtype="float16", error=1.25),
        law_record(dtype="float32", verdict="inaccurate", error=900.0),
        law_record(dtype="float64", verdict="crashed", error=7.0, known="XLA"),
    )
    page = Page(render_html(report))
    (cell,) = page.cells.values()
    assert "inaccurate" in cell, "an unknown failure is worse than a known one"
    assert "900 / 2" in cell
    (title,) = [title for title in page.values("title") if "float16: conforms" in title]
    assert title.split("\n") == [
        "float16: conforms",
        "float32: inaccurate",
        "float64: crashed",
    ]
    assert set(page.values("popovertarget")) <= set(page.values("id"))


def test_every_verdict_can_be_told_without_colour():
    for sign in LEGEND:
        (cell,) = Page(render_html(sample_report(law_record(verdict=sign.verdict)))).cells.values()
        assert sign.glyph in cell
        assert sign.verdict in cell


def test_backends_have_a_matrix_each():
    gpu = msgspec.structs.replace(law_record(error=1.0), backend="gpu", node="other")
    source = render_html(sample_report(law_record(), gpu))
    assert source.count('<table class="matrix">') == 2
    assert "Cases and laws on cpu" in source
    assert "Cases and laws on gpu" in source


def test_a_case_declared_twice_has_one_row():
    page = Page(render_html(sample_report(law_record(), cases=[CASES[0], CASES[0]])))
    assert page.places == {("cpu", "quadratic", "grad")}


def test_the_witness_of_a_known_issue_is_told():
    law = law_record().law
    assert law is not None
    law = msgspec.structs.replace(law, witnesses={"tails": True, "poles": False})
    page = Page(render_html(sample_report(msgspec.structs.replace(law_record(), law=law))))
    assert "Witness of tails: still shows the fault." in page.text
    assert "Witness of poles: the fault is gone." in page.text


def test_a_law_record_without_evidence_has_its_cell():
    crashed = Record(node="n", room="law", subject="quadratic", verdict="crashed", backend="cpu")
    page = Page(render_html(sample_report(crashed)))
    assert "crashed" in page.cells["quadratic", "law not recorded"]


def test_a_failure_shows_what_it_was_and_its_reproducer():
    page = Page(render_html(sample_report(law_record(verdict="wrong number", error=77.0))))
    for part in (
        "1 of 1 judged node fails on JAX 0.10.2 (cpu): 1 wrong number.",
        "test_law[quadratic-grad-float32-cpu]",
        "x[3] of shape (7,)",
        "2.25",
        "1.125",
        "77.0 ULP; attainable 2.00 , program 16.0",
        "import jax print(jax.grad(abs)(1.5))",
    ):
        assert part in page.text


def test_conventions_are_shown_by_family_with_their_findings_and_remedy():
    report = sample_report(
        convention_record(findings={"outside": "all: nan", "releases": "JAX <0.9: 0.5 and 0"}),
        convention_record("wrong convention", family="kinks", remedy_works=False),
    )
    page = Page(render_html(msgspec.structs.replace(report)))
    for part in (
        "Kinks (1)",
        "1 outside the accepted set",
        "✗ does not work",
        "∠ wrong convention",
        "Clarke; second 0",
    ):
        assert part in page.text, part
    again = Page(render_html(sample_report(convention_record(findings={"releases": "JAX <0.9"}))))
    for part in ("Roots and norms (1)", "JAX <0.9", "✓ works", "0·∞: mul, norms.py:3"):
        assert part in again.text, part
    assert {f"#{anchor}" for anchor in again.values("id") if "conventions" in anchor} <= set(
        again.values("href")
    )


def test_the_rooms_beside_the_laws_are_shown():
    report = sample_report(
        pitfall_record("wrong error", got="ValueError: no", remedy_works=False, source="Guide"),
        tracing_record("wrong count", got=5),
        claim_record(),
        law_record(verdict="refused", known="tails"),
        law_record("affine", verdict="skipped", error=None),
        known_issues=[
            KnownIssue(
                name="tails",
                pattern="*",
                verdict="refused",
                reason="a reason",
                link="https://example.org/1",
            ),
            KnownIssue(
                name="old",
                pattern="*",
                verdict="refused",
                reason="",
                link="javascript:alert(1)",
                stale=True,
            ),
        ],
    )
    page = Page(render_html(report))
    for part in (
        "ValueError: no",
        "✗ does not work",
        "a second call does not trace",
        "the gradient by the bias",
        "-4.6",
        "refuted",
        "✗ stale",
        "1 node",
        "Not judged",
        "no reason recorded",
        "1 known failure",
        "seed",
        "--xla_a=1",
        "TFRT_CPU_0",
        "flushed or kept",
    ):
        assert part in page.text, part
    assert "https://example.org/1" in page.values("href")
    assert not any(link.startswith("javascript") for link in page.values("href"))


def test_pitfalls_stand_in_their_families_with_error_phase_modes_and_remedy():
    record = pitfall_record()
    twin = msgspec.structs.replace(record, subject="twin", node="twin")
    other = pitfall_record(family="A key", error="", message="", phase="none", remedy_works=None)
    other = msgspec.structs.replace(other, subject="kept", node="kept", verdict="skipped")
    source = render_html(sample_report(record, twin, other))
    page = Page(source)
    assert source.count('<table class="wide pitfalls">') == 2
    assert source.index("A key (1)") < source.index("Not a scalar (2)")
    assert set(page.values("href")) >= {"#pitfalls", "#family-0", "#family-1"}
    assert {"family-0", "family-1"} <= set(page.values("id"))
    for part in (
        "TypeError trace only scalar outputs…",
        "jit : the same",
        "vmap : ValueError: another",
        "✓ works",
        "not tried",
    ):
        assert part in page.text, part
    assert "<pre>def f(x):\n    return jnp.sum(x * x)\njax.grad(f)(x)</pre>" in source


def test_formulas_are_typeset_and_hostile_ones_are_text():
    sheets = [
        CaseSheet(name="good", signature="", source="", formula=SUM, derivatives={"w": SUM}),
        CaseSheet(
            name="bad",
            signature="",
            source="",
            formula="<mrow><script>alert(1)</script></mrow>",
            derivatives={"w": "<mi>x"},
        ),
    ]
    page = Page(render_html(sample_report(cases=sheets)))
    assert [tag for tag, _ in page.elements].count("math") == 2
    assert "script" not in page.tags
    assert "<mrow><script>alert(1)</script></mrow>" in page.text
    assert "derivative by w" in page.text


def hostile_report() -> Report:
    failure = Failure(
        verdict="refused",
        explanation=HOSTILE,
        where=HOSTILE,
        arguments=HOSTILE,
        got=HOSTILE,
        expected=HOSTILE,
        reproducer=HOSTILE,
    )
    law = law_record(case=HOSTILE, law=HOSTILE, dtype=HOSTILE, verdict="refused")
    evidence = msgspec.structs.replace(
        LawEvidence(case=HOSTILE, law=HOSTILE, dtype=HOSTILE),
        notes=(HOSTILE,),
        estimated=(HOSTILE,),
        plans=(HOSTILE,),
        regions={HOSTILE: 1},
    )
    report = sample_report(
        msgspec.structs.replace(law, failures=(failure,), law=evidence, backend=HOSTILE),
        msgspec.structs.replace(
            law, node="known", failures=(failure,), known=HOSTILE, backend=HOSTILE
        ),
        pitfall_record(
            "wrong error",
            family=HOSTILE,
            misuse=HOSTILE,
            error=HOSTILE,
            message=HOSTILE,
            got=HOSTILE,
            expected=HOSTILE,
            modes={HOSTILE: HOSTILE},
            remedy=HOSTILE,
            remedied=HOSTILE,
            source=HOSTILE,
        ),
        claim_record(stated=HOSTILE),
        convention_record(
            family=HOSTILE,
            function=HOSTILE,
            second=HOSTILE,
            findings={"outside": HOSTILE},
            why=HOSTILE,
            remedy_code=HOSTILE,
        ),
        cases=[CaseSheet(name=HOSTILE, signature=HOSTILE, source=HOSTILE, formula=HOSTILE)],
        known_issues=[
            KnownIssue(name=HOSTILE, pattern=HOSTILE, verdict=HOSTILE, reason=HOSTILE, link=HOSTILE)
        ],
    )
    environment = msgspec.structs.replace(
        report.environment,
        machine=HOSTILE,
        versions={HOSTILE: HOSTILE},
        flags={HOSTILE: HOSTILE},
        devices=(HOSTILE,),
        backends=(HOSTILE,),
    )
    return msgspec.structs.replace(report, environment=environment)


def test_no_field_can_add_markup_and_each_is_shown_as_it_is():
    report = hostile_report()
    source = render_html(report)
    page = Page(source)
    assert "script" not in page.tags
    assert "]]>" not in source
    assert source.count("</style>") == 1
    assert "49" not in re.findall(r"\{\{.*?\}\}|\b49\b", source)
    assert "\x1b" not in source
    assert "\x00" not in source
    shown = "<script>alert(1)</script> ]]> </pre></style> &amp; \" ' `|` {{ 7 * 7 }} \\x1b[31m\\x00"
    assert page.text.count(shown) > 30


@settings(max_examples=40, deadline=None)
@given(report=reports)
def test_any_report_makes_a_balanced_page_without_foreign_elements(report):
    plain = {tag for tag, _ in Page(render_html(sample_report())).elements}
    allowed = plain | {"article", "pre", "summary", "details", "mi", "strong", "br"}
    assert Page(render_html(report)).tags <= allowed


def test_the_page_loads_nothing_and_runs_nothing():
    source = render_html(hostile_report())
    page = Page(source)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert page.values("src") == []
    assert not [name for _, found in page.elements for name in found if name.startswith("on")]
    assert "url(" not in source
    assert "@import" not in source
    assert "default-src 'none'; style-src 'unsafe-inline'" in page.values("content")


@pytest.mark.parametrize("verdict", ["conforms", "wrong number"])
def test_two_thousand_records_stay_below_three_megabytes(verdict):
    lengthy = Failure(
        verdict="wrong number",
        explanation="e" * 300,
        arguments="a" * 9_000,
        got="g" * 100,
        expected="x" * 100,
        error=1e9,
        reproducer="import jax\n" * 150,
    )
    report = sample_report(
        *(
            law_record(f"case_{case}", law, dtype, verdict, failures=(lengthy,) * 2)
            for case in range(25)
            for law in (f"law_{number}" for number in range(16))
            for dtype in ("float16", "bfloat16", "float32", "float64", "weak")
        )
    )
    assert len(report.records) == 2000
    source = render_html(report)
    assert len(source.encode()) < 3_000_000
    page = Page(source)
    assert len(page.cells) == 400
    if verdict != "conforms":
        listed = [tag for tag, found in page.elements if found.get("id", "").startswith("node-")]
        assert len(listed) == 2000, "none is left out, though not all are shown in full"
        assert "In full in report.json." in page.text
        assert "more characters in report.json" in page.text
