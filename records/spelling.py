"""How an entry of the journal is spelled for its SHA-256: one text for one content, for ever.

Knows no framework: the processes that read the journal again load nothing else.
"""

import hashlib
import json
from typing import Any

# One spelling for one content, whatever the order of the keys; built once, it serves every entry.
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def spell_data(data: Any) -> str:
    """The JSON values that go with an act."""
    return _encode(data)


def sha256_of(
    actor_id: int,
    actor_name: str,
    actor_role: str,
    at: str,
    data: Any,
    dossier: str,
    number: int,
    previous: str,
    reason: str,
    sentence: str,
    from_state: str,
    to_state: str,
    subject_type: str,
    subject_id: str,
    verb: str,
) -> str:
    """SHA-256 of everything an entry says and of the entry before it; `at` is ISO, Paris time."""
    content = {
        "dossier": dossier,
        "number": number,
        "at": at,
        "verb": verb,
        "sentence": sentence,
        "subject": [subject_type, subject_id],
        "states": [from_state, to_state],
        "reason": reason,
        "actor": [actor_id, actor_name, actor_role],
        "data": data,
        "previous": previous,
    }
    return hashlib.sha256(_encode(content).encode()).hexdigest()
