"""« lettre » and « projet » in addresses, for the acts that both filings share."""

from projects.models import Kind
from projects.pages import PATHS


class KindConverter:
    """/dossiers/62-ABC/lettre/transmettre/ → Kind.LETTER."""

    regex = "|".join(PATHS.values())

    def to_python(self, value: str) -> Kind:
        return next(kind for kind, word in PATHS.items() if word == value)

    def to_url(self, value: str) -> str:
        return PATHS[Kind(value)]
