"""The organisation's seal on signed contracts. Nobody's personal key is ever held here."""

from cpts_portal.settings.environment import env

# The seal in a file (PKCS#12), in a token or safe (PKCS#11), or held by a trust service (CSC API
# v1): one of the three in production.
SEAL_PKCS12 = env.str("SEAL_PKCS12", default="")
SEAL_PKCS12_PASSWORD = env.str("SEAL_PKCS12_PASSWORD", default="")
SEAL_PKCS11_MODULE = env.str("SEAL_PKCS11_MODULE", default="")
SEAL_PKCS11_TOKEN = env.str("SEAL_PKCS11_TOKEN", default="")
SEAL_PKCS11_PIN = env.str("SEAL_PKCS11_PIN", default="")
SEAL_PKCS11_LABEL = env.str("SEAL_PKCS11_LABEL", default="")
SEAL_CSC_URL = env.str("SEAL_CSC_URL", default="")
SEAL_CSC_CREDENTIAL = env.str("SEAL_CSC_CREDENTIAL", default="")
SEAL_CSC_TOKEN = env.str("SEAL_CSC_TOKEN", default="")
SEAL_CSC_PIN = env.str("SEAL_CSC_PIN", default="")
# RFC 3161 service that dates each seal; without it, a seal bears the portal's own time only.
SEAL_TIMESTAMP_URL = env.str("SEAL_TIMESTAMP_URL", default="")
# PEM file of the roots that vouch for the seal and the timestamps. Given, each seal carries its
# proofs of non-revocation (PAdES B-LT), fetched from the authorities as it is made.
SEAL_TRUST_ROOTS = env.str("SEAL_TRUST_ROOTS", default="")
