"""Whether words that few may read are on a page of somebody else, or in an e-mail."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from records.models import EMAIL_KINDS, Job, Notice
from tests.conventions.routes import all_routes
from tests.permissions import committee, examined
from tests.permissions.addresses import address
from tests.permissions.judging import ask
from tests.permissions.row import EXAMINED
from tests.permissions.table import MORE, ROWS
from tests.permissions.world import World

WORDS = (
    committee.IN_MINUTES,
    examined.IN_CHECKLIST,
    examined.IN_DRAFT_REQUEST,
    examined.IN_FOREIGN_OPINION,
    examined.IN_NOTE,
    examined.IN_OPINION,
    examined.IN_PREPARED,
)


def words_read_by(world: World, part: str) -> dict[str, list[str]]:
    """Confidential words → the pages on which this part reads them."""
    found: dict[str, list[str]] = {}
    for path in _pages(world):
        answer, _ = ask(world, part, "GET", path, {})
        content = b"".join(answer) if answer.streaming else answer.content
        for words in WORDS:
            if words.encode() in content:
                found.setdefault(words, []).append(path)
    return found


def words_written_to_people(words: Iterable[str]) -> dict[str, list[str]]:
    """The same for e-mails and the lines of digests: they lead to the page, they do not quote."""
    found: dict[str, list[str]] = {}
    emails = Job.objects.filter(kind__in=EMAIL_KINDS).values_list("payload", flat=True)
    written = [json.dumps(payload, ensure_ascii=False) for payload in emails]
    written += Notice.objects.values_list("subject", flat=True)
    for some in words:
        found |= {some: [text[:200] for text in written if some in text]}
    return {some: texts for some, texts in found.items() if texts}


def _pages(world: World) -> Iterator[str]:
    """All the pages about the dossier that is being examined, and those about none."""
    routes = {route.name: route for route in all_routes()}
    for name, row in [*ROWS.items(), *MORE.values()]:
        if "GET" in row.methods:
            of_examined = row if row.thing else replace(row, stage=EXAMINED)
            yield address(routes[name], world, "rives", row=of_examined)
