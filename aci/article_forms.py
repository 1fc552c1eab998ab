"""Shape of the input on an article: an accord, a remark, another wording."""

from django import forms

from aci.clauses.blocks import LONGEST_BODY
from aci.parties import Party
from foundation.forms import PortalForm

REMARK_LENGTH = 2000


class AcceptArticleForm(PortalForm):
    """Which party accepts which words of which block; all come from the page, none is typed."""

    party = forms.ChoiceField(choices=Party)
    key = forms.SlugField(max_length=40)
    sha256 = forms.RegexField(r"^[0-9a-f]{64}$")


class RemarkForm(PortalForm):
    """What a party says of an article, or answers."""

    party = forms.ChoiceField(choices=Party, widget=forms.HiddenInput)
    text = forms.CharField(
        label="Votre remarque",
        help_text="Les trois parties la liront. N’écrivez aucune donnée de patient.",
        max_length=REMARK_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez votre remarque."},
    )


class PartyForm(PortalForm):
    """For which party somebody acts."""

    party = forms.ChoiceField(choices=Party)


class WordingForm(PortalForm):
    """An article in other words, for one contract."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    body = forms.CharField(
        label="Texte de l’article",
        help_text=(
            "Une ligne vide sépare deux paragraphes. « - » ouvre un élément de liste, **deux "
            "étoiles** mettent en gras. Les variables entre accolades restent à leur place."
        ),
        max_length=LONGEST_BODY,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": "Écrivez le texte de l’article."},
    )
