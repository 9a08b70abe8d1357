"""The schema of ``report.json``, made from the records and their docstrings."""

from __future__ import annotations

import inspect
import json
import re
from importlib.resources import files
from typing import Any

import msgspec

from gradlaw.reports import record as records
from gradlaw.reports.record import SCHEMA_VERSION, Report

_FIELD = re.compile(r"^ {4}(?P<names>\w+(?:, \w+)*): (?P<doc>.*(?:\n {8}.*)*)", re.MULTILINE)


def field_docs(struct: type[msgspec.Struct]) -> dict[str, str]:
    """What the ``Attributes:`` section of a record's docstring says of each field."""
    _, _, attributes = (inspect.getdoc(struct) or "").partition("Attributes:\n")
    docs: dict[str, str] = {}
    for match in _FIELD.finditer(attributes):
        doc = " ".join(match["doc"].split())
        docs.update(dict.fromkeys(match["names"].split(", "), doc))
    return docs


def build_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a report, with each field's meaning."""
    schema = msgspec.json.schema(Report)
    for name, definition in schema["$defs"].items():
        struct = getattr(records, name)
        definition["description"] = (inspect.getdoc(struct) or "").partition("\n")[0]
        for field, doc in field_docs(struct).items():
            definition["properties"][field]["description"] = doc
    schema["$defs"]["Report"]["properties"]["schema"]["const"] = SCHEMA_VERSION
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"gradlaw report, schema version {SCHEMA_VERSION}",
        **schema,
    }


def schema_text() -> str:
    """The schema as it stands in ``schema.json``."""
    return json.dumps(build_schema(), indent=2, ensure_ascii=False) + "\n"


def shipped_schema() -> str:
    """The ``schema.json`` that comes with this release."""
    return files("gradlaw.reports").joinpath("schema.json").read_text(encoding="utf-8")
