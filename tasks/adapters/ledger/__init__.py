"""The ledger: what was known, what was decided, what was sent, and by whom. One module a subject."""
