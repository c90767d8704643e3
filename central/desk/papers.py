"""All papers of one application as one file to take along: printed, filed, laid before somebody without this desk."""

import logging
from dataclasses import dataclass, field

from adminduk.packets import Page
from central.accounts import Officer
from central.context import Context
from central.desk.cases import Case, Gone, open_case
from central.documents.bundle import BundleError, bundle

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """``name``: of the file, by the ticket alone."""

    name: str
    pdf: bytes = field(repr=False)


class Unbound(Exception):  # noqa: N818 - a state of the world
    """No file was made. ``code``: of the BundleError; ``paper``: as the service calls it; ``number``: which of its pages."""

    def __init__(self, code: str, case_id: str, paper: str, number: int) -> None:
        super().__init__(code)
        self.code, self.case_id, self.paper, self.number = code, case_id, paper, number


def papers_pdf(context: Context, officer: Officer, case_id: str) -> Papers:
    """The papers in the order of the service, put together in memory; who took them is written down first.

    Raises:
        Gone: no such application, or nothing was sent with it. Unbound: a page that cannot be put in.
    """
    case = open_case(context, officer, case_id, what="unduh_berkas")
    pages = in_order(case)
    if not pages:
        raise Gone
    try:
        return Papers(name=f"berkas-{case.row.ticket}.pdf", pdf=bundle(pages))
    except BundleError as error:
        log.error("papers_unbound packet=%s page=%s code=%s", case_id, error.page, error.code)  # noqa: TRY400 - known
        raise _told(case, error) from None


def in_order(case: Case) -> list[Page]:
    """Paper by paper as the service names them, then what it names no more."""
    named = [paper.code for paper in case.service.every_paper()]
    codes = [*named, *(code for code in case.packet.papers if code not in named)]
    return [page for code in codes for page in case.packet.papers.get(code, ())]


def _told(case: Case, error: BundleError) -> Unbound:
    """In the officers' words: which paper, which page of it."""
    code, number = error.page.rsplit(".", 1)[0].rsplit("-", 1)
    names = {paper.code: paper.name for paper in case.service.every_paper()}
    return Unbound(error.code, case.row.id, names.get(code, code), int(number))
