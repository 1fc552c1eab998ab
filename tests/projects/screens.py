"""What the tests of the pages share: addresses by name, and the text of a page."""

import re
from html import unescape
from typing import Any

from django.urls import reverse

from territories.models import Cpts


def url(name: str, *args: Any) -> str:
    values = [item.reference if isinstance(item, Cpts) else item for item in args]
    return reverse(f"projects:{name}", args=values)


def page(response: Any) -> str:
    """The text of a page, non-breaking spaces made plain."""
    return re.sub(r"\s+", " ", unescape(response.content.decode()))
