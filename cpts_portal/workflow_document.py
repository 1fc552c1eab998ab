"""docs/workflows.md: the tables of states as the code holds them, and the regional procedures."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from accounts.access import Permission, Role, roles_granting
from foundation.dates import format_date
from foundation.workflow import Transition, Workflow
from projects.committee_rules import CommitteeRule, read_rules
from projects.models import Procedure
from projects.procedure_files import ProcedureFile, read_procedures
from projects.votes import TieRule
from projects.workflow import Level

INTRODUCTION = """# États, actes et procédures

Ce document est écrit par `make docs` à partir du code (`*/workflow.py`) et des procédures
régionales (`projects/procedures/`). Ne le modifiez pas à la main : un test compare les deux.
Ces tables sont notre lecture de la pratique, à confirmer avec les administrations ; [A] marque une
hypothèse.
"""


def workflow_document() -> str:
    """The whole document, French Markdown."""
    parts = [INTRODUCTION]
    parts += [_workflow_section(workflow) for workflow in workflows()]
    parts.append("## Procédures régionales\n")
    parts.append(
        "Les tables disent ce qui est possible ; une procédure datée dit quels avis sont requis, "
        "dans quel ordre, et les délais. Un dossier garde la procédure sous laquelle il a "
        "commencé.\n"
    )
    parts += [_procedure_section(procedure) for procedure in read_procedures()]
    parts.append("## Règles des comités\n")
    parts.append(
        "Une séance garde la règle de sa région en vigueur à sa date. Un membre qui a déclaré un "
        "conflit d’intérêts ne vote pas sur le dossier concerné ; les abstentions ne comptent pas "
        "[A].\n"
    )
    parts += [_rule_section(rule) for rule in read_rules()]
    return "\n".join(parts)


def workflows() -> Iterator[Workflow]:
    """Every table of the apps, in the order of the apps and of their files."""
    for label in settings.INSTALLED_APPS:
        if find_spec(f"{label}.workflow"):
            module = import_module(f"{label}.workflow")
            yield from (item for item in vars(module).values() if isinstance(item, Workflow))


def _workflow_section(workflow: Workflow) -> str:
    lines = [f"## {workflow.title}\n"]
    states = ", ".join(f"{state.label} (`{state.value}`)" for state in workflow.states)
    lines.append(f"États : {states}.\n")
    lines.append("| Acte | De | Vers | Qui | À condition que |")
    lines.append("|---|---|---|---|---|")
    lines += [_transition_line(workflow, item) for item in workflow.transitions]
    return "\n".join([*lines, ""])


def _transition_line(workflow: Workflow, transition: Transition) -> str:
    order = [str(state.value) for state in workflow.states]
    sources = sorted(transition.sources, key=order.index)
    cells = [
        f"{transition.label} (`{transition.name}`)",
        ", ".join(workflow.label_of(state) for state in sources),
        workflow.label_of(transition.target),
        _who(transition.permission),
        getattr(transition.guard, "words", "") if transition.guard else "",
    ]
    return f"| {' | '.join(cells)} |"


def _who(permission: str) -> str:
    if permission == Permission.SYSTEM:
        return "le portail"
    granted = roles_granting(permission)
    return ", ".join(role.label for role in Role if role in granted) or "la personne elle-même"


def _procedure_section(procedure: ProcedureFile) -> str:
    mark = "" if procedure.certainty == Procedure.Certainty.PRACTICE else " [A]"
    return "\n".join(
        [
            f"### {procedure.title}{mark}\n",
            f"- En vigueur à partir du {format_date(procedure.effective_from)}.",
            f"- Lettre d’intention : {_opinions(procedure.letter_opinions)}.",
            f"- Projet de santé : {_opinions(procedure.project_opinions)}.",
            f"- Décision : {Procedure.DecisionForm(procedure.decision_form).label}.",
            f"- Validation tacite : {procedure.tacit_months} mois après le dossier complet.",
            f"- Délais [A] : complétude {procedure.completeness_days} jours, pièces "
            f"{procedure.pieces_days} jours, avis {procedure.opinion_days} jours.",
            f"- Source : {procedure.source}.",
            "",
        ]
    )


def _without_opinions(procedure: ProcedureFile) -> str:
    if procedure.decides_without_late_opinions:
        return "après leur date, la décision est possible sans eux, avec un motif [A]"
    return "la décision les attend"


def _rule_section(rule: CommitteeRule) -> str:
    mark = "" if rule.certainty == Procedure.Certainty.PRACTICE else " [A]"
    counted = "présents ou représentés" if rule.counts_represented else "présents"
    return "\n".join(
        [
            f"### {rule.title}{mark}\n",
            f"- En vigueur à partir du {format_date(rule.effective_from)}.",
            f"- Quorum : {rule.quorum_percent} % des membres convoqués, {counted}.",
            f"- Vote {'secret' if rule.secret_ballot else 'à main levée'} ; en cas d’égalité, "
            f"{TieRule(rule.tie).label}.",
            f"- Source : {rule.source}.",
            "",
        ]
    )


def _opinions(opinions: list[dict[str, str]]) -> str:
    named = [f"{row['label']} ({Level(row['level']).label.lower()})" for row in opinions]
    return ", puis ".join(named) or "aucun avis requis"
