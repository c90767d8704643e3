"""What a check says: a usable value, errors that stop, warnings that only ask to look again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``value`` is the normalised text, empty when unusable. Codes are Indonesian snake_case words; the UI words them."""

    value: str
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.errors


def refused(code: str) -> Verdict:
    """The plainest verdict: unusable, for one reason."""
    return Verdict(value="", errors=(code,))
