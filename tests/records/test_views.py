"""« Mes travaux » and the progress of one of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from records import jobs
from records.models import Job
from tests.cast import Cast

SignIn = Callable[[User], Client]
PART = {"HX-Request": "true"}


@pytest.fixture
def job(cast: Cast) -> Job:
    """A contract PDF asked for by the CPAM, on the dossier of Rives."""
    return jobs.want(
        "test",
        key="1",
        label="Contrat en PDF",
        by=cast.cpam_officer,
        dossier=cast.rives.reference,
    )


def progress(job: Job, query: str = "") -> str:
    return reverse("records:job_progress", args=[job.uuid]) + query


def test_my_jobs_are_mine_without_the_emails(cast: Cast, job: Job, sign_in: SignIn) -> None:
    jobs.want("email", key="2", label="Un courriel", by=cast.cpam_officer)
    jobs.want("test", key="3", label="Le travail d’un autre", by=cast.ars_reviewer)
    page = sign_in(cast.cpam_officer).get(reverse("records:jobs")).content.decode()
    assert "Contrat en PDF" in page
    assert "Un courriel" not in page
    assert "Le travail d’un autre" not in page


@pytest.mark.parametrize("kind", ["", "_xlsx"])
def test_my_jobs_are_exported(cast: Cast, job: Job, sign_in: SignIn, kind: str) -> None:
    url = reverse(f"records:jobs_export{kind}")
    mine: Any = sign_in(cast.cpam_officer).get(url)
    others: Any = sign_in(cast.ars_reviewer).get(url)
    files = [b"".join(answer.streaming_content) for answer in (mine, others)]
    assert len(files[0]) > len(files[1])
    if not kind:
        assert "Contrat en PDF" in files[0].decode()
        assert "Contrat en PDF" not in files[1].decode()


def test_no_job_yet_teaches(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.stranger).get(reverse("records:jobs")).content.decode()
    assert "Aucun travail" in page


def test_the_waiting_part_goes_on_asking_until_the_end(
    cast: Cast, job: Job, sign_in: SignIn
) -> None:
    client = sign_in(cast.cpam_officer)
    Job.objects.filter(pk=job.pk).update(state="running", progress=40, step="Mise en page")
    waiting = client.get(progress(job), headers=PART)
    assert waiting.status_code == 200
    assert "Mise en page" in waiting.content.decode()
    assert "<html" not in waiting.content.decode()
    Job.objects.filter(pk=job.pk).update(state="done")
    assert client.get(progress(job), headers=PART).status_code == 286


def test_without_script_it_is_a_page(cast: Cast, job: Job, sign_in: SignIn) -> None:
    response = sign_in(cast.cpam_officer).get(progress(job))
    assert response.status_code == 200
    assert "<html" in response.content.decode()


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("cpam_officer", 200),  # asked for it
        ("ars_reviewer", 200),  # sees the dossier
        ("president", 200),
        ("monts_coordinator", 404),
        ("other_region_reviewer", 404),
        ("administrator", 404),
    ],
)
def test_who_sees_the_dossier_sees_the_work(
    cast: Cast, job: Job, sign_in: SignIn, person: str, status: int
) -> None:
    assert sign_in(getattr(cast, person)).get(progress(job)).status_code == status


def test_emails_are_nobody_s_work(cast: Cast, sign_in: SignIn) -> None:
    email = jobs.want("email", key="2", label="Un courriel", by=cast.cpam_officer)
    assert sign_in(cast.cpam_officer).get(progress(email)).status_code == 404


@pytest.mark.parametrize(
    ("next_page", "kept"),
    [
        ("/dossiers/62-AAAAAA/contrat/", True),
        ("https://ailleurs.example/", False),
        ("//a.b", False),
    ],
)
def test_the_result_is_on_this_very_site(
    cast: Cast, job: Job, sign_in: SignIn, next_page: str, kept: bool
) -> None:
    Job.objects.filter(pk=job.pk).update(state="done")
    page = sign_in(cast.cpam_officer).get(progress(job, f"?suite={next_page}"), headers=PART)
    assert (f'href="{next_page}"' in page.content.decode()) is kept


def test_a_list_of_any_length_takes_four_queries(
    cast: Cast, job: Job, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        jobs.want("test", key=f"n{number}", label=f"Travail {number}", by=cast.cpam_officer)
    client = sign_in(cast.cpam_officer)
    with django_assert_max_num_queries(4):
        assert "31" in client.get(reverse("records:jobs")).content.decode()


def test_anonymous_visitors_go_to_the_sign_in_page(job: Job, client: Client) -> None:
    for url in (reverse("records:jobs"), progress(job)):
        assert client.get(url)["Location"].startswith(reverse("accounts:sign_in"))
