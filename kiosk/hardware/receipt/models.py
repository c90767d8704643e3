"""Facts about receipt printers, as rows; a quirk carries its story."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """``columns`` of normal text, ``dots`` across, whether it draws QR codes itself and cuts. ``profile``: python-escpos."""

    name: str
    columns: int
    dots: int
    native_qr: bool
    cutter: bool
    profile: str

    def prints_like(self, other: "Model") -> bool:
        """Whether a slip made for one comes out right on the other."""
        mine = (self.columns, self.dots, self.native_qr, self.cutter)
        return mine == (other.columns, other.dots, other.native_qr, other.cutter)


DEFAULT = "TM-T20II"
AUTO = "auto"  # the printer is asked (GS I 67)
# what every printer can do: for one that does not say what it is, or says what no row knows
PLAINEST = Model(name="plainest", columns=32, dots=384, native_qr=False, cutter=False, profile="simple")
MODELS: Mapping[str, Model] = {
    model.name: model
    for model in (
        Model(name="TM-T20II", columns=48, dots=576, native_qr=True, cutter=True, profile="TM-T20II"),
        Model(name="TM-T20III", columns=48, dots=576, native_qr=True, cutter=True, profile="TM-T20II"),
        Model(name="TM-T88V", columns=42, dots=512, native_qr=True, cutter=True, profile="TM-T88V"),
        # 58 mm; takes GS ( k without an error and prints rubbish: python-escpos does not block it, so the row does
        Model(name="POS-5890", columns=32, dots=384, native_qr=False, cutter=False, profile="POS-5890"),
        Model(name="ZJ-5870", columns=32, dots=384, native_qr=False, cutter=False, profile="ZJ-5870"),
    )
}


def told(answer: bytes) -> str:
    """What a printer says it is, from its answer to GS I 67: an underscore, its name, a NUL. Empty: it does not say."""
    return answer.removeprefix(b"_").rstrip(b"\0").decode("ascii", "replace").strip()


def named(answer: bytes) -> Model:
    """The plainest for a name that no row knows."""
    return MODELS.get(told(answer), PLAINEST)


def find(name: str) -> Model:
    """Raises KeyError for a model without a row: it would be guessed at, and guesses end on paper."""
    return MODELS[name]
