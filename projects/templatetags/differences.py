"""Runs of words as marked-up text: no space is added between them."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from projects.comparison import Segment

register = template.Library()


@register.filter
def marked(segments: Iterable[Segment]) -> SafeString:
    """`<del>` and `<ins>` around what went and came; both are said to those who listen too."""
    return format_html_join("", "{}", ((mark(segment),) for segment in segments))


@register.filter
def printed(segments: Iterable[Segment]) -> SafeString:
    """The same on paper, where nothing is hidden: what went and came is also said in words."""
    return format_html_join("", "{}", ((_print(segment),) for segment in segments))


def _print(segment: Segment) -> SafeString:
    """The word comes after the line breaks that the run begins with."""
    if segment.is_same:
        return format_html("{}", segment.text)
    text = segment.text.lstrip()
    lead = segment.text[: len(segment.text) - len(text)]
    said = (
        '{}<span class="said">[ajouté]&nbsp;</span><ins>{}</ins>'
        if segment.is_added
        else '{}<span class="said">[retiré]&nbsp;</span><del>{}</del>'
    )
    return format_html(said, lead, text)


@register.filter
def mark(segment: Segment) -> SafeString:
    """One run, escaped."""
    if segment.is_same:
        return format_html("{}", segment.text)
    if segment.is_added:
        said = '<ins><span class="fr-sr-only">ajouté&nbsp;: </span>{}</ins>'
    else:
        said = '<del><span class="fr-sr-only">retiré&nbsp;: </span>{}</del>'
    return format_html(said, segment.text)
