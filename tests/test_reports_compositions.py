"""The report says which compositions ran, in which pairs, on which families, and how they agree."""

from __future__ import annotations

import msgspec
from test_reports_samples import sample_report

from gradlaw.reports.compositions import compositions
from gradlaw.reports.html import render_html
from gradlaw.reports.markdown import render_markdown
from gradlaw.reports.record import Record, Report
from gradlaw.reports.rooms import LawEvidence


def met(case: str, law: str, **told: object) -> Record:
    evidence = LawEvidence(case=case, law=law, dtype="float32", family="ufuncs", **told)  # type: ignore[arg-type]
    return Record(node=f"{case}-{law}", room="law", subject=case, verdict="conforms", law=evidence)


RECORDS = (
    met("sin", "vmap(grad[has_aux])", stands_for="vmap(grad)", agreement={"bitwise": 3}, apart=0.0),
    met("sin", "vmap(grad)"),
    met("cos", "jit(vmap(vjp))", stands_for="vmap(grad)", agreement={"1 ULP": 2}, apart=1.0),
)
PAIRS = (("vmap", "grad"), ("jit", "vmap"), ("scan", "grad"))


def report() -> Report:
    return msgspec.structs.replace(sample_report(*RECORDS), pairs=PAIRS)


def test_options_count_as_transformations_and_not_in_pairs() -> None:
    found = compositions(report())
    assert {each.name: each.laws for each in found.transformations} == {
        "grad": 1,
        "grad[has_aux]": 1,
        "jit": 1,
        "vjp": 1,
        "vmap": 3,
    }
    assert found.pairs == {
        ("vmap", "grad"): 2,
        ("jit", "vmap"): 1,
        ("jit", "vjp"): 1,
        ("vmap", "vjp"): 1,
    }
    assert found.missing == (("scan", "grad"),)
    assert found.paired.endswith("not in this run: scan around grad")


def test_families_are_counted_by_depth() -> None:
    (family,) = compositions(report()).families
    assert (family.name, family.cases, family.shallow, family.deep) == ("ufuncs", 2, 1, 1)


def test_agreement_names_the_farthest() -> None:
    agreed = compositions(report()).agreed
    assert agreed is not None
    assert agreed.examples == {"bitwise": 3, "1 ULP": 2}
    assert (agreed.apart, agreed.law, agreed.case) == (1.0, "jit(vmap(vjp))", "cos")


def test_pages_show_them() -> None:
    page, text = render_html(report()), render_markdown(report())
    for shown in ("scan around grad", "ufuncs", "grad[has_aux]"):
        assert shown in page
    assert "scan around grad" in text
    assert "ufuncs" in text
    assert "Beside vmap(grad)" in page
