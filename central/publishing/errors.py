"""Why the signed content was left as it was."""


class PublishingError(ValueError):
    """``code``: ``belum_ada`` (content init first), ``sudah_ada``, ``kunci_kurang`` (names the role), ``isi_salah`` (names the
    mistake), ``kabupaten_tidak_dikenal``, ``kabupaten_sudah_ada``, ``rilis_tidak_dikenal``, ``peran_tidak_dikenal``,
    ``sedang_dipakai``, ``nilai_salah``."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(f"{code}: {what}" if what else code)
        self.code = code
