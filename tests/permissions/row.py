"""One line of the table of who may come where: what it says, and the words it says it with."""

from dataclasses import dataclass
from typing import Any

from accounts.access import Permission as P

READ = ("GET",)
ACT = ("POST",)
BOTH = ("GET", "POST")
PUBLIC = "public"
SIGNED_IN = "signed in"
Access = str | frozenset[P]
# The CPTS of each holder: at the end of its path, with a letter being examined, being written.
SIGNED = "signed"
EXAMINED = "examined"
DRAFTED = "drafted"


@dataclass(frozen=True)
class Row:
    """Who may come (`PUBLIC`, `SIGNED_IN`, or bearers of one of the permissions), how, where."""

    access: Access
    methods: tuple[str, ...] = READ
    # Fixed parts of the address; what names an object is filled by `tests.permissions.addresses`.
    fixed: tuple[tuple[str, Any], ...] = ()
    # The dossier of the address, and what its identifier names (`World.things`).
    stage: str = SIGNED
    thing: str = ""
    # Of those who may come to this dossier or session, only the bearers of one of these…
    within: Access = ""
    # … and the others may not even learn that it is there: 404 rather than 403.
    is_hidden: bool = False
    # Its people are those of a committee session, not of a dossier.
    of_session: bool = False

    @property
    def administers(self) -> bool:
        """Its objects belong to the portal, not to a dossier."""
        return self.access == needs(P.PORTAL_ADMINISTER)

    def lets_in(self, held: frozenset[P]) -> bool:
        """Somebody who holds this on the dossier or on the session."""
        declared = bool(frozenset(self.access) & held)
        return declared and (not self.within or bool(frozenset(self.within) & held))


def needs(*permissions: P) -> Access:
    """Bearers of at least one."""
    return frozenset(permissions)
