"""The code of each page: in the real contract, read after a printer and a scanner."""

import pytest

from aci.models import Contract
from aci.seals.page_codes import PageCode, page_count, read_address
from aci.seals.scans import read_pages
from tests.aci.printed import scanned


def test_every_page_of_a_contract_is_read_after_print_and_scan(to_sign: Contract) -> None:
    """As offices scan: 150 to 200 dpi, grey and noisy, one or two degrees askew, or upside down."""
    document = to_sign.frozen_document
    assert document is not None
    content = document.stored.read()
    count = page_count(content)
    assert count > 5
    expected = [{PageCode(document.verification_code, number)} for number in range(1, count + 1)]
    for dpi, angle, noise in ((150, 1.5, 60.0), (200, -2.0, 90.0), (150, 179.0, 60.0)):
        pages = read_pages(scanned(content, dpi=dpi, angle=angle, noise=noise))
        assert [set(page.codes) for page in pages] == expected, (dpi, angle)


@pytest.mark.parametrize(
    "text",
    [
        "https://cpts.example/verifier/abcdefghjkmnpqrstuvw/",  # no page
        "https://cpts.example/verifier/abcdefghjkmnpqrstuvw/#0",
        "https://cpts.example/verifier/court/#1",
        "https://ailleurs.example/menu#3",
        "",
    ],
)
def test_other_codes_are_not_ours(text: str) -> None:
    assert read_address(text) is None
