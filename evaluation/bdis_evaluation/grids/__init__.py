"""Progress grids: what they hold, the kinds of questions, documents, correspondence."""
