"""A form's answers → one PDF by typst. Answers go in as JSON (``sys.inputs``), never by pasting text: ``#`` stays ``#``."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from adminduk.forms import Form
from adminduk.regions import Regions
from adminduk.services import Place, Service
from blanks.sheet import sheet
from blanks.values import Desk

TEMPLATES = Path(__file__).parent / "templates"
FORMS = ("F-1.01", "F-1.02", "F-1.03", "F-1.04", "F-1.05", "F-1.06", "F-1.07", "F-2.01", "F-2.02", "F-2.03", "F-2.04")


class FormError(Exception):
    """``formulir_tidak_dikenal``: no such form; ``gagal_disusun``: typst refused; ``gambar_hilang``: a poster's picture is not
    there. The text holds no answer."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def filled(
    form: str, service: Service, answers: Mapping[str, str], *, forms: Mapping[str, Form], place: Place, desa_name: str,
    desa_code: str = "", regions: Regions | None = None, today: date,
) -> bytes:  # fmt: skip
    """The form as a PDF, A4: the same bytes for the same input. Only what the service asks is written; the rest is for the pen.

    ``forms``: content.loader.load_forms(); ``desa_code``: the kiosk's desa, ten digits, or "" when it is not known.

    Raises:
        FormError: see there.
    """
    if form not in FORMS or form not in forms:
        raise FormError("formulir_tidak_dikenal")
    desk = Desk(place=place, desa_name=desa_name, desa_code=desa_code, regions=regions, today=today)
    return compiled(TEMPLATES / f"{form}.typ", json.dumps(sheet(forms[form], service, answers, desk)))


def compiled(template: Path, data: str, *, fonts: Path | None = None) -> bytes:
    """The template with these data, with only typst's own fonts and those of the folder: the same sheet on every machine.

    Raises FormError.
    """
    import typst

    folders = [str(fonts)] if fonts is not None else []
    try:
        pdf: bytes = typst.compile(
            str(template), sys_inputs={"data": data}, ignore_system_fonts=True, font_paths=folders
        )
    except typst.TypstError:
        raise FormError("gagal_disusun") from None
    return pdf
