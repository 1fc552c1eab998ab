"""Who is behind a signed-in session, with where they work: one query instead of two.

Every page asks both. An account without assignment costs the second query, as before.
"""

from django.apps import apps
from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class SeatedBackend(ModelBackend):
    """Django's own accounts; the assignments of the day come with the account."""

    def get_user(self, user_id: int) -> User | None:
        """The active account, its `current_assignments` already read."""
        seats = apps.get_model("territories", "Assignment").objects.current().with_scope()
        own = list(seats.filter(user=user_id).select_related("user").order_by("pk"))
        if not own:
            found: User | None = super().get_user(user_id)
            if found is not None:
                found.current_assignments = []
            return found
        user: User = own[0].user
        for seat in own:
            seat.user = user
        user.current_assignments = own
        return user if self.user_can_authenticate(user) else None
