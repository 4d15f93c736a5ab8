"""Errors that a person can act on: where it happened, what is wrong, what to do."""

from __future__ import annotations


class DubanError(Exception):
    """An expected failure; printed as one paragraph, without a traceback.

    ``where`` names the file, row or system, ``what`` the fault, ``to_do`` the remedy.
    """

    exit_code = 1

    def __init__(self, where: str, what: str, to_do: str) -> None:
        super().__init__(f"{where}: {what}\n{to_do}")
        self.where = where
        self.what = what
        self.to_do = to_do

    def __reduce__(self) -> tuple[type[DubanError], tuple[str, str, str]]:
        """Survive pickling: Prefect carries exceptions between processes."""
        return type(self), (self.where, self.what, self.to_do)


class ConfigurationError(DubanError):
    """Wrong use or configuration: found before the run, not in it."""

    exit_code = 2


class SourceError(DubanError):
    """The source cannot be read or fails an assertion; the last good snapshot stays."""


class LedgerError(DubanError):
    """The ledger is missing, of another version, or refuses what was asked."""


class DeliveryError(DubanError):
    """Mail could not be handed over, or a document may not leave."""


class DocumentError(DubanError):
    """A document cannot be rendered, is not signed, or no longer matches its signature."""
