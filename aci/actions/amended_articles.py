"""An amendment writes an article of its contract in other words."""

from django.db import transaction

from accounts.models import User
from aci.actions.amendments import change_amendment
from aci.actions.articles import check_wording
from aci.clauses.texts import blocks_of
from aci.models import Amendment, ArticleWording
from foundation.refusal import Refused


@transaction.atomic
def change_amended_article(
    amendment: Amendment, *, key: str, body: str, version: int, by: User
) -> Amendment:
    """From the effect on, the article reads so; what the contract says now brings it back."""
    body = body.replace("\r\n", "\n").strip()
    title = {block.key: block.title for block in blocks_of(amendment)}.get(key)
    if title is None or amendment.amended.health_project_id is None:
        raise Refused("Cet article ne figure pas dans le contrat.")

    def change(row: Amendment) -> None:
        words = {block.key: block.body for block in blocks_of(row)}
        if words[key] == body:
            raise Refused("Le texte de cet article n’a pas changé.")
        check_wording(row, key, body)
        ArticleWording.objects.create(
            contract=row, key=key, body=body, version=row.terms_version, by=by
        )

    return change_amendment(amendment, change, f"« {title} »"[:200], version=version, by=by)
