"""A seal held by a trust service far away, through the Cloud Signature Consortium's API (v1).

Only the fingerprint of what is sealed leaves the portal. A qualified seal, or a person's qualified
signature, is this same class with the credential of that service.
"""

import asyncio
from typing import Any

import aiohttp
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)

PATIENCE = 30  # seconds for each call: the worker tries again later


class RemoteSigner(CSCSigner):
    """Signs like any other signer; each signature opens its own connection in its own loop."""

    def __init__(self, manager: CSCAuthorizationManager) -> None:
        # The connection comes later, in the loop that signs.
        super().__init__(None, manager, sign_timeout=PATIENCE)  # type: ignore[arg-type]

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        """The bytes of the signature; a dry run measures them and calls nobody."""
        if dry_run:
            return await super().async_sign_raw(data, digest_algorithm, dry_run=True)
        async with aiohttp.ClientSession() as session:
            self.session = session
            return await super().async_sign_raw(data, digest_algorithm)


class PinAuthorization(CSCAuthorizationManager):
    """Asks the service to release the key for these very fingerprints, with the portal's PIN."""

    def __init__(
        self, service: CSCServiceSessionInfo, credential: CSCCredentialInfo, pin: str
    ) -> None:
        super().__init__(service, credential)
        self._pin = pin

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """The activation data of one signature."""
        asked = self.format_csc_auth_request(pin=self._pin or None, hash_b64s=hash_b64s)
        try:
            answer = await _post(self.csc_session_info, "credentials/authorize", asked)
        except aiohttp.ClientError as error:
            raise SigningError("The trust service did not release the key.") from error
        return self.parse_csc_auth_response(answer)


def open_signer(*, url: str, credential: str, token: str, pin: str) -> RemoteSigner:
    """The signer of one credential of a service, once the service has shown its certificates."""
    service = CSCServiceSessionInfo(url, credential, oauth_token=token or None)
    return RemoteSigner(PinAuthorization(service, asyncio.run(_certificates(service)), pin))


async def _certificates(service: CSCServiceSessionInfo) -> CSCCredentialInfo:
    async with aiohttp.ClientSession() as session:
        return await fetch_certs_in_csc_credential(session, service, timeout=PATIENCE)


async def _post(service: CSCServiceSessionInfo, name: str, asked: dict[str, Any]) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            service.endpoint_url(name),
            headers=service.auth_headers,
            json=asked,
            raise_for_status=True,
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        ) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer
