"""The report says which laws were judged on how many devices."""

from __future__ import annotations

import io

import pytest
from test_reports_samples import device_record, law_record, sample_report

from gradlaw.reports.devices import device_table
from gradlaw.reports.html import render_html
from gradlaw.reports.markdown import render_markdown
from gradlaw.reports.matrix import build_matrices
from gradlaw.reports.screen import open_console
from gradlaw.reports.terminal import show_summary

REPORT = sample_report(
    law_record(),
    device_record(devices=2),
    device_record(devices=8, verdict="wrong number"),
    device_record(devices=4, processes=2),
    device_record("jit(grad)", 1, placement="called from 8 threads", identical=96),
    device_record(
        "jit(grad)",
        1,
        placement="",
        backends=("cpu", "gpu"),
        apart={"cpu and gpu": 1.5},
    ),
)


def test_laws_are_rows_and_devices_columns():
    table = device_table(REPORT)
    assert table.laws == (
        "jit(grad)",
        "jit(grad) called from 8 threads",
        "jit(vmap(grad)) sharded by batch",
    )
    assert table.places == (
        "1 device of cpu",
        "2 devices of cpu",
        "8 devices of cpu",
        "4 devices of cpu, 2 processes",
        "cpu and gpu",
    )
    assert len(table.cells) == 5
    assert table.cells["jit(vmap(grad)) sharded by batch", "8 devices of cpu"].sign.verdict == (
        "wrong number"
    )


def test_a_cell_says_what_was_judged():
    cells = device_table(REPORT).cells
    threads = cells["jit(grad) called from 8 threads", "1 device of cpu"]
    assert threads.text == "1 node, 70 components, 96 identical calls"
    apart = cells["jit(grad)", "cpu and gpu"]
    assert apart.text == "1 node, 70 components, cpu and gpu 1.50 ULP apart"


def test_device_laws_have_no_column_in_the_matrix_of_cases():
    (matrix,) = build_matrices(REPORT)
    assert matrix.laws == ("grad",)


@pytest.mark.parametrize("render", [render_markdown, render_html])
def test_a_page_has_a_section_of_devices_where_there_are_any(render):
    text = render(REPORT)
    assert "Devices" in text
    assert "4 devices of cpu, 2 processes" in text
    assert "96 identical calls" in text
    assert "Devices" not in render(sample_report(law_record()))


def test_the_screen_says_where_device_laws_ran():
    file = io.StringIO()
    show_summary(REPORT, console=open_console(file, width=200))
    assert "3 device laws on 1 device of cpu; 2 devices of cpu; 8 devices of cpu" in file.getvalue()
    assert "device laws:" in file.getvalue()
