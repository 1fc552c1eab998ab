"""Acts on saved views: keep the criteria of a list under a name, choose the one it opens on."""

from django.db import transaction

from accounts.models import SavedView, User
from foundation.refusal import Refused

MOST_VIEWS = 20


@transaction.atomic
def save_view(*, name: str, query: str, is_default: bool, by: User) -> SavedView:
    """Keep the criteria under a name that this person has not used yet."""
    _hold(by)
    own = SavedView.objects.visible_to(by)
    if own.count() >= MOST_VIEWS:
        raise Refused(f"Vous avez déjà {MOST_VIEWS} vues enregistrées : supprimez-en une d’abord.")
    if not query:
        raise Refused("Choisissez d’abord un critère de la liste : une vue garde des filtres.")
    _refuse_used_name(name, by)
    view: SavedView = SavedView.objects.create(user=by, name=name, query=query)
    if is_default:
        _make_default(view, by)
    return view


@transaction.atomic
def rename_view(view: SavedView, *, name: str, by: User) -> None:
    """The same criteria under another name."""
    _hold(by)
    if name.lower() != view.name.lower():
        _refuse_used_name(name, by)
    view.name = name
    view.save(update_fields=["name"])


@transaction.atomic
def make_default(view: SavedView, *, by: User) -> None:
    """The list opens on this one from now on; chosen again, it no longer does."""
    _hold(by)
    view.refresh_from_db(fields=["is_default"])
    if view.is_default:
        view.is_default = False
        view.save(update_fields=["is_default"])
    else:
        _make_default(view, by)


def delete_view(view: SavedView) -> None:
    """Forget it: only its owner reaches it."""
    view.delete()


def _hold(user: User) -> None:
    """Two saves of one person wait for each other: the count and the default stay right."""
    User.objects.select_for_update(of=("self",)).only("pk").get(pk=user.pk)


def _make_default(view: SavedView, user: User) -> None:
    SavedView.objects.visible_to(user).update(is_default=False)
    view.is_default = True
    view.save(update_fields=["is_default"])


def _refuse_used_name(name: str, user: User) -> None:
    if SavedView.objects.visible_to(user).filter(name__iexact=name).exists():
        raise Refused(f"Vous avez déjà une vue nommée « {name} » : choisissez un autre nom.")
