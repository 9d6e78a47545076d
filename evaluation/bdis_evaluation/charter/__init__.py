"""The charter ledger: texts, signatures, certificates, campaigns."""
