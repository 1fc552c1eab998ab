"""A person who has just proven their identity in their window, as the second factor asks."""

from django.test import Client

from accounts.factors.recently import PROOF_KEY
from accounts.models import User
from cpts_portal.story.people import prove


def prove_in(client: Client, user: User) -> Client:
    """The same client, whose session holds a recent proof."""
    session = client.session
    session[PROOF_KEY] = prove(user).pk
    session.save()
    return client
