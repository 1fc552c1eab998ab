"""Who holds, presides and coordinates the national CPTS, and who instructs and decides there."""

from collections.abc import Iterable, Iterator, Sequence

from django.contrib.auth.hashers import make_password

from accounts.access import Role
from accounts.models import User
from cpts_portal.national.naming import Identity
from cpts_portal.national.partition import Area
from cpts_portal.story.dossier import Holders
from cpts_portal.story.people import Authorities, Cast, address_of
from foundation.search import search_key
from territories.models import Assignment, CpamDistrict, Cpts

POSTS = ("holder", "president", "coordinator")
HOME_COMMUNE = "62119"  # Béthune: its CPAM is the one of the demonstration accounts


def gather_cast() -> Cast:
    """The people of the demonstration, at their posts: the national set works with them."""
    cast = Cast(home_district=CpamDistrict.objects.get(communes=HOME_COMMUNE))
    cast.take_posts()
    return cast


def authorities_of(areas: Iterable[Area], cast: Cast) -> dict[str, Authorities]:
    """By CPAM district: the people of the demonstration where they are in post, else new ones."""
    districts = CpamDistrict.objects.select_related("region").in_bulk()
    codes = sorted({area.main.place.district for area in areas})
    found: dict[str, Authorities] = {}
    for code in codes:
        district = districts[code]
        found[code] = cast.authorities(Cpts(region=district.region, cpam_district=district))
    return found


def make_holders(identities: Sequence[Identity], cast: Cast) -> list[Holders]:
    """Three invented people for each CPTS; nobody signs in with these accounts."""
    people = [_person(f"{post} {one.slug}", cast) for one in identities for post in POSTS]
    User.objects.bulk_create(people)
    trios = zip(*[iter(people)] * len(POSTS), strict=True)
    return [
        Holders(holder=holder, president=president, coordinator=coordinator)
        for holder, president, coordinator in trios
    ]


def assignments_of(cpts: Cpts, holders: Holders) -> Iterator[Assignment]:
    """As `territories.actions.assign` gives them on the day of the founding."""
    roles = {
        Role.HOLDER: holders.holder,
        Role.PRESIDENT: holders.president,
        Role.COORDINATOR: holders.coordinator,
    }
    for role, user in roles.items():
        yield Assignment(user=user, role=role, cpts=cpts, valid_from=cpts.created_at.date())


def _person(post: str, cast: Cast) -> User:
    first_name, last_name = cast.name_of(post)
    return User(
        email=address_of(first_name, last_name, post),
        first_name=first_name,
        last_name=last_name,
        search_name=search_key(f"{first_name} {last_name}")[:210],
        password=make_password(None),
    )
