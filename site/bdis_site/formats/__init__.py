"""How dates are read, where Django's own way does not suit a French network."""
