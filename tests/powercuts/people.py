"""The synthetic visitor, what of them must be on no disk, and where the centre is."""

from tests.journeys.visitor import ANSWERS

PORT = 18080
URL = f"http://127.0.0.1:{PORT}"
PAGE_MARK = b"HALAMAN WARGA CONTOH UNTUK UJI LISTRIK PADAM"
SECRETS = (ANSWERS["nik"].encode(), ANSWERS["no_kk"].encode(), ANSWERS["nama"].encode(), PAGE_MARK)

__all__ = ["ANSWERS", "PAGE_MARK", "PORT", "SECRETS", "URL"]
