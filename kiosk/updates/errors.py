"""Why new content was not taken. Service goes on with what runs; the codes stand in content/base/faults.toml."""

EXPIRED = "content.expired"
UNSIGNED = "content.unsigned"
REFUSED = "content.refused"
REVERTED = "content.reverted"
UNKEPT = "content.unkept"
CLOCK = "content.clock"
OFF = "content.off"


class UpdateError(Exception):
    """``code``: one of the above. ``why``: for the diary and the technician: a class, a finding; never a path of ours."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(f"{code} {why}".strip())
        self.code, self.why = code, why


class NothingThereError(Exception):
    """Whoever was asked has no signed content at all."""
