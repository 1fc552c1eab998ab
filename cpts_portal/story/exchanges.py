"""What the parties of a demonstration dossier wrote to each other, and what ARS and CPAM noted."""

import datetime as dt
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

from accounts.models import User
from cpts_portal.story.dossier import Holders
from cpts_portal.story.events import Event, play
from cpts_portal.story.people import Authorities
from foundation import clock
from territories.exchanges import actions
from territories.models import Cpts, Thread

TEXTS_FILE = Path(__file__).with_name("exchanges.toml")


def tell(cpts: Cpts, holders: Holders, authorities: Authorities) -> None:
    """Every thread of this dossier, in the order of its days."""
    people = {**vars(holders), **vars(authorities)}
    for thread in _threads_of(cpts.slug):
        play(_events(cpts, thread, people))


def _threads_of(slug: str) -> list[dict[str, Any]]:
    threads = tomllib.loads(TEXTS_FILE.read_text("utf-8"))["thread"]
    return [thread for thread in threads if thread["slug"] == slug]


def _events(cpts: Cpts, told: dict[str, Any], people: dict[str, User]) -> list[Event]:
    today = clock.today()
    return [
        (
            today - dt.timedelta(days=message["ago"]),
            partial(_write, cpts, told, message["text"].strip(), people[message["by"]]),
        )
        for message in told["message"]
    ]


def _write(cpts: Cpts, told: dict[str, Any], text: str, by: User) -> None:
    """The first words open the thread, the next ones answer."""
    opened = Thread.objects.visible_to(by).of_dossier(cpts.reference)
    thread = opened.filter(subject=told["subject"]).first()
    if thread is not None:
        actions.reply(thread, text=text, by=by)
        return
    actions.open_thread(
        cpts,
        subject=told["subject"],
        about=told["about"],
        is_internal=told.get("is_internal", False),
        text=text,
        by=by,
    )
