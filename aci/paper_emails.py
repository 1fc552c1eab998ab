"""Who is written to about a text signed on paper: who signs it, who confirms its pages."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.notifications import Event
from aci.emails import people_of
from aci.models import Contract, PaperScan
from aci.paper_querysets import MAY_CONFIRM
from aci.parties import Party
from records import notices


def on_paper(contract: Contract, *, by: User) -> None:
    """To the three parties: print, sign by hand, bring the pages back."""
    grants = {grant for one in Party for grant in (one.accept_permission, one.sign_permission)}
    key = f"{contract.reference}:{contract.terms_version}"
    people = people_of(contract, grants)
    _tell("contract_on_paper", contract, people, key=key, page=contract.url_of("paper"), by=by)


def scan_to_confirm(contract: Contract, scan: PaperScan, *, by: User) -> None:
    """To the authorities and to the CPAM, except whoever uploaded the pages."""
    people = [person for person in people_of(contract, MAY_CONFIRM) if person.pk != by.pk]
    _tell_of("contract_scan_to_confirm", contract, scan, people, by=by)


def scan_dismissed(contract: Contract, scan: PaperScan, *, by: User) -> None:
    """To whoever uploaded the pages: why they do not count."""
    people = [] if scan.uploaded_by_id == by.pk else [scan.uploaded_by]
    _tell_of("contract_scan_dismissed", contract, scan, people, by=by)


def _tell_of(
    template: str, contract: Contract, scan: PaperScan, people: Iterable[User], *, by: User
) -> None:
    page = reverse("aci:paper_scan", args=[contract.cpts.reference, scan.uuid])
    _tell(template, contract, people, key=str(scan.uuid), page=page, by=by, scan=scan)


def _tell(
    template: str,
    contract: Contract,
    people: Iterable[User],
    *,
    key: str,
    page: str,
    by: User,
    scan: PaperScan | None = None,
) -> None:
    link = settings.PORTAL_URL + page
    for person in people:
        notices.notify(
            person,
            Event.LEGAL_ACT,
            template,
            {
                "contract": contract,
                "cpts": contract.cpts,
                "scan": scan,
                "person": person,
                "by": by,
                "page_link": link,
            },
            key=f"{template}:{key}:{person.pk}",
            link=link,
            by=by,
            dossier=contract.cpts.reference,
        )
