"""Imports the communes of another year: new, renamed, merged; none is ever deleted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from foundation.refusal import Refused
from foundation.search import search_key
from territories.imports.cog_files import (
    FiledCommune,
    Heirs,
    final_heirs,
    read_communes,
    read_history,
)
from territories.imports.importing import Import
from territories.imports.mergers import merge
from territories.models import Commune, CommuneHistory, Departement, Epci

FIELDS = (
    "name",
    "search_name",
    "kind",
    "parent",
    "departement",
    "epci",
    "cpam_district",
    "postal_codes",
    "successor",
)


@dataclass
class Census:
    """The communes of the database beside those of the file."""

    stored: dict[str, Commune]
    filed: dict[str, FiledCommune] = field(default_factory=dict)
    heirs: Heirs = field(default_factory=dict)  # of the communes that are no longer in the file

    @classmethod
    def load(cls) -> "Census":
        """As the database stands now."""
        return cls(stored=Commune.objects.in_bulk())

    def new(self) -> list[str]:
        """Codes that the portal never saw, cities before their arrondissements."""
        codes = self.filed.keys() - self.stored.keys()
        return sorted(codes, key=lambda code: (self.filed[code].kind != "COM", code))

    def vanished(self) -> list[str]:
        """Communes of today that the file does not hold."""
        return sorted(
            code
            for code, commune in self.stored.items()
            if code not in self.filed and commune.successor_id is None
        )

    def heir(self, code: str) -> str:
        """Of several, the most populous: the others keep it in their history."""
        return max(self.heirs[code], key=lambda one: (self._people(one), one))

    def named(self, code: str) -> str:
        """« Béon (01039) »."""
        return f"{self.stored[code].name} ({code})"

    def _people(self, code: str) -> int:
        known = self.stored.get(code)
        return (known.population or 0) if known else 0


def import_communes(run: Import, path: Path, history: Path | None = None) -> None:
    """Bring the communes to what the file says; each that vanished must have an heir."""
    census = Census.load()
    _read(run, path, census)
    run.stop_if_rejected()
    _find_heirs(run, path.name, census, _history(run, history))
    run.stop_if_rejected()
    _create(run, census)
    _update(run, census)
    if census.heirs:
        merge(run, {code: census.heir(code) for code in census.heirs}, census.heirs)


def _read(run: Import, path: Path, census: Census) -> None:
    departements = set(Departement.objects.values_list("pk", flat=True))
    bodies = set(Epci.objects.values_list("pk", flat=True))
    for number, commune in run.followed(read_communes(path), "Communes lues"):
        if isinstance(commune, Refused):
            run.reject(path.name, number, commune.reason)
        elif commune.code in census.filed:
            run.reject(path.name, number, f"« {commune.code} » figure deux fois")
        elif commune.departement not in departements:
            reason = f"département inconnu : « {commune.departement[:20]} »"
            run.reject(path.name, number, reason)
        elif commune.epci and commune.epci not in bodies:
            run.reject(path.name, number, f"intercommunalité inconnue : « {commune.epci[:20]} »")
        else:
            census.filed[commune.code] = commune
    if not census.filed and not run.rejected:
        raise Refused(f"Le fichier « {path.name} » ne contient aucune commune.")
    if not run.rejected:
        _reject_orphans(run, path.name, census)


def _reject_orphans(run: Import, name: str, census: Census) -> None:
    for commune in census.filed.values():
        if commune.kind == "ARM" and commune.parent not in census.filed:
            run.reject(name, 0, f"{commune.name} ({commune.code}) n’a pas sa commune entière")


def _history(run: Import, path: Path | None) -> Heirs:
    if path is None:
        return {}
    heirs, problems = read_history(path)
    for number, reason in problems:
        run.reject(path.name, number, reason)
    return heirs


def _find_heirs(run: Import, name: str, census: Census, history: Heirs) -> None:
    alive = set(census.filed)
    for code in census.vanished():
        heirs = final_heirs(code, [history], alive)
        if heirs:
            census.heirs[code] = heirs
        else:
            reason = f"{census.named(code)} n’y est plus, et aucune commune ne lui succède"
            run.reject(name, 0, f"{reason} dans l’historique (--history)")


def _create(run: Import, census: Census) -> None:
    """New communes take from those they replace what the file does not say."""
    before: dict[str, list[Commune]] = {}
    for code, heirs in census.heirs.items():
        for heir in heirs:
            before.setdefault(heir, []).append(census.stored[code])
    funds = _usual_funds(census.stored.values())
    created = [_new(census.filed[code], before.get(code, []), funds) for code in census.new()]
    Commune.objects.bulk_create(created, batch_size=2000)
    run.changed(len(created), "commune nouvelle", "communes nouvelles")


def _new(filed: FiledCommune, before: list[Commune], funds: dict[str, str]) -> Commune:
    largest = max(before, key=lambda commune: commune.population or 0, default=None)
    inherited = largest if largest and largest.departement_id == filed.departement else None
    postal_codes = sorted({code for one in before for code in one.postal_code_list})
    return Commune(
        insee_code=filed.code,
        name=filed.name,
        search_name=search_key(filed.name),
        kind=filed.kind,
        parent_id=filed.parent or None,
        departement_id=filed.departement,
        epci_id=filed.epci or (inherited.epci_id if inherited else None),
        cpam_district_id=(
            inherited.cpam_district_id if inherited else funds.get(filed.departement)
        ),
        postal_codes=filed.postal_codes or "|".join(postal_codes),
    )


def _usual_funds(communes: Iterable[Commune]) -> dict[str, str]:
    """The CPAM that most communes of each département have."""
    counts: dict[str, Counter[str]] = {}
    for commune in communes:
        if commune.cpam_district_id:
            counter = counts.setdefault(commune.departement_id, Counter())
            counter[commune.cpam_district_id] += 1
    return {place: counter.most_common(1)[0][0] for place, counter in counts.items()}


def _update(run: Import, census: Census) -> None:
    """What the file says otherwise; a former name goes to the history, so that it is found."""
    funds = _usual_funds(census.stored.values())
    renamed: list[tuple[str, str]] = []
    changed: list[Commune] = []
    reborn = 0
    for code in sorted(census.filed.keys() & census.stored.keys()):
        filed, commune = census.filed[code], census.stored[code]
        if commune.name != filed.name:
            renamed.append((code, commune.name))
        if commune.successor_id:
            reborn += 1
            run.notes.append(f"{filed.name} ({code}) renaît : importez de nouveau les populations.")
        if _apply(filed, commune, funds):
            changed.append(commune)
    Commune.objects.bulk_update(changed, FIELDS, batch_size=500)
    for code, old_name in renamed:
        _remember(code, old_name)
    run.changed(len(renamed), "commune renommée", "communes renommées")
    run.changed(reborn, "commune rétablie", "communes rétablies")
    others = len(changed) - len({code for code, _ in renamed}) - reborn
    run.changed(max(others, 0), "commune modifiée", "communes modifiées")


def _apply(filed: FiledCommune, commune: Commune, funds: dict[str, str]) -> bool:
    """Bring one commune to what the file says; whether anything changed."""
    wanted: dict[str, str | None] = {
        "name": filed.name,
        "search_name": search_key(filed.name),
        "kind": filed.kind,
        "departement_id": filed.departement,
        "successor_id": None,
    }
    if filed.parent is not None:
        wanted["parent_id"] = filed.parent or None
    if filed.epci is not None:
        wanted["epci_id"] = filed.epci or None
    if filed.postal_codes is not None:
        wanted["postal_codes"] = filed.postal_codes
    if commune.departement_id != filed.departement:
        wanted["cpam_district_id"] = funds.get(filed.departement)
    different = {key: value for key, value in wanted.items() if getattr(commune, key) != value}
    for key, value in different.items():
        setattr(commune, key, value)
    return bool(different)


def _remember(code: str, old_name: str) -> None:
    CommuneHistory.objects.update_or_create(
        old_code=code,
        current_id=code,
        defaults={
            "old_name": old_name,
            "search_name": search_key(old_name),
            "kind": "ancien nom",
        },
    )
