"""The bodies that may be asked for an opinion on a filing, told by who sits on committees there."""

from accounts.access import Role
from accounts.models import User
from projects.querysets import body_of, is_regional
from projects.workflow import Level
from territories.models import Assignment, Cpts

# level → body → the people who sit there today
Bodies = dict[Level, dict[str, list[User]]]


def bodies_known(cpts: Cpts) -> Bodies:
    """Everybody who could be asked. One query."""
    seats = (
        Assignment.objects.current()
        .on(cpts)
        .filter(role=Role.COMMITTEE)
        .with_people()
        .with_scope()
        .order_by("body", "user__email", "pk")
    )
    found: Bodies = {level: {} for level in Level}
    for seat in seats:
        for level in Level:
            if level == Level.LOCAL or is_regional(seat):
                people = found[level].setdefault(body_of(seat, level), [])
                if seat.user not in people:
                    people.append(seat.user)
    return found


def bodies_by_right(known: Bodies, level: Level) -> list[str]:
    """Whom the procedure means: for the local opinion, the local bodies where there are some."""
    bodies = sorted(known[level])
    if level == Level.LOCAL:
        regional = known[Level.REGIONAL]
        local = [body for body in bodies if body not in regional]
        return local or bodies
    return bodies
