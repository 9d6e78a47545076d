"""Self-evaluation in the space of an initiative: its pages."""
