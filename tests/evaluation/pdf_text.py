"""The words of a PDF that ReportLab wrote, for tests to read."""

from __future__ import annotations

import base64
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F\S+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """Return the words of every page in order, with single plain spaces."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d\S*) (\d+) 0 R", body):
            fonts[name] = _characters(objects, objects[int(number)])
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    words = []
    for page in pages:
        contents = re.search(rb"/Contents (\d+) 0 R", page)
        words.append(_shown(_decoded(objects[int(contents[1])]), fonts))
    return " ".join(" ".join(words).replace("\u202f", " ").replace("\u00a0", " ").split())


def _shown(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    characters: dict[int, str] = {}
    found = []
    for name, shown in _SHOWN.findall(content):
        if name:
            characters = fonts.get(name, {})
        else:
            raw = _ESCAPED.sub(_unescaped, shown)
            found.append("".join(characters.get(code, chr(code)) for code in raw))
    return " ".join(found)


def _unescaped(match: re.Match[bytes]) -> bytes:
    escape = match[1]
    return bytes([int(escape, 8)]) if len(escape) == 3 else _NAMED.get(escape, escape)


def _characters(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    reference = re.search(rb"/ToUnicode (\d+) 0 R", font)
    if not reference:
        return {}
    found = {}
    cmap = _decoded(objects[int(reference[1])])
    for first, _last, units in re.findall(rb"<(\w+)> <(\w+)>\s+\[([^\]]*)\]", cmap):
        for step, unit in enumerate(re.findall(rb"<(\w+)>", units)):
            found[int(first, 16) + step] = bytes.fromhex(unit.decode()).decode("utf-16-be")
    for code, unit in re.findall(rb"^<(\w{2})> <(\w{4,})>$", cmap, re.MULTILINE):
        found[int(code, 16)] = bytes.fromhex(unit.decode()).decode("utf-16-be")
    return found


def _decoded(body: bytes) -> bytes:
    length = int(re.search(rb"/Length (\d+)", body)[1])
    data = _STREAM.search(body)[1][:length]
    if b"ASCII85Decode" in body:
        data = base64.a85decode(data.strip().removesuffix(b"~>"))
    return zlib.decompress(data) if b"FlateDecode" in body else data
