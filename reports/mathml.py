"""MathML from SymPy, let into a page only as what it claims to be."""

from __future__ import annotations

import re
from html.entities import html5
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "http://www.w3.org/1998/Math/MathML"

ELEMENTS: frozenset[str] = frozenset(
    {
        "math",
        "menclose",
        "mfenced",
        "mfrac",
        "mi",
        "mmultiscripts",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mphantom",
        "mprescripts",
        "mroot",
        "mrow",
        "ms",
        "mspace",
        "msqrt",
        "mstyle",
        "msub",
        "msubsup",
        "msup",
        "mtable",
        "mtd",
        "mtext",
        "mtr",
        "munder",
        "munderover",
        "none",
    }
)
"""The presentation elements that are let through; none of them links, loads or runs anything."""

ATTRIBUTES: frozenset[str] = frozenset(
    {"display", "displaystyle", "fence", "mathvariant", "scriptlevel", "separator", "stretchy"}
)

_DEPTH = 200
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})


class MarkupError(ValueError):
    """Markup that is not MathML through and through."""


def typeset(markup: str) -> str:
    """A formula as one ``math`` element, or raise.

    Elements and attributes outside the allowed ones never pass: a foreign element refuses the
    whole formula, a foreign attribute is dropped. ``mfenced``, which browsers no longer draw,
    becomes a row with its fences.

    Args:
        markup: presentation MathML as SymPy prints it, with or without the ``math`` element.

    Raises:
        MarkupError: the markup is not well-formed, holds another element, or is too deep.

    Source: MathML Core (W3C), and MathML 3 for ``mfenced``.
    """
    if "<!" in markup or "<?" in markup:
        message = "declarations are no part of a formula"
        raise MarkupError(message)
    well_formed = _ENTITY.sub(_by_number, markup).replace("<mo><</mo>", "<mo>&lt;</mo>")
    try:
        root = ElementTree.fromstring(f'<math xmlns="{NAMESPACE}">{well_formed}</math>')
    except (ElementTree.ParseError, ValueError) as error:
        raise MarkupError(str(error)) from error
    children = list(root)
    if not children:
        message = "no element of a formula"
        raise MarkupError(message)
    if len(children) == 1 and _name(children[0]) == "math" and not (root.text or "").strip():
        root = children[0]
    inner = _inner(root, 1)
    return f'<math xmlns="{NAMESPACE}" display="block">{inner}</math>'


def _by_number(match: re.Match[str]) -> str:
    """HTML's named characters by number; XML knows five of them only."""
    name = match[1]
    characters = html5.get(f"{name};")
    if name in _XML_ENTITIES or characters is None:
        return match[0]
    return "".join(f"&#{ord(character)};" for character in characters)


def _name(element: ElementTree.Element) -> str:
    namespace, _, name = element.tag.rpartition("}")
    if namespace not in ("", "{" + NAMESPACE) or name not in ELEMENTS:
        message = f"{element.tag} is no element of a formula"
        raise MarkupError(message)
    return name


def _inner(element: ElementTree.Element, depth: int) -> str:
    parts = [escape(element.text or "")]
    for child in element:
        parts += [_outer(child, depth + 1), escape(child.tail or "")]
    return "".join(parts)


def _outer(element: ElementTree.Element, depth: int) -> str:
    if depth > _DEPTH:
        message = f"more than {_DEPTH} elements deep"
        raise MarkupError(message)
    name = _name(element)
    if name == "math":
        message = "a math element within a formula"
        raise MarkupError(message)
    if name == "mfenced":
        return _fenced(element, depth)
    attributes = "".join(
        f" {attribute}={quoteattr(value)}"
        for attribute, value in element.attrib.items()
        if attribute in ATTRIBUTES
    )
    return f"<{name}{attributes}>{_inner(element, depth)}</{name}>"


def _fenced(element: ElementTree.Element, depth: int) -> str:
    separators = "".join(element.get("separators", ",").split())
    parts: list[str] = []
    for position, child in enumerate(element):
        if position and separators:
            parts.append(_operator(separators[min(position, len(separators)) - 1]))
        parts.append(_outer(child, depth + 1))
    opening, closing = element.get("open", "("), element.get("close", ")")
    return f"<mrow>{_operator(opening)}<mrow>{''.join(parts)}</mrow>{_operator(closing)}</mrow>"


def _operator(text: str) -> str:
    return f"<mo>{escape(text)}</mo>" if text else ""
