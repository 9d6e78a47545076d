"""Keys as addresses and forms give them."""


def whole_key(value: object) -> int | None:
    """Return a primary key; ``None`` for what no row of a table can have."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
