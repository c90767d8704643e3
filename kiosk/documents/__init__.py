"""Signed PDFs in memory: is it the office's own, how many pages, what does a page look like. Never writes to disk."""

from kiosk.documents.pages import DocumentError, page_count, preview
from kiosk.documents.signatures import Signed, Untrusted, Why, verify

__all__ = ["DocumentError", "Signed", "Untrusted", "Why", "page_count", "preview", "verify"]
