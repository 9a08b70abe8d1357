"""The command line: ``python -m gradlaw.reports OLD.json NEW.json``, and show, render, schema."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

COMMANDS = ("compare", "show", "render", "schema")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, show or render reports.

    Args:
        arguments: as on the command line, without the program.

    Returns:
        The exit status: 0; 1 where a comparison finds what newly fails; 2 where a report cannot
        be read.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in (*COMMANDS, "-h", "--help"):
        words.insert(0, "compare")
    options = _parser().parse_args(words)
    from gradlaw.reports.reading import ReportError

    try:
        return _obey(options)
    except ReportError as error:
        sys.stderr.write(f"gradlaw.reports: {error}\n")
    except OSError as error:
        sys.stderr.write(f"gradlaw.reports: cannot write {error.filename}: {error.strerror}\n")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m gradlaw.reports",
        description="Compare two reports (the default), show one, or render one again.",
        usage="%(prog)s [compare] OLD.json NEW.json [--factor TIMES] [--rows N]\n"
        "       %(prog)s show REPORT.json [--rows N]\n"
        "       %(prog)s render REPORT.json DIRECTORY\n"
        "       %(prog)s schema",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    compare = commands.add_parser(
        "compare", help="what NEW broke, fixed, won and lost; exit status 1 if anything newly fails"
    )
    compare.add_argument("old", type=Path, metavar="OLD.json")
    compare.add_argument("new", type=Path, metavar="NEW.json")
    compare.add_argument(
        "--factor",
        type=_factor,
        default=2.0,
        metavar="TIMES",
        help="how many times a worst error (ULP) must grow or shrink to be shown (default: 2)",
    )
    show = commands.add_parser("show", help="print a report's summary")
    show.add_argument("report", type=Path, metavar="REPORT.json")
    for command, rows in ((compare, 20), (show, 6)):
        command.add_argument(
            "--rows",
            type=_rows,
            default=rows,
            metavar="N",
            help=f"the most rows of a table (default: {rows})",
        )
    render = commands.add_parser("render", help="write report.md and report.html again")
    render.add_argument("report", type=Path, metavar="REPORT.json")
    render.add_argument("directory", type=Path, metavar="DIRECTORY")
    commands.add_parser("schema", help="print the JSON Schema of report.json")
    return parser


def _factor(word: str) -> float:
    factor = float(word)
    if not 1 <= factor < float("inf"):
        message = f"TIMES is a number of at least 1, not {word}"
        raise argparse.ArgumentTypeError(message)
    return factor


def _rows(word: str) -> int:
    rows = int(word)
    if rows < 1:
        message = f"N is a whole number of at least 1, not {word}"
        raise argparse.ArgumentTypeError(message)
    return rows


def _obey(options: argparse.Namespace) -> int:
    from gradlaw.reports.reading import read_report

    if options.command == "compare":
        from gradlaw.reports.comparison import compare_reports
        from gradlaw.reports.comparison_screen import show_comparison

        comparison = compare_reports(
            read_report(options.old), read_report(options.new), factor=options.factor
        )
        show_comparison(comparison, rows=options.rows)
        return int(comparison.regressed)
    if options.command == "show":
        from gradlaw.reports.terminal import show_summary

        show_summary(read_report(options.report), {"json": options.report}, rows=options.rows)
    elif options.command == "render":
        from gradlaw.reports.writing import render_report

        for path in render_report(read_report(options.report), options.directory).values():
            sys.stdout.write(f"{path}\n")
    else:
        from gradlaw.reports.schema import schema_text

        sys.stdout.write(schema_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
