"""The command that loads the demonstration, before there is anything to tell it on."""

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.django_db
def test_without_communes_it_says_which_command_comes_first() -> None:
    with pytest.raises(CommandError, match="load_territories"):
        call_command("seed_demo")
