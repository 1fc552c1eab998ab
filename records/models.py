"""What must outlive any act: the journal, work to be done, stored files, idempotency keys."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models

from foundation import clock
from records.visibility import in_visible_dossier

EMAIL_KINDS = ("email", "account_link", "member_link")


class JournalHead(models.Model):
    """The end of one dossier's chain; its row lock puts the entries of a dossier in order."""

    dossier = models.CharField("dossier", max_length=40, primary_key=True)
    number = models.PositiveIntegerField("dernier numéro", default=0)
    sha256 = models.CharField("dernière empreinte", max_length=64, blank=True)

    class Meta:
        verbose_name = "tête de journal"
        verbose_name_plural = "têtes de journal"

    def __str__(self) -> str:
        return f"{self.dossier} n° {self.number}"


class JournalEntryQuerySet(models.QuerySet["JournalEntry"]):
    """Read by dossier, once `Cpts.objects.visible_to(user)` has let the person in."""

    def of_dossier(self, reference: str) -> JournalEntryQuerySet:
        """The chain of one dossier."""
        return self.filter(dossier=reference)

    def about(self, subject: models.Model) -> JournalEntryQuerySet:
        """What concerned this very object."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))

    def newest_first(self) -> JournalEntryQuerySet:
        """The order of the timelines."""
        return self.order_by("-number")


class JournalEntry(models.Model):
    """One act, kept for ever: who, when, from, to, why. The database refuses to change it."""

    dossier = models.CharField("dossier", max_length=40)
    number = models.PositiveIntegerField("numéro")
    at = models.DateTimeField("date")
    verb = models.CharField("acte", max_length=60)
    # The sentence read on the timeline, written once, so that a later wording changes nothing.
    sentence = models.CharField("phrase", max_length=300)
    subject_type = models.CharField("objet", max_length=60)
    subject_id = models.CharField("identifiant de l’objet", max_length=40)
    from_state = models.CharField("état de départ", max_length=40, blank=True)
    to_state = models.CharField("état d’arrivée", max_length=40, blank=True)
    reason = models.TextField("motif", blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    # Name and quality as they were on the day: people change posts, the journal does not.
    actor_name = models.CharField("nom de l’auteur", max_length=210)
    actor_role = models.CharField("qualité de l’auteur", max_length=80, blank=True)
    data = models.JSONField("données", default=dict)
    previous_sha256 = models.CharField("empreinte précédente", max_length=64, blank=True)
    sha256 = models.CharField("empreinte", max_length=64)

    objects: ClassVar[JournalEntryQuerySet] = JournalEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "entrée de journal"
        verbose_name_plural = "entrées de journal"
        ordering = ["dossier", "number"]
        constraints = [
            models.UniqueConstraint(fields=["dossier", "number"], name="records_entry_in_chain")
        ]

    def __str__(self) -> str:
        return f"{self.dossier} n° {self.number} – {self.sentence}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("A journal entry is never changed: write another one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("A journal entry is never deleted.")


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Files are reached only through what they belong to; see each app's download view."""

    def stored_as(self, identifier: str) -> StoredFileQuerySet:
        """The file that a finished work names."""
        return self.filter(uuid=identifier)


class StoredFile(models.Model):
    """A file kept outside the web root under a random name, with the proof of its content."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("nom d’origine", max_length=200)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille en octets")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    path = models.CharField("emplacement", max_length=200, unique=True)
    dossier = models.CharField("dossier", max_length=40, blank=True, db_index=True)
    stored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="déposé par",
    )
    stored_at = models.DateTimeField("déposé le", default=clock.now, editable=False)

    objects: ClassVar[StoredFileQuerySet] = StoredFileQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "fichier"
        verbose_name_plural = "fichiers"

    def __str__(self) -> str:
        return self.name

    def read(self) -> bytes:
        """The whole content."""
        with default_storage.open(self.path) as stream:
            return bytes(stream.read())


class JobQuerySet(models.QuerySet["Job"]):
    """Named filters of the work to be done."""

    def due(self) -> JobQuerySet:
        """What a worker should take now: wanted, or taken by a worker that vanished."""
        return self.filter(
            models.Q(state=Job.State.WANTED, not_before__lte=clock.now())
            | models.Q(state=Job.State.RUNNING, lease_until__lt=clock.now())
        )

    def of_requester(self, user: Any) -> JobQuerySet:
        """« Mes travaux »: what this person asked for, e-mails apart."""
        return self.filter(requested_by=user).exclude(kind__in=EMAIL_KINDS)

    def newest_first(self) -> JobQuerySet:
        """The order of « Mes travaux »."""
        return self.order_by("-requested_at", "-pk")

    def unfinished(self) -> JobQuerySet:
        """Waited for, or being done."""
        return self.filter(state__in=[Job.State.WANTED, Job.State.RUNNING])

    def emails_finished_before(self, moment: dt.datetime) -> JobQuerySet:
        """E-mails sent or failed since long; other work stays beside the document it made."""
        return self.filter(kind__in=EMAIL_KINDS, finished_at__lt=moment)

    def visible_to(self, user: Any) -> JobQuerySet:
        """One's own work, and that of the dossiers one may open; never the e-mails."""
        seen = models.Q(requested_by=user.pk) | in_visible_dossier(user)
        return self.filter(seen).exclude(kind__in=EMAIL_KINDS)

    def emails(self) -> JobQuerySet:
        """What the portal wrote to invented people: the mail box of the demonstration."""
        written = self.filter(kind__in=EMAIL_KINDS, payload__has_key="body")
        return written.filter(payload__to__endswith="@example.org")


class Job(models.Model):
    """Work to be done, written in the transaction that wants it: no broker can lose it.

    wanted → running until its lease ends → done, or failed after the allowed attempts.
    """

    class State(models.TextChoices):
        WANTED = "wanted", "en attente"
        RUNNING = "running", "en cours"
        DONE = "done", "terminé"
        FAILED = "failed", "échoué"

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("travail", max_length=40)
    label = models.CharField("intitulé", max_length=200)
    dossier = models.CharField("dossier", max_length=40, blank=True)
    # Two requests for the same work (double click, retry) make one row while it is not finished.
    key = models.CharField("clé", max_length=120)
    payload = models.JSONField("paramètres", default=dict)
    state = models.CharField("état", max_length=10, choices=State, default=State.WANTED)
    attempts = models.PositiveSmallIntegerField("tentatives", default=0)
    not_before = models.DateTimeField("pas avant", default=clock.now)
    lease_until = models.DateTimeField("réservé jusqu’à", null=True, blank=True)
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    step = models.CharField("étape", max_length=120, blank=True)
    result_sha256 = models.CharField("empreinte du résultat", max_length=64, blank=True)
    error = models.TextField("erreur", blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name="demandé par",
    )
    requested_at = models.DateTimeField("demandé le", default=clock.now, editable=False)
    finished_at = models.DateTimeField("terminé le", null=True, blank=True)

    objects: ClassVar[JobQuerySet] = JobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "travail"
        verbose_name_plural = "travaux"
        ordering = ["-requested_at"]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="records_job_due",
                condition=models.Q(state__in=["wanted", "running"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                name="records_job_once_at_a_time",
                condition=models.Q(state__in=["wanted", "running"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.get_state_display()})"

    @property
    def is_finished(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}


class DigestQuerySet(models.QuerySet["Digest"]):
    """Daily digests."""

    def on(self, day: dt.date) -> Any:
        """Whom that day's digest has reached, as a list of accounts."""
        return self.filter(day=day).values("user")


class Digest(models.Model):
    """The one e-mail of a day to a person who prefers a daily digest."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="compte"
    )
    day = models.DateField("jour")
    sent_at = models.DateTimeField("parti le", default=clock.now)

    objects: ClassVar[DigestQuerySet] = DigestQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "récapitulatif quotidien"
        verbose_name_plural = "récapitulatifs quotidiens"
        constraints = [
            models.UniqueConstraint(fields=["user", "day"], name="records_one_digest_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    """What waits for a digest."""

    def waiting(self) -> NoticeQuerySet:
        """Neither told nor left out yet."""
        return self.filter(digest=None, dropped_at=None)

    def in_order(self) -> NoticeQuerySet:
        """By dossier, then by time."""
        return self.order_by("dossier", "noticed_at", "pk")

    def reachable_by(self, user: Any) -> NoticeQuerySet:
        """About no dossier, or about one that this person may open today."""
        return self.filter(models.Q(dossier="") | in_visible_dossier(user))


class Notice(models.Model):
    """One event to tell one person in the next daily digest."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="compte"
    )
    event = models.CharField("événement", max_length=20)
    key = models.CharField("clé", max_length=120)
    dossier = models.CharField("dossier", max_length=40, blank=True)
    # « filing:12:submitted »: what is asked, so that a thing already done is not told.
    about = models.CharField("à propos de", max_length=80, blank=True)
    subject = models.CharField("objet", max_length=300)
    link = models.CharField("lien", max_length=300)
    noticed_at = models.DateTimeField("notée le", default=clock.now)
    digest = models.ForeignKey(
        Digest,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="récapitulatif",
    )
    dropped_at = models.DateTimeField("écartée le", null=True, blank=True)

    objects: ClassVar[NoticeQuerySet] = NoticeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "notification"
        verbose_name_plural = "notifications"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="records_notice_once")]
        indexes = [
            models.Index(
                fields=["user"],
                name="records_notice_waiting",
                condition=models.Q(digest=None, dropped_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.subject


class IdempotencyKey(models.Model):
    """One submitted form: a double click finds the first answer instead of doing it twice."""

    key = models.UUIDField("clé", primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        verbose_name="compte",
    )
    path = models.CharField("adresse", max_length=300)
    location = models.CharField("réponse", max_length=500, blank=True)
    created_at = models.DateTimeField("reçue le", default=clock.now, editable=False)

    class Meta:
        verbose_name = "clé d’idempotence"
        verbose_name_plural = "clés d’idempotence"

    def __str__(self) -> str:
        return str(self.key)
