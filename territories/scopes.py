"""What one person may do on one dossier: the object form of `querysets.scope_filter`."""

from collections.abc import Callable
from typing import Any

from accounts.access import GRANTS, Permission, Role
from territories.models import Cpts, Stage


def permissions_on(user: Any, cpts: Cpts) -> frozenset[Permission]:
    """Every permission this person holds on this CPTS, without a query.

    Authorities that only read (a CPTS that crosses their border) get nothing here: reading is
    already decided by `visible_to`.
    """
    if not user.is_authenticated:
        return frozenset()
    granted: set[Permission] = set()
    for assignment in user.current_assignments:
        if _covers(assignment, cpts):
            granted |= GRANTS[Role(assignment.role)]
    return frozenset(granted)


def may_on(user: Any, cpts: Cpts) -> Callable[[str], bool]:
    """The question a workflow asks. The portal's own account does scheduled acts, no others."""
    if user.is_system:
        return lambda permission: permission == Permission.SYSTEM
    granted = permissions_on(user, cpts)
    return lambda permission: permission in granted


def quality_on(user: Any, cpts: Cpts) -> str:
    """In which quality this person acts here (« Présidence de la CPTS »), for the journal."""
    covering = [item for item in user.current_assignments if _covers(item, cpts)]
    return str(covering[0].get_role_display()) if covering else ""


def roles_on(user: Any, cpts: Cpts) -> frozenset[Role]:
    """The roles this person holds on this very CPTS, without a query."""
    if not user.is_authenticated:
        return frozenset()
    return frozenset(Role(item.role) for item in user.current_assignments if _covers(item, cpts))


def _covers(assignment: Any, cpts: Cpts) -> bool:
    if assignment.cpts_id is not None:
        return bool(assignment.cpts_id == cpts.pk)
    if assignment.role == Role.COMMITTEE:
        handed_over = cpts.is_public
    else:
        handed_over = cpts.stage != Stage.EMERGENCE
    return handed_over and all(
        getattr(cpts, name) == code for name, code in assignment.area.items()
    )
