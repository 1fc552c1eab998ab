"""One act of signing → one incremental PAdES seal on the file, which keeps all its former bytes."""

import datetime as dt
import io
import tempfile
import warnings
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    PdfSigningSession,
    SigDSSPlacementPreference,
)
from pyhanko.stamp import StaticStampStyle

from aci.seals.keys import SealKey
from foundation import clock


@dataclass(frozen=True, slots=True)
class SealedAct:
    """What a seal says of one signature: who, why and where in the file."""

    field: str
    name: str
    reason: str
    at: dt.datetime
    # A one-page PDF of the size of the field: what is seen on the page.
    appearance: bytes
    is_first: bool


def add_seal(content: bytes, act: SealedAct, key: SealKey) -> bytes:
    """The file and, behind its bytes, the seal of one act.

    The first seal certifies the file: from then on nothing but the prepared fields may change.
    """
    context = key.context()
    metadata = PdfSignatureMetadata(
        field_name=act.field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=act.name,
        reason=act.reason,
        certify=act.is_first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        embed_validation_info=context is not None,
        validation_context=context,
        # In the same revision: the last seal then covers the file to its last byte.
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )
    with tempfile.NamedTemporaryFile(suffix=".pdf") as drawn:
        drawn.write(act.appearance)
        drawn.flush()
        signer = _DatedSigner(
            metadata,
            signer=key.signer,
            timestamper=key.timestamper,
            stamp_style=StaticStampStyle(
                background=ImportedPdfPage(drawn.name), border_width=0, background_opacity=1.0
            ),
        )
        written = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library says that it fetches nothing, as asked
            signer.sign_pdf(_Writer(io.BytesIO(content)), existing_fields_only=True, output=written)
    return written.getvalue()


class _DatedSigner(PdfSigner):
    """A signer that reads the portal's only clock."""

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = clock.now()
        return session


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata as they are: rewritten, they would no longer be those of PDF/A."""

    def _update_meta(self) -> None:
        """The library's author advises this override (pyHanko, issue 223)."""
