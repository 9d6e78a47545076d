"""The figures as a table, each beside what it must not exceed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Row = tuple[str, float, float, str]


def table(result: dict[str, Any]) -> str:
    """Return the table: milliseconds, then ratios with what is asked of them."""
    lines = [f"{'':52}{'median':>9}{'p95':>9}"]
    for label, median, p95, note in rows(result):
        lines.append(f"{label:52}{median:9.2f}{p95:9.2f}   {note}".rstrip())
    lines += ["", *(f"{label:62}{value:9.2f}   {asked}" for label, value, asked in ratios(result))]
    return "\n".join(lines)


def rows(result: dict[str, Any]) -> Iterator[Row]:
    """Yield (what, median, 95th percentile, size and memory), in milliseconds."""
    for name, sizes in result.get("engines", {}).items():
        for count, found in sizes.items():
            note = (
                f"index {found['index_mb']:.0f} MB, peak {found['memory_mb']:.0f} MB; built in "
                f"{found['build_s']:.0f} s, peak {found['build_peak_mb']:.0f} MB"
            )
            size = f"{int(count):,}"
            yield f"{name} {size}, by hand", *_both(found["by_hand"]), ""
            yield f"{name} {size}, through the port", *_both(found["port"]), note
    pages = result.get("pages")
    if pages:
        size = f"{pages['listings']:,}"
        labels = {
            "tantivy_by_hand": f"tantivy by hand, {size} listings",
            "elasticsearch_by_hand": "Elasticsearch by hand, the same",
            "port_all_facets": "tantivy through the port, all facets",
            "page": "search page over HTTP",
            "api": "API over HTTP",
            "api_without_facets": "API over HTTP, facets=0",
        }
        for key, label in labels.items():
            note = f"worker {pages['memory_mb']:.0f} MB, {pages['page_kb']} kB gz"
            yield label, *_both(pages[key]), note if key == "page" else ""
    wagtail = result.get("wagtail")
    if wagtail:
        label = f"Wagtail on SQLite, {wagtail['pages']:,} pages, {wagtail['wagtail_facets']} facets"
        yield label, *_both(wagtail["wagtail"]), ""
        yield "engine.search, the same texts, all facets", *_both(wagtail["engine_all_facets"]), ""


def ratios(result: dict[str, Any]) -> Iterator[tuple[str, float, str]]:
    """Yield (what over what, ratio, what is asked)."""
    for name, sizes in result.get("engines", {}).items():
        for count, found in sizes.items():
            yield (
                f"{name} {int(count):,}: port / by hand, medians",
                found["port"]["median"] / found["by_hand"]["median"],
                "≤ 1.3",
            )
        if len(sizes) > 1:
            small, large = sizes[min(sizes, key=int)], sizes[max(sizes, key=int)]
            growth = large["port"]["p95"] / small["port"]["p95"]
            yield f"{name}: from the fewest listings to the most, p95", growth, "≤ 5"
    pages = result.get("pages")
    if pages:
        page = pages["page"]
        yield "page / tantivy by hand, p95", page["p95"] / pages["tantivy_by_hand"]["p95"], "≤ 10"
        shared = pages["elasticsearch_by_hand"]["p95"]
        yield "page / Elasticsearch by hand, p95", page["p95"] / shared, "≤ 2"
        yield "API / page, medians", pages["api"]["median"] / page["median"], "≤ 0.5"
    wagtail = result.get("wagtail")
    if wagtail:
        ours = wagtail["engine_all_facets"]["median"]
        yield "Wagtail's search / engine, medians", wagtail["wagtail"]["median"] / ours, "≥ 100"


def _both(found: dict[str, float]) -> tuple[float, float]:
    return found["median"], found["p95"]
