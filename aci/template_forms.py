"""Shape of the clauses of the contracts, block after block; nothing is saved here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import slugify

from aci.clauses.blocks import LONGEST_BODY, MOST_BLOCKS, Block, BlockForm
from foundation import clock
from foundation.forms import PortalField, PortalForm

SPARE = 2  # empty places for new blocks


@dataclass(frozen=True, slots=True)
class BlockFields:
    """The fields of one block on the page."""

    heading: str
    fields: tuple[PortalField, ...]


class ContractTemplateForm(PortalForm):
    """From when, then each block: its rank, what it is, its title, its text.

    A block whose title and text are emptied goes; the empty places at the end bring new ones.
    """

    after = forms.IntegerField(min_value=0, max_value=32_000, widget=forms.HiddenInput)
    effective_from = forms.DateField(
        label="En vigueur à partir du",
        widget=forms.DateInput,
        initial=clock.today,
        help_text="Les contrats déjà préparés gardent leur version.",
        error_messages={"required": "Choisissez la date d’effet."},
    )

    requires_annex = forms.BooleanField(
        label="Annexe des indicateurs exigée",
        help_text="Un contrat n’est alors figé qu’avec les indicateurs de sa première année.",
        required=False,
    )

    def __init__(self, *args: Any, blocks: Sequence[Block], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posted = _posted_count(self.data.get("count", "")) if self.is_bound else 0
        self.count = max(len(blocks) + SPARE, posted)
        self.titles = [block.title for block in blocks]
        self.fields["count"] = forms.IntegerField(
            widget=forms.HiddenInput, initial=self.count, required=False
        )
        for index in range(self.count):
            self._add_block(index, blocks[index] if index < len(blocks) else None)

    def _add_block(self, index: int, block: Block | None) -> None:
        self.fields[f"key_{index}"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=block.key if block else ""
        )
        self.fields[f"rank_{index}"] = forms.IntegerField(
            label="Rang", min_value=1, max_value=999, required=False, initial=(index + 1) * 10
        )
        self.fields[f"form_{index}"] = forms.ChoiceField(
            label="Nature",
            choices=BlockForm.choices,
            initial=block.form if block else BlockForm.ARTICLE,
        )
        self.fields[f"title_{index}"] = forms.CharField(
            label="Titre", max_length=120, required=False, initial=block.title if block else ""
        )
        self.fields[f"body_{index}"] = forms.CharField(
            label="Texte",
            max_length=LONGEST_BODY,
            required=False,
            widget=forms.Textarea(attrs={"rows": 7}),
            initial=block.body if block else "",
        )

    @property
    def block_fields(self) -> Iterator[BlockFields]:
        """For the page, in its order."""
        for index in range(self.count):
            heading = self.titles[index] if index < len(self.titles) else "Nouveau bloc"
            names = (f"rank_{index}", f"form_{index}", f"title_{index}", f"body_{index}")
            yield BlockFields(heading, tuple(self[name] for name in names))  # type: ignore[misc]

    @property
    def blocks(self) -> list[Block]:
        """What was written, in the order of the ranks."""
        data = self.cleaned_data
        ranked: list[tuple[int, int, Block]] = []
        taken: set[str] = {data[f"key_{index}"] for index in range(self.count)} - {""}
        for index in range(self.count):
            title, body = data[f"title_{index}"].strip(), data[f"body_{index}"]
            if not title and not body.strip():
                continue
            key = data[f"key_{index}"] or _free_key(title, taken)
            taken.add(key)
            block = Block(key, data[f"form_{index}"], title, body.replace("\r\n", "\n").strip())
            ranked.append((data[f"rank_{index}"] or 999, index, block))
        return [block for _, _, block in sorted(ranked, key=lambda item: item[:2])]


def _posted_count(text: str) -> int:
    return min(int(text), MOST_BLOCKS + SPARE) if text.isascii() and text.isdigit() else 0


def _free_key(title: str, taken: set[str]) -> str:
    """A lasting name from the title: other articles call it by this name."""
    base = slugify(title)[:36].strip("-") or "bloc"
    base = base if base[0].isalpha() else f"b-{base}"
    key, number = base, 2
    while key in taken:
        key, number = f"{base}-{number}", number + 1
    return key
