"""The SQL of coverage: constants only, every value is bound. Both databases read it.

Aliases: p a stage period (or what holds a place), t a territory version, m one of its communes,
c a commune, a an arrondissement of it, d its département.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from territories.models import Stage
from territories.shares import WHOLE

# From the least to the most advanced: a place with several CPTS counts under the last of them.
RANKS: tuple[Stage, ...] = (
    Stage.LETTER,
    Stage.PROJECT,
    Stage.PROJECT_FILED,
    Stage.VALIDATED,
    Stage.EXPIRED,
    Stage.CONTRACTED,
)
_RANK = "CASE p.stage {} END".format(
    " ".join(f"WHEN '{stage.value}' THEN {rank}" for rank, stage in enumerate(RANKS, 1))
)
# Communes of today, and the arrondissements of the three cities instead of the cities.
_PLACES = "territories_commune c JOIN territories_departement d ON d.code = c.departement_id"
_IS_PLACE = """c.successor_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM territories_commune a WHERE a.parent_id = c.insee_code)"""
_COUNTED = f"(CASE WHEN p.total > {WHOLE} THEN {WHOLE} ELSE p.total END)"
_EXCESS = f"(CASE WHEN p.total > 2 * {WHOLE} THEN {WHOLE} ELSE p.total - {WHOLE} END)"


def rows_of(query: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _cover(days: int, condition: str) -> str:
    """`cover`: a row for each place, day and CPTS that holds it; `placed`: their sums."""
    # A day is given as ISO text: PostgreSQL wants to be told that it is a date.
    day = "CAST(%s AS date)" if connection.vendor == "postgresql" else "%s"
    moments = " UNION ALL ".join([f"SELECT {day} AS day"] * days)
    return f"""
    WITH moments AS ({moments}),
    cover AS MATERIALIZED (
        SELECT moments.day, COALESCE(a.insee_code, c.successor_id, c.insee_code) AS place,
               t.cpts_id, m.share, {_RANK} AS rank
        FROM moments
        JOIN territories_stageperiod p ON p.is_public
             AND p.starts_on <= moments.day AND (p.ends_on IS NULL OR p.ends_on > moments.day)
             AND p.stage NOT IN ('emergence', 'abandoned', 'terminated', 'replaced')
        JOIN territories_territory t ON t.cpts_id = p.cpts_id
             AND t.valid_from <= moments.day
             AND (t.replaced_on IS NULL OR t.replaced_on > moments.day)
        JOIN territories_territorycommune m ON m.territory_id = t.id
        JOIN territories_commune c ON c.insee_code = m.commune_id
        JOIN territories_departement d ON d.code = c.departement_id
        LEFT JOIN territories_commune a ON a.parent_id = c.insee_code
        WHERE {condition}
    ),
    placed AS MATERIALIZED (
        SELECT day, place, SUM(share) AS total, MAX(rank) AS rank
        FROM cover GROUP BY day, place
    )"""


def tally(days: int, condition: str, part: str, *, by_epci: bool = False) -> str:
    """Values: the days, those of the condition, those of the condition again.

    Rows by day, part of the area and rank: places held, their inhabitants, those that the shares
    count, places held for more than the whole and the inhabitants counted twice. Then one row a
    part without day: all its places and inhabitants, their vintage, its name when it is an EPCI.
    """
    name, epci = "''", ""
    if by_epci:
        name = "COALESCE(MAX(e.name), '')"
        epci = "LEFT JOIN territories_epci e ON e.siren = c.epci_id"
    return f"""{_cover(days, condition)}
    SELECT p.day, COALESCE({part}, ''), p.rank, COUNT(*),
           SUM(COALESCE(c.population, 0)),
           SUM(COALESCE(c.population, 0) * {_COUNTED} / {WHOLE}),
           SUM(CASE WHEN p.total > {WHOLE} THEN 1 ELSE 0 END),
           SUM(CASE WHEN p.total > {WHOLE}
                    THEN COALESCE(c.population, 0) * {_EXCESS} / {WHOLE} ELSE 0 END),
           NULL, ''
    FROM placed p
    JOIN territories_commune c ON c.insee_code = p.place
    JOIN territories_departement d ON d.code = c.departement_id
    GROUP BY 1, 2, 3
    UNION ALL
    SELECT NULL, COALESCE({part}, ''), 0, COUNT(*), SUM(COALESCE(c.population, 0)), 0, 0, 0,
           MAX(c.population_vintage), {name}
    FROM {_PLACES} {epci}
    WHERE {_IS_PLACE} AND {condition}
    GROUP BY 2"""


def held_places(condition: str, restriction: str) -> str:
    """Values: the day, those of the condition, those of the restriction on p and c."""
    return f"""{_cover(1, condition)}
    SELECT c.insee_code, c.name, c.departement_id, COALESCE(c.population, 0), c.parent_id,
           cpts.id, cpts.name, cpts.slug, cover.share, cover.rank
    FROM placed p
    JOIN territories_commune c ON c.insee_code = p.place
    JOIN cover ON cover.place = p.place
    JOIN territories_cpts cpts ON cpts.id = cover.cpts_id
    WHERE {restriction}
    ORDER BY c.search_name, c.insee_code, cpts.name, cpts.id"""


def every_place(condition: str) -> str:
    """Values: the day, those of the condition twice. Every place, once for each CPTS or none."""
    return f"""{_cover(1, condition)}
    SELECT c.insee_code, c.name, c.departement_id, COALESCE(c.population, 0), c.parent_id,
           cpts.id, cpts.name, cpts.slug, cover.share, cover.rank
    FROM {_PLACES}
    LEFT JOIN cover ON cover.place = c.insee_code
    LEFT JOIN territories_cpts cpts ON cpts.id = cover.cpts_id
    WHERE {_IS_PLACE} AND {condition}
    ORDER BY c.search_name, c.insee_code, cpts.name, cpts.id"""


def white_places(condition: str) -> str:
    """Values: the day, those of the condition twice, how many, how many to skip."""
    return f"""{_cover(1, condition)}
    SELECT c.insee_code, c.name, c.departement_id, COALESCE(c.population, 0) AS people, c.parent_id
    FROM {_PLACES}
    LEFT JOIN placed p ON p.place = c.insee_code
    WHERE {_IS_PLACE} AND {condition} AND p.place IS NULL
    ORDER BY people DESC, c.insee_code LIMIT %s OFFSET %s"""


def white_zone(condition: str) -> str:
    """As `white_places`, with the EPCI of each, how many there are in all and their inhabitants."""
    return f"""{_cover(1, condition)}
    SELECT c.insee_code, c.name, c.departement_id, COALESCE(c.population, 0) AS people, c.parent_id,
           COALESCE(e.name, ''), COUNT(*) OVER (), SUM(COALESCE(c.population, 0)) OVER ()
    FROM {_PLACES}
    LEFT JOIN territories_epci e ON e.siren = c.epci_id
    LEFT JOIN placed p ON p.place = c.insee_code
    WHERE {_IS_PLACE} AND {condition} AND p.place IS NULL
    ORDER BY people DESC, c.insee_code LIMIT %s OFFSET %s"""


def among(count: int) -> str:
    """The condition of what touches these places; its values are the codes, four times.

    A city answers for its arrondissements, they answer for the city, a vanished commune for the
    one that took its place.
    """
    marks = ", ".join(["%s"] * count)
    return f"""(c.insee_code IN ({marks}) OR c.parent_id IN ({marks})
        OR c.successor_id IN ({marks})
        OR c.insee_code IN (
            SELECT parent_id FROM territories_commune WHERE insee_code IN ({marks})))"""
