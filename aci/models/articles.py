"""The text of a contract under negotiation: what each party reads, accepts and remarks."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from aci.article_querysets import ContractTextQuerySet, RemarkQuerySet
from aci.article_workflow import RemarkState
from aci.models.contract import Contract
from aci.parties import Party
from aci.querysets import OwnedByContractQuerySet, WrittenInTurnQuerySet
from foundation import clock


class ContractText(models.Model):
    """What the contract said at one moment of its negotiation: what the parties read and accept.

    Written again at each change of the terms, of an article, of the territory or of the amounts.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="texts", verbose_name="contrat"
    )
    number = models.PositiveIntegerField("numéro")
    version = models.PositiveSmallIntegerField("version des termes")
    territory_mark = models.CharField("territoire", max_length=60)
    # As `contract_inputs.contract_content`: the blocks and everything they print.
    content = models.JSONField("contenu")
    # {key: {"sha256": …, "since": number of the text that brought it}}
    marks = models.JSONField("empreintes des blocs")
    at = models.DateTimeField("écrit le", default=clock.now)

    objects: ClassVar[ContractTextQuerySet] = ContractTextQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "texte du contrat"
        verbose_name_plural = "textes du contrat"
        ordering = ["contract", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="aci_text_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – texte {self.number}"

    @property
    def hashes(self) -> dict[str, str]:
        """Key → SHA-256 of what the block says."""
        return {key: mark["sha256"] for key, mark in self.marks.items()}


class ArticleWording(models.Model):
    """A block as one contract writes it, instead of the words of its template."""

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="wordings", verbose_name="contrat"
    )
    key = models.CharField("bloc", max_length=40)
    body = models.TextField("texte")
    version = models.PositiveSmallIntegerField("version des termes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    at = models.DateTimeField("le", default=clock.now)

    objects: ClassVar[WrittenInTurnQuerySet] = WrittenInTurnQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "rédaction d’un article"
        verbose_name_plural = "rédactions d’articles"
        ordering = ["contract", "version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "key", "version"], name="aci_wording_once_a_version"
            ),
            models.CheckConstraint(condition=~models.Q(body=""), name="aci_wording_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.key}, version {self.version}"


class BlockAcceptance(models.Model):
    """A party agrees with the exact words of one block; other words ask for another accord."""

    contract = models.ForeignKey(
        Contract,
        on_delete=models.CASCADE,
        related_name="block_acceptances",
        verbose_name="contrat",
    )
    party = models.CharField("partie", max_length=4, choices=Party)
    key = models.CharField("bloc", max_length=40)
    sha256 = models.CharField("empreinte du bloc", max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    name = models.CharField("nom", max_length=210)
    at = models.DateTimeField("le", default=clock.now)

    objects: ClassVar[OwnedByContractQuerySet] = OwnedByContractQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "accord sur un article"
        verbose_name_plural = "accords sur des articles"
        ordering = ["contract", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "party", "key", "sha256"], name="aci_block_accepted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.key} – {self.get_party_display()}"


class Remark(models.Model):
    """What a party asks or says about one article: open, answered, closed."""

    uuid = models.UUIDField("identifiant", default=uuid.uuid4, unique=True, editable=False)
    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="remarks", verbose_name="contrat"
    )
    key = models.CharField("bloc", max_length=40)
    party = models.CharField("partie", max_length=4, choices=Party)
    state = models.CharField("état", max_length=8, choices=RemarkState, default=RemarkState.OPEN)
    version = models.PositiveSmallIntegerField("version des termes")
    at = models.DateTimeField("faite le", default=clock.now)
    closed_at = models.DateTimeField("close le", null=True, blank=True)

    objects: ClassVar[RemarkQuerySet] = RemarkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = "remarque sur un article"
        verbose_name_plural = "remarques sur des articles"
        ordering = ["contract", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_at__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_at=None)),
                name="aci_remark_closed_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.key} – {self.get_state_display()}"


class RemarkMessage(models.Model):
    """The words of a remark: the first, then the answers and what its author adds."""

    remark = models.ForeignKey(
        Remark, on_delete=models.CASCADE, related_name="messages", verbose_name="remarque"
    )
    party = models.CharField("partie", max_length=4, choices=Party)
    text = models.TextField("texte")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="par"
    )
    name = models.CharField("nom", max_length=210)
    at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "message d’une remarque"
        verbose_name_plural = "messages des remarques"
        ordering = ["remark", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="aci_remark_says_something")
        ]

    def __str__(self) -> str:
        return f"{self.remark_id} – {self.name}"


class ContractVisit(models.Model):
    """Which text a person has seen: what changed since is marked for them.

    `before` is the text seen before the newest one came: the marks stay while one reads on.
    """

    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="visits", verbose_name="contrat"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name="personne",
    )
    seen = models.PositiveIntegerField("dernier texte lu")
    before = models.PositiveIntegerField("texte lu avant lui")
    at = models.DateTimeField("le", default=clock.now)

    class Meta:
        verbose_name = "lecture du contrat"
        verbose_name_plural = "lectures du contrat"
        constraints = [models.UniqueConstraint(fields=["contract", "user"], name="aci_visit_once")]

    def __str__(self) -> str:
        return f"{self.contract_id} – {self.user_id} : {self.seen}"
