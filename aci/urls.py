"""Routes of aci, in French: the simulator; the verifier; the contract of a dossier, its funding."""

from django.urls import path

from aci import (
    amended_article_views,
    amendment_views,
    article_views,
    batch_views,
    ending_views,
    evidence_views,
    identity_views,
    paper_views,
    registration_views,
    reshaping_views,
    simulator_views,
    suspension_views,
    template_views,
    verifier_views,
    views,
)
from aci.payments import fund_views
from aci.payments import views as payments
from aci.projection import views as projection_views

app_name = "aci"

RESHAPINGS = "fusions-et-scissions/"
RESHAPING = f"{RESHAPINGS}<uuid:identifier>/"

CONTRACT = "dossiers/<str:reference>/contrat/"
AMENDMENT = f"{CONTRACT}avenants/<str:amendment>/"
SCAN = f"{CONTRACT}papier/<uuid:identifier>/"

SIMULATOR = "simulateur/"
FUNDING = "dossiers/<str:reference>/financement/"
ORDER = f"{FUNDING}ordres/<uuid:order_id>/"
PAYMENTS = "paiements/"
SLIP = f"{PAYMENTS}bordereaux/<uuid:slip_id>/"

BATCHES = "contrats/archives/"

TEMPLATES = "administration/contrat-type/"

urlpatterns = [
    path(SIMULATOR, simulator_views.simulator, name="simulator"),
    path(f"{SIMULATOR}financement/", simulator_views.simulated_funding, name="simulated_funding"),
    path(f"{SIMULATOR}carte/", simulator_views.simulator_map, name="simulator_map"),
    path(f"{SIMULATOR}coller/", simulator_views.paste_simulation, name="paste_simulation"),
    path(f"{SIMULATOR}importer/", simulator_views.import_simulation, name="import_simulation"),
    path(f"{SIMULATOR}comparer/", simulator_views.compare_simulations, name="compare_simulations"),
    path(f"{SIMULATOR}communes.csv", simulator_views.simulated_csv, name="simulated_csv"),
    path(
        f"{SIMULATOR}communes.geojson", simulator_views.simulated_geojson, name="simulated_geojson"
    ),
    path(f"{SIMULATOR}utiliser/", simulator_views.use_simulation, name="use_simulation"),
    path("verifier/", verifier_views.verify, name="verify"),
    path("verifier/<slug:code>/", verifier_views.verify, name="verify_code"),
    path(CONTRACT, views.contract, name="contract"),
    path(f"{CONTRACT}preparer/", views.draft_contract, name="draft_contract"),
    path(f"{CONTRACT}termes/", views.terms, name="terms"),
    path(f"{CONTRACT}accepter/", views.accept, name="accept"),
    path(f"{CONTRACT}figer/", views.freeze, name="freeze"),
    path(f"{CONTRACT}signer/", views.sign, name="sign"),
    path(f"{CONTRACT}renvoyer/", views.send_back, name="send_back"),
    path(f"{CONTRACT}document-de-travail/", views.draft_pdf, name="draft_pdf"),
    path(f"{CONTRACT}documents/<uuid:identifier>/", views.document, name="document"),
    path(f"{CONTRACT}articles/", article_views.articles, name="articles"),
    path(f"{CONTRACT}articles/accepter/", article_views.accept_article, name="accept_article"),
    path(f"{CONTRACT}articles/actualiser/", article_views.refresh_text, name="refresh_text"),
    path(f"{CONTRACT}articles/bloc/<slug:key>/", article_views.article, name="article"),
    path(f"{CONTRACT}articles/bloc/<slug:key>/remarque/", article_views.remark, name="remark"),
    path(
        f"{CONTRACT}articles/bloc/<slug:key>/reecrire/",
        article_views.change_article,
        name="change_article",
    ),
    path(
        f"{CONTRACT}remarques/<uuid:identifier>/repondre/",
        article_views.answer_remark,
        name="answer_remark",
    ),
    path(
        f"{CONTRACT}remarques/<uuid:identifier>/fermer/",
        article_views.close_remark,
        name="close_remark",
    ),
    path(f"{CONTRACT}parties/", identity_views.parties, name="parties"),
    path(f"{CONTRACT}parties/identite/", identity_views.identity, name="identity"),
    path(
        f"{CONTRACT}parties/compte/",
        identity_views.propose_bank_account,
        name="propose_bank_account",
    ),
    path(
        f"{CONTRACT}parties/compte/<uuid:identifier>/confirmer/",
        identity_views.confirm_bank_account,
        name="confirm_bank_account",
    ),
    path(
        f"{CONTRACT}parties/compte/<uuid:identifier>/refuser/",
        identity_views.refuse_bank_account,
        name="refuse_bank_account",
    ),
    path(
        f"{CONTRACT}parties/signataires/<slug:party>/", identity_views.signatory, name="signatory"
    ),
    path(BATCHES, batch_views.gather_contracts, name="gather_contracts"),
    path(f"{BATCHES}<uuid:public_id>/", batch_views.batch, name="batch"),
    path(f"{BATCHES}<uuid:public_id>/archive/", batch_views.batch_archive, name="batch_archive"),
    path(f"{BATCHES}<uuid:public_id>/encore/", batch_views.batch_again, name="batch_again"),
    path(TEMPLATES, template_views.templates, name="templates"),
    path(f"{TEMPLATES}nouvelle-version/", template_views.new_template, name="new_template"),
    path(f"{TEMPLATES}<uuid:identifier>/", template_views.template, name="template"),
    path(f"{CONTRACT}hors-portail/", registration_views.registration, name="registration"),
    path(
        f"{CONTRACT}hors-portail/enregistrer/",
        registration_views.register_contract,
        name="register_contract",
    ),
    path(
        f"{CONTRACT}hors-portail/confirmer/",
        registration_views.confirm_registration,
        name="confirm_registration",
    ),
    path(
        f"{CONTRACT}hors-portail/ecarter/",
        registration_views.dismiss_registration,
        name="dismiss_registration",
    ),
    path(
        f"{CONTRACT}hors-portail/document/",
        registration_views.registration_scan,
        name="registration_scan",
    ),
    path(
        f"{CONTRACT}preuves/<str:text>/<slug:act>/",
        evidence_views.signature_evidence,
        name="signature_evidence",
    ),
    path(f"{CONTRACT}papier/", paper_views.paper, name="paper"),
    path(f"{CONTRACT}papier/choisir/", paper_views.choose_paper, name="choose_paper"),
    path(f"{CONTRACT}papier/deposer/", paper_views.upload_scan, name="upload_scan"),
    path(SCAN, paper_views.paper_scan, name="paper_scan"),
    path(f"{SCAN}confirmer/", paper_views.confirm_scan, name="confirm_scan"),
    path(f"{SCAN}ecarter/", paper_views.dismiss_scan, name="dismiss_scan"),
    path(f"{SCAN}document/", paper_views.scan_file, name="scan_file"),
    path(f"{AMENDMENT}papier/", paper_views.paper, name="amendment_paper"),
    path(f"{AMENDMENT}papier/choisir/", paper_views.choose_paper, name="amendment_choose_paper"),
    path(f"{AMENDMENT}papier/deposer/", paper_views.upload_scan, name="amendment_upload_scan"),
    path(f"{CONTRACT}suspensions/", suspension_views.suspensions, name="suspensions"),
    path(f"{CONTRACT}suspensions/nouvelle/", suspension_views.suspend, name="suspend"),
    path(f"{CONTRACT}suspensions/<uuid:identifier>/lever/", suspension_views.lift, name="lift"),
    path(f"{CONTRACT}resiliation/", ending_views.termination, name="termination"),
    path(f"{CONTRACT}resiliation/demander/", ending_views.ask_termination, name="ask_termination"),
    path(
        f"{CONTRACT}resiliation/accord/", ending_views.agree_termination, name="agree_termination"
    ),
    path(
        f"{CONTRACT}resiliation/abandonner/", ending_views.drop_termination, name="drop_termination"
    ),
    path(
        f"{CONTRACT}resiliation/observations/",
        ending_views.observe_termination,
        name="observe_termination",
    ),
    path(
        f"{CONTRACT}resiliation/decider/",
        ending_views.decide_termination,
        name="decide_termination",
    ),
    path(f"{CONTRACT}resiliation/decision/", ending_views.agree_decision, name="agree_decision"),
    path(
        f"{CONTRACT}resiliation/courriers/<uuid:identifier>/",
        ending_views.contract_letter,
        name="contract_letter",
    ),
    path(f"{CONTRACT}differences/", amendment_views.differences, name="differences"),
    path(f"{CONTRACT}avenants/preparer/", amendment_views.draft_amendment, name="draft_amendment"),
    path(AMENDMENT, amendment_views.amendment, name="amendment"),
    path(f"{AMENDMENT}objet/", amendment_views.amendment_purpose, name="amendment_purpose"),
    path(
        f"{AMENDMENT}territoire/", amendment_views.amendment_territory, name="amendment_territory"
    ),
    path(f"{AMENDMENT}missions/", amendment_views.amendment_missions, name="amendment_missions"),
    path(f"{AMENDMENT}parties/", identity_views.parties, name="amendment_parties"),
    path(
        f"{AMENDMENT}parties/signataires/<slug:party>/",
        identity_views.signatory,
        name="amendment_signatory",
    ),
    path(f"{AMENDMENT}articles/", amended_article_views.amended_articles, name="amended_articles"),
    path(
        f"{AMENDMENT}articles/<slug:key>/",
        amended_article_views.change_amended_article,
        name="change_amended_article",
    ),
    path(f"{AMENDMENT}abandonner/", amendment_views.abandon_amendment, name="abandon_amendment"),
    path(f"{AMENDMENT}accepter/", views.accept, name="amendment_accept"),
    path(f"{AMENDMENT}figer/", views.freeze, name="amendment_freeze"),
    path(f"{AMENDMENT}signer/", views.sign, name="amendment_sign"),
    path(f"{AMENDMENT}renvoyer/", views.send_back, name="amendment_send_back"),
    path(f"{AMENDMENT}document-de-travail/", views.draft_pdf, name="amendment_draft_pdf"),
    path(RESHAPINGS, reshaping_views.reshapings, name="reshapings"),
    path(RESHAPING, reshaping_views.reshaping, name="reshaping"),
    path(f"{RESHAPING}carte/<int:number>/", reshaping_views.reshaping_map, name="reshaping_map"),
    path(f"{RESHAPING}communes/", reshaping_views.share_communes, name="share_communes"),
    path(f"{RESHAPING}modifier/", reshaping_views.change_reshaping, name="change_reshaping"),
    path(f"{RESHAPING}soumettre/", reshaping_views.propose_reshaping, name="propose_reshaping"),
    path(f"{RESHAPING}accord/", reshaping_views.agree_reshaping, name="agree_reshaping"),
    path(f"{RESHAPING}refuser/", reshaping_views.refuse_reshaping, name="refuse_reshaping"),
    path(f"{RESHAPING}abandonner/", reshaping_views.drop_reshaping, name="drop_reshaping"),
    path("dossiers/<str:reference>/fusionner/", reshaping_views.draft_merger, name="draft_merger"),
    path("dossiers/<str:reference>/scinder/", reshaping_views.draft_split, name="draft_split"),
    path("pilotage/bareme/essai/", projection_views.try_grid, name="try_grid"),
    path(
        "pilotage/bareme/en-vigueur.csv",
        projection_views.grid_in_force_file,
        {"kind": "csv"},
        name="grid_in_force_csv",
    ),
    path(
        "pilotage/bareme/en-vigueur.xlsx",
        projection_views.grid_in_force_file,
        {"kind": "xlsx"},
        name="grid_in_force_xlsx",
    ),
    path(FUNDING, views.funding, name="funding"),
    path(f"{FUNDING}preparer-un-ordre/", payments.prepare_order, name="prepare_order"),
    path(f"{FUNDING}hors-bareme/", payments.record_outside, name="record_outside"),
    path(f"{FUNDING}hors-bareme/retirer/", payments.cancel_outside, name="cancel_outside"),
    path(
        f"{FUNDING}annees/<int:number>/parts-variables/", payments.settle_year, name="settle_year"
    ),
    path(ORDER, payments.payment_order, name="payment_order"),
    path(f"{ORDER}approuver/", payments.approve_order, name="approve_order"),
    path(f"{ORDER}refuser/", payments.refuse_order, name="refuse_order"),
    path(f"{ORDER}retirer/", payments.withdraw_order, name="withdraw_order"),
    path(PAYMENTS, fund_views.payments, name="payments"),
    path(f"{PAYMENTS}transmettre/", fund_views.send_orders, name="send_orders"),
    path(SLIP, fund_views.payment_slip, name="payment_slip"),
    path(f"{SLIP}export.csv", fund_views.slip_export, {"kind": "csv"}, name="slip_export"),
    path(f"{SLIP}export.xlsx", fund_views.slip_export, {"kind": "xlsx"}, name="slip_export_xlsx"),
    path(f"{SLIP}noter-le-versement/", fund_views.note_paid, name="note_paid"),
]
