"""Pictures of results: geometry here, drawn as SVG by templates and in reports as PDF."""
