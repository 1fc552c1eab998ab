"""Pure: the mission in an address: « acces-soins » for ACCES_SOINS."""

from aci.mission_codes import MISSIONS, MissionCode

_BY_SLUG: dict[str, MissionCode] = {code.value.lower().replace("_", "-"): code for code in MISSIONS}
_BY_CODE: dict[MissionCode, str] = {code: slug for slug, code in _BY_SLUG.items()}


def slug_of(mission: MissionCode) -> str:
    """MissionCode.ACCES_SOINS → « acces-soins »."""
    return _BY_CODE[mission]


class MissionConverter:
    """For routes: an unknown mission is no page."""

    regex = "|".join(_BY_SLUG)

    def to_python(self, value: str) -> MissionCode:
        return _BY_SLUG[value]

    def to_url(self, value: MissionCode) -> str:
        return slug_of(value)
