"""Enrol a second factor, prove one's identity with it, renew its recovery codes."""

import datetime as dt
import hmac
from collections.abc import Iterable, Mapping
from typing import Any

import pyotp
from django.db import IntegrityError, transaction

from accounts.factors import secrets
from accounts.factors.models import STEP_SECONDS, FactorProof, RecoveryCode, SecondFactor
from accounts.models import User
from accounts.signals import account_changed
from foundation import clock
from foundation.refusal import Refused

MAX_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
# The clocks of a telephone and of a server differ a little: the code before and the one after.
WINDOW = (0, -1, 1)

WRONG_CODE = "Ce code n’est pas le bon, ou il a déjà servi : attendez le suivant et saisissez-le."
LOCKED = "Trop d’essais : réessayez dans un quart d’heure."
NOT_RECENT = (
    "Votre preuve d’identité date de plus d’un quart d’heure : donnez à nouveau un code de votre "
    "second facteur."
)

Proven = tuple[FactorProof, list[str]]


def new_secret() -> str:
    """A secret to be shown to a telephone; nothing is stored before a first good code."""
    return pyotp.random_base32()


def address_of(secret: str, user: User) -> str:
    """What the QR code tells the application of the telephone."""
    codes = pyotp.TOTP(secret, interval=STEP_SECONDS)
    return codes.provisioning_uri(name=user.email, issuer_name="Portail des CPTS")


def code_now(secret: str) -> str:
    """The code that the telephone shows now."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).at(clock.now())


@transaction.atomic
def enrol(*, secret: str, code: str, sign_in: Mapping[str, Any], by: User) -> Proven:
    """The telephone shows the right code: it is this person's second factor from now on.

    Gives the proof of identity that the code already is, and the recovery codes, shown once.
    Who replaces a factor has proven the former one just before (the view sees to it).
    """
    counter = _counter_of(pyotp.TOTP(secret, interval=STEP_SECONDS), code, used=())
    if counter is None:
        raise Refused(WRONG_CODE)
    former = SecondFactor.objects.filter(user=by).first()
    SecondFactor.objects.filter(user=by).delete()
    factor = SecondFactor.objects.create(user=by, secret=secrets.seal(secret))
    codes = _replace_recovery_codes(factor)
    proof = _proof(factor, FactorProof.Method.CODE, sign_in, counter)
    sentence = "Second facteur remplacé" if former else "Second facteur enregistré"
    account_changed.send(
        User, user=by, verb="enrol_second_factor", sentence=f"{sentence} pour {by}"
    )
    return proof, codes


def prove(*, code: str, sign_in: Mapping[str, Any], by: User) -> FactorProof:
    """A code of the telephone, or a recovery code: the person is who they say, for a while.

    A failure is counted in a transaction of its own: refusing must not forget it.
    """
    proof = _try(code, sign_in, by)
    if proof is None:
        raise Refused(WRONG_CODE)
    return proof


@transaction.atomic
def renew_recovery_codes(*, proof: FactorProof | None, by: User) -> list[str]:
    """New recovery codes; those before no longer serve."""
    ensure_recent(proof, by=by)
    factor = SecondFactor.objects.select_for_update(of=("self",)).get(user=by)
    account_changed.send(
        User, user=by, verb="renew_recovery_codes", sentence=f"Nouveaux codes de secours de {by}"
    )
    return _replace_recovery_codes(factor)


@transaction.atomic
def forget_factor(user: User, *, by: User) -> None:
    """The telephone and the codes are lost: the person enrols again with their password."""
    if not SecondFactor.objects.filter(user=user).delete()[0]:
        raise Refused(f"{user} n’a pas de second facteur.")
    account_changed.send(
        User,
        user=by,
        verb="forget_second_factor",
        sentence=f"Second facteur de {user} oublié à sa demande",
    )


def ensure_recent(proof: FactorProof | None, *, by: User) -> FactorProof:
    """What an act that binds asks first: a proof of this very person, not older than needed."""
    if proof is None or not proof.is_recent_for(by):
        raise Refused(NOT_RECENT)
    return proof


@transaction.atomic
def _try(code: str, sign_in: Mapping[str, Any], by: User) -> FactorProof | None:
    factor = SecondFactor.objects.select_for_update(of=("self",)).filter(user=by).first()
    if factor is None:
        raise Refused("Enregistrez d’abord un second facteur.")
    if factor.is_locked:
        raise Refused(LOCKED)
    used = FactorProof.objects.of_factor(factor.uuid).values_list("counter", flat=True)
    counter = _counter_of(factor.codes, code, used=used.order_by("-counter")[:20])
    if counter is not None:
        _count(factor, failures=0)
        return _proof(factor, FactorProof.Method.CODE, sign_in, counter)
    if _use_recovery_code(factor, code):
        _count(factor, failures=0)
        return _proof(factor, FactorProof.Method.RECOVERY, sign_in, None)
    _count(factor, failures=factor.failures + 1)
    return None


def _counter_of(codes: pyotp.TOTP, code: str, *, used: Iterable[int | None]) -> int | None:
    """Which of the codes of this moment it is, unless it has served."""
    typed = "".join(code.split())
    now, spent = int(clock.now().timestamp()) // STEP_SECONDS, set(used)
    for step in WINDOW:
        expected = codes.generate_otp(now + step)
        if hmac.compare_digest(expected.encode(), typed.encode()) and now + step not in spent:
            return now + step
    return None


def _use_recovery_code(factor: SecondFactor, code: str) -> bool:
    found = factor.recovery_codes.filter(mark=secrets.mark_of(code), used_at=None)
    return bool(found.update(used_at=clock.now()))


def _count(factor: SecondFactor, *, failures: int) -> None:
    factor.failures = failures
    if failures >= MAX_FAILURES:
        factor.failures, factor.locked_until = 0, clock.now() + LOCKED_FOR
    factor.save(update_fields=["failures", "locked_until"])


def _proof(
    factor: SecondFactor,
    method: FactorProof.Method,
    sign_in: Mapping[str, Any],
    counter: int | None,
) -> FactorProof:
    about = {key: sign_in[key] for key in ("at", "device") if key in sign_in}
    try:
        with transaction.atomic():
            return FactorProof.objects.create(
                user_id=factor.user_id,
                factor=factor.uuid,
                method=method,
                counter=counter,
                sign_in=about,
            )
    except IntegrityError:  # the same code at the same moment, elsewhere
        raise Refused(WRONG_CODE) from None


def _replace_recovery_codes(factor: SecondFactor) -> list[str]:
    codes = secrets.new_recovery_codes()
    factor.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, mark=secrets.mark_of(code)) for code in codes
    )
    return codes
