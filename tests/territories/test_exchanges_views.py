"""The room « Échanges »: its pages, their doors, their budget; nothing typed is lost."""

import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from territories.exchanges import actions
from territories.models import Message, MessageFile, Thread
from tests.cast import Cast
from tests.queries import QueryCount
from tests.territories.exchanged import internal, pdf, shared

SignIn = Callable[[User], Client]


def address(name: str, cast: Cast, *args: object) -> str:
    return reverse(f"territories:{name}", args=[cast.rives.reference, *args])


def page(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status, response.status_code
    return response.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("part", "status", "note_status"),
    [
        ("holder", 200, 403),
        ("president", 200, 403),
        ("office", 200, 403),
        ("coordinator", 200, 403),
        ("ars_reviewer", 200, 200),
        ("ars_director", 200, 200),
        ("cpam_officer", 200, 200),
        ("cpam_director", 200, 200),
        ("nurse", 403, 403),
        ("committee_member", 403, 403),
        ("national_reader", 403, 403),
        ("administrator", 403, 403),
        ("stranger", 403, 403),
        ("monts_coordinator", 404, 403),
        ("other_region_reviewer", 404, 404),
        ("other_district_officer", 404, 404),
    ],
)
def test_who_may_come(
    cast: Cast, sign_in: SignIn, part: str, status: int, note_status: int
) -> None:
    thread = shared(cast, uploads=[pdf()])
    identifier = MessageFile.objects.get().file.uuid
    client = sign_in(getattr(cast, part))
    for url in (
        address("exchanges", cast),
        address("open_thread", cast),
        thread.get_absolute_url(),
        address("download_file", cast, identifier),
        address("report_file", cast, identifier),
    ):
        assert client.get(url).status_code == status, url
    assert client.get(address("open_note", cast)).status_code == note_status
    answer = {"text": "Bonjour"}
    expected = 302 if status == 200 else status
    assert client.post(address("reply", cast, thread.uuid), answer).status_code == expected


def test_an_internal_note_does_not_exist_for_the_cpts(cast: Cast, sign_in: SignIn) -> None:
    note = internal(cast, uploads=[pdf()])
    identifier = MessageFile.objects.get().file.uuid
    client = sign_in(cast.president)
    assert "Vigilance" not in page(client, address("exchanges", cast))
    page(client, note.get_absolute_url(), 404)
    page(client, address("download_file", cast, identifier), 404)
    assert client.post(address("reply", cast, note.uuid), {"text": "Ah"}).status_code == 404
    assert "Note interne" not in page(
        client, reverse("dossier_journal", args=[cast.rives.reference])
    )


def test_another_dossier_in_the_address_opens_nothing(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast)
    elsewhere = reverse("territories:thread", args=[cast.monts.reference, thread.uuid])
    page(sign_in(cast.ars_reviewer), elsewhere, 404)


def test_an_empty_room_says_what_it_is_for(cast: Cast, sign_in: SignIn) -> None:
    text = page(sign_in(cast.coordinator), address("exchanges", cast))
    assert "Aucun message" in text
    assert "Tout marquer comme lu" not in text
    assert "note interne" not in text


def test_a_message_is_sent_once_with_its_files(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    key = str(uuid.uuid4())
    for _ in range(2):
        given = {"cle": key, "subject": "Budget", "about": "funding", "text": "Bonjour,\nvoici."}
        answer = client.post(address("open_thread", cast), {**given, "uploads": [pdf(), pdf()]})
        assert answer["Location"] == address("exchanges", cast)
    thread = Thread.objects.get()
    assert (thread.subject, thread.about, thread.is_internal) == ("Budget", "funding", False)
    assert MessageFile.objects.count() == 2


def test_extra_fields_change_nothing(cast: Cast, sign_in: SignIn) -> None:
    given = {"subject": "S", "text": "T", "is_internal": "on", "cpts": cast.monts.pk, "by": 1}
    sign_in(cast.president).post(address("open_thread", cast), given)
    thread = Thread.objects.get()
    assert (thread.is_internal, thread.cpts, thread.last_by) == (False, cast.rives, cast.president)


def test_a_double_click_answers_once(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast)
    client = sign_in(cast.cpam_officer)
    for _ in range(2):
        client.post(
            address("reply", cast, thread.uuid),
            {"cle": "7f9c2f5e-4b57-4d0c-9d5c-0d2b6f6f2a11", "text": "Bien reçu."},
        )
    assert Message.objects.of_thread(thread).count() == 2


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"text": ""}, "Écrivez votre message."),
        ({"text": "x" * 5001}, "5 000 caractères au plus"),
        ({"subject": "", "text": "Texte gardé"}, "Donnez un objet"),
        ({"subject": "o" * 151, "text": "Texte gardé"}, "150 caractères au plus"),
        ({"about": "autre", "text": "Texte gardé"}, "Choisissez une rubrique"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(
    cast: Cast, sign_in: SignIn, given: dict[str, str], error: str
) -> None:
    data = {"subject": "Objet gardé", **given}
    response = sign_in(cast.coordinator).post(address("open_thread", cast), data)
    text = response.content.decode().replace("\u00a0", " ")
    assert response.status_code == 422
    assert error in text
    assert data["subject"] in text
    assert data["text"] in text
    assert not Thread.objects.exists()


def test_a_refused_file_keeps_the_answer(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast)
    program = SimpleUploadedFile("bilan.pdf", b"MZ\x90\x00 un programme")
    data = {"text": "Texte gardé", "uploads": [program]}
    response = sign_in(cast.cpam_officer).post(address("reply", cast, thread.uuid), data)
    assert response.status_code == 422
    assert "n’est pas d’un type permis" in response.content.decode()
    assert "Texte gardé" in response.content.decode()
    assert Message.objects.count() == 1


def test_a_file_is_given_as_an_attachment_whatever_its_name(cast: Cast, sign_in: SignIn) -> None:
    shared(cast, uploads=[pdf('été "1"\r\n.html')])
    joined = MessageFile.objects.get()
    response = sign_in(cast.president).get(address("download_file", cast, joined.file.uuid))
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"


def test_a_reported_file_is_named_and_closed(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast, uploads=[pdf()])
    identifier = MessageFile.objects.get().file.uuid
    client = sign_in(cast.president)
    report = address("report_file", cast, identifier)
    assert "Dites ce qui pose problème" in client.post(report, {"reason": ""}).content.decode()
    assert client.post(report, {"reason": "Patient nommé"})["Location"] == thread.get_absolute_url()
    page(client, address("download_file", cast, identifier), 404)
    text = page(client, thread.get_absolute_url())
    assert "fermé à tous" in text
    assert "Patient nommé" not in text


def test_words_are_escaped(cast: Cast, sign_in: SignIn) -> None:
    attack = "<script>alert(1)</script>"
    thread = shared(cast, subject=attack, text=attack)
    client = sign_in(cast.president)
    for url in (address("exchanges", cast), thread.get_absolute_url()):
        assert "<script>alert" not in page(client, url)


# --- Unread ------------------------------------------------------------------------------------


def test_the_tab_counts_what_is_unread_until_it_is_opened(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast)
    client = sign_in(cast.president)
    dossier = reverse("dossier", args=[cast.rives.reference])
    assert "message non lu</span>" in page(client, dossier)
    text = page(client, address("exchanges", cast))
    assert "1 message non lu" in text
    assert "1 non lu" in text
    assert "nouveau</span>" in page(client, thread.get_absolute_url())
    assert "nouveau</span>" not in page(client, thread.get_absolute_url())
    assert "message non lu" not in page(client, dossier)


def test_all_is_marked_as_read_at_once(cast: Cast, sign_in: SignIn) -> None:
    shared(cast)
    shared(cast)
    client = sign_in(cast.president)
    response = client.post(address("mark_all_read", cast), follow=True)
    assert "2 fils marqués comme lus" in response.content.decode().replace("\u00a0", " ")
    assert Thread.objects.count_unread(cast.president, cast.rives) == 0
    assert client.get(address("mark_all_read", cast)).status_code == 405


# --- Many messages -----------------------------------------------------------------------------


def test_a_long_thread_opens_on_its_end(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast, text="Message 1.")
    for number in range(2, 46):
        actions.reply(thread, text=f"Message {number}.", by=cast.cpam_officer)
    client = sign_in(cast.president)
    last = page(client, thread.get_absolute_url())
    assert "Message 45." in last
    assert last.index("Message 26.") < last.index("Message 45.")
    assert "Message 25." not in last
    assert "Message 1." in page(client, thread.get_absolute_url() + "?page=3")


def test_pages_take_few_queries_whatever_the_length(cast: Cast, sign_in: SignIn) -> None:
    thread = shared(cast, uploads=[pdf()])
    client = sign_in(cast.president)
    with QueryCount() as first_opening:
        page(client, thread.get_absolute_url())
    assert first_opening.number <= 6
    urls = [address("exchanges", cast), thread.get_absolute_url(), address("open_thread", cast)]

    def queries() -> list[int]:
        counts = []
        for url in urls:
            with QueryCount() as count:
                page(client, url)
            counts.append(count.number)
        return counts

    before = queries()
    for number in range(15):
        shared(cast, subject=f"Sujet {number}")
        actions.reply(thread, text=f"Message {number}", uploads=[pdf()], by=cast.president)
    actions.mark_all_read(cast.rives, by=cast.president)
    assert queries() == before
    assert max(before) <= 6, before


def test_the_desk_and_the_list_lead_to_what_is_unread(cast: Cast, sign_in: SignIn) -> None:
    internal(cast)
    client = sign_in(cast.cpam_officer)
    link = f'href="{address("exchanges", cast)}">1 message non lu</a>'
    for route in ("dashboard", "dossiers"):
        with QueryCount() as count:
            text = page(client, reverse(route))
        assert link in text, route
        assert count.number <= (4 if route == "dossiers" else 6)
    actions.mark_all_read(cast.rives, by=cast.cpam_officer)
    for route in ("dashboard", "dossiers"):
        assert "non lu" not in page(client, reverse(route)), route
    assert "non lu" not in page(sign_in(cast.president), reverse("dashboard"))
