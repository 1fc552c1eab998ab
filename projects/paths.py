"""Words of addresses: « lettre », « projet », and « 1.2 » for the second sending of a version."""

from projects.models import Kind
from projects.pages import PATHS


class KindConverter:
    """/dossiers/62-ABC/lettre/transmettre/ → Kind.LETTER."""

    regex = "|".join(PATHS.values())

    def to_python(self, value: str) -> Kind:
        return next(kind for kind, word in PATHS.items() if word == value)

    def to_url(self, value: str) -> str:
        return PATHS[Kind(value)]


class SendingConverter:
    """versions/1.2/ → (1, 2): the second sending of the first version."""

    regex = r"[0-9]{1,3}\.[0-9]{1,3}"

    def to_python(self, value: str) -> tuple[int, int]:
        version, number = value.split(".")
        return int(version), int(number)

    def to_url(self, value: tuple[int, int]) -> str:
        return f"{value[0]}.{value[1]}"
