"""Acts on calendar feeds: open a secret address, make another in its place, close it."""

import secrets
from typing import Any

from django.db import transaction

from accounts.models import User
from foundation.refusal import Refused
from territories.feed_querysets import feed_digest
from territories.models import CalendarFeed

MOST_FEEDS = 10


@transaction.atomic
def subscribe(*, by: User, **scope: Any) -> str:
    """A new address for all one's dossiers, an area (region=, …) or a CPTS (cpts=), told once.

    A scope has one address at a time: asked again, the address before it opens nothing any more.
    """
    User.objects.select_for_update(of=("self",)).only("pk").get(pk=by.pk)
    own = CalendarFeed.objects.filter(user=by)
    feed = CalendarFeed(user=by, **scope)
    names = ("region_id", "departement_id", "cpam_district_id", "cpts_id")
    own.filter(**{name: getattr(feed, name) for name in names}).delete()
    if own.count() >= MOST_FEEDS:
        raise Refused(f"Vous avez déjà {MOST_FEEDS} abonnements : supprimez-en un d’abord.")
    token = secrets.token_urlsafe(32)
    feed.token_sha256 = feed_digest(token)
    feed.save()
    return token


def revoke(feed: CalendarFeed) -> None:
    """The address opens nothing any more: only its owner reaches it."""
    feed.delete()
