"""Three signatures, once each, by three people, or a return to negotiation."""

from django.db import transaction

from accounts.factors.actions import ensure_recent
from accounts.models import FactorProof, User
from aci import emails
from aci.actions.amended import put_amendment_in_force
from aci.actions.articles import reopen_articles
from aci.actions.held import SIGNATORY, held, pass_baton
from aci.actions.life import enter_into_force
from aci.actions.sealing import want_seal
from aci.annexes import annexes_of, plain_annexes
from aci.contract_inputs import territory_inputs
from aci.models import Amendment, Contract, ContractDocument, Signature
from aci.parties import SIGNING_ORDER, Party
from aci.signatories import signatory_refusal, signings
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from records import journal
from territories.models import Baton
from territories.scopes import may_on, quality_on

# The sentence each signatory agrees to; it is kept with the signature.
CONSENT = (
    "J’ai lu le contrat dont l’empreinte est affichée et je le signe au nom de la partie que "
    "je représente."
)


def consent_to(contract: Contract) -> str:
    """The sentence for this very text: a contract, or an amendment."""
    return CONSENT.replace("le contrat", contract.words.the)


def signed_by_three(contract: Contract) -> str:
    """To whoever comes to sign after the last signature."""
    return f"{contract.words.The} est déjà signé par les trois parties : il ne se signe plus."


@transaction.atomic
def sign(
    contract: Contract,
    *,
    party: Party,
    sha256: str,
    consent: bool,
    proof: FactorProof | None,
    by: User,
) -> Contract:
    """A signatory signs for one party the file whose SHA-256 is given; the third one concludes.

    `proof`: how they have just proven who they are, by a second factor.
    """
    contract = held(contract)
    before = contract.state
    if contract.is_signed and may_on(by, contract.cpts)(party.sign_permission):
        raise Refused(signed_by_three(contract))
    WORKFLOW.apply(f"sign_for_{party.value}", contract, may=may_on(by, contract.cpts))
    _refuse_other_than_named(contract, party, by)
    document = _document_to_sign(contract, sha256)
    _refuse_twice(contract, party, by)
    _refuse_out_of_turn(contract, party)
    proven = ensure_recent(proof, by=by)
    if not consent:
        raise Refused(f"Cochez la case par laquelle vous signez {contract.words.the}.")
    signature = Signature.objects.create(
        contract=contract,
        document=document,
        party=party,
        user=by,
        name=by.get_full_name(),
        role=signings(contract)[party].quality or party.signatory,
        at=clock.now(),
        sha256=document.sha256,
        consent=consent_to(contract),
    )
    journal.record(
        "sign",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"{contract.words.bare.capitalize()} signé pour {party.with_article}",
        from_state=before,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        quality=signature.role,
        party=party.value,
        sha256=document.sha256,
        identity=str(proven.uuid),
    )
    want_seal(signature, identity=proven.as_evidence(), by=by)
    if contract.parties_to_sign:
        pass_baton(contract, SIGNATORY[contract.parties_to_sign[0]])
        emails.contract_to_sign(contract, by=by)
    elif isinstance(contract, Amendment):
        put_amendment_in_force(contract, last_signatory=by)
    else:
        enter_into_force(contract, last_signatory=by)
    return contract


@transaction.atomic
def send_back(contract: Contract, *, party: Party, reason: str, by: User) -> Contract:
    """A signatory refuses the text as it is: signatures fall, the terms are open again."""
    contract = held(contract)
    before = contract.state
    WORKFLOW.apply(f"send_back_for_{party.value}", contract, may=may_on(by, contract.cpts))
    reason = reason.strip()
    if not reason:
        raise Refused("Dites pourquoi vous renvoyez le contrat en négociation.")
    voided = contract.signatures.filter(voided_at=None).update(voided_at=clock.now())
    contract.terms_version += 1  # the three accept again, be it the same text
    contract.document_job = None
    contract.save(update_fields=["state", "terms_version", "document_job"])
    reopen_articles(contract)
    journal.record(
        "send_back",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"{contract.words.bare.capitalize()} renvoyé en négociation",
        from_state=before,
        to_state=contract.state,
        reason=reason,
        role=quality_on(by, contract.cpts),
        party=party.value,
        voided_signatures=voided,
    )
    pass_baton(contract, Baton.CPAM)
    emails.contract_sent_back(contract, reason=reason, by=by)
    return contract


def _document_to_sign(contract: Contract, sha256: str) -> ContractDocument:
    """The very file that the signatory was shown, and that still tells the truth."""
    document = contract.frozen_document
    if document is None or sha256 != document.sha256:
        raise StaleVersion("Le document a changé depuis que vous l’avez ouvert : relisez-le.")
    if document.inputs["territory"] != territory_inputs(contract.territory_in_use):
        raise Refused(
            f"Le territoire a changé depuis que {contract.words.the} est figé : renvoyez-le en "
            "négociation."
        )
    if document.inputs.get("annexes", []) != plain_annexes(annexes_of(contract)):
        raise Refused(
            f"L’annexe des indicateurs a changé depuis que {contract.words.the} est figé, elle "
            "n’est donc pas signée : renvoyez-le en négociation."
        )
    return document


def _refuse_other_than_named(contract: Contract, party: Party, by: User) -> None:
    refusal = signatory_refusal(contract, party, by)
    if refusal:
        raise Refused(refusal)


def _refuse_twice(contract: Contract, party: Party, by: User) -> None:
    """Once for each party, and nobody for two of them."""
    for signature in contract.signatures.filter(voided_at=None):
        if signature.party == party:
            raise Refused(f"{contract.words.The} est déjà signé pour {party.with_article}.")
        if signature.user_id == by.pk:
            raise Refused("Une personne ne signe pas pour deux parties.")


def _refuse_out_of_turn(contract: Contract, party: Party) -> None:
    """In the order that the contract itself says."""
    to_sign = contract.parties_to_sign
    expected = next(item for item in SIGNING_ORDER if item in to_sign)
    if expected is not party:
        raise Refused(
            f"{contract.words.The} se signe dans l’ordre qu’il prévoit : c’est d’abord à "
            f"{expected.with_article} de signer."
        )
