"""Finds the commune of today behind a code of yesterday."""

from collections import defaultdict
from dataclasses import dataclass, field

from foundation.refusal import Refused
from territories.models import Commune, CommuneHistory


@dataclass
class Codes:
    """Every code the portal knows, read once (two queries) and kept in memory during an import."""

    names: dict[str, str] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    former: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def load(cls) -> "Codes":
        """As the database stands now."""
        codes = cls()
        rows = Commune.objects.values_list("pk", "name", "successor_id", "parent_id").order_by()
        for code, name, successor, parent in rows:
            codes.names[code] = name
            if successor:
                codes.successors[code] = successor
            if parent:
                codes.parents[code] = parent
        for old, current in CommuneHistory.objects.values_list("old_code", "current_id"):
            if old not in codes.names:
                codes.former[old].add(current)
        return codes

    def today(self, code: str) -> str:
        """The code of the commune of today; refuses an unknown code, or one with several heirs."""
        if code in self.names:
            return self.successors.get(code, code)
        heirs = {self.successors.get(one, one) for one in self.former.get(code, ())}
        if not heirs:
            raise Refused(f"commune inconnue : « {code} »")
        if len(heirs) > 1:
            shared = ", ".join(self.named(one) for one in sorted(heirs))
            raise Refused(f"le code « {code} » a disparu, partagé entre {shared}")
        return heirs.pop()

    def named(self, code: str) -> str:
        """« Béthune (62119) »."""
        return f"{self.names.get(code, 'commune')} ({code})"

    def whole(self) -> set[str]:
        """The communes of today, the arrondissements counting with their city."""
        return self.names.keys() - self.successors.keys() - self.parents.keys()
