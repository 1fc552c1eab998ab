"""What an administrator may write in a letter: the shared language, the variables of its kind."""

from foundation import written_text
from foundation.refusal import Refused
from projects.letter_kinds import REQUIRED, LetterKind, variables


def check(kind: str, subject: str, body: str) -> None:
    """Refuse a template whose variables do not all resolve, naming the first that does not."""
    known = variables(kind)
    for text in (subject, body):
        written_text.check_variables(text, known, where="ce courrier")
    if not subject.strip() or not body.strip():
        raise Refused("Un courrier a un objet et un texte.")
    written_text.check_line(subject)
    written_text.check_body(body)
    used = written_text.used_variables(subject, body)
    for name in REQUIRED[LetterKind(kind)]:
        if name not in used:
            label = LetterKind(kind).label
            raise Refused(f"« {label} » doit utiliser la variable {{{{ {name} }}}}.")
