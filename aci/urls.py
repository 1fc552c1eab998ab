"""Routes of aci, in French: the simulator; the contract of a dossier, its acts, its funding."""

from django.urls import path

from aci import simulator_views, views
from aci.payments import fund_views
from aci.payments import views as payments
from aci.projection import views as projection_views

app_name = "aci"

CONTRACT = "dossiers/<str:reference>/contrat/"

SIMULATOR = "simulateur/"
FUNDING = "dossiers/<str:reference>/financement/"
ORDER = f"{FUNDING}ordres/<uuid:order_id>/"
PAYMENTS = "paiements/"
SLIP = f"{PAYMENTS}bordereaux/<uuid:slip_id>/"

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
    path(CONTRACT, views.contract, name="contract"),
    path(f"{CONTRACT}preparer/", views.draft_contract, name="draft_contract"),
    path(f"{CONTRACT}termes/", views.terms, name="terms"),
    path(f"{CONTRACT}accepter/", views.accept, name="accept"),
    path(f"{CONTRACT}figer/", views.freeze, name="freeze"),
    path(f"{CONTRACT}signer/", views.sign, name="sign"),
    path(f"{CONTRACT}renvoyer/", views.send_back, name="send_back"),
    path(f"{CONTRACT}document-de-travail/", views.draft_pdf, name="draft_pdf"),
    path(f"{CONTRACT}documents/<uuid:identifier>/", views.document, name="document"),
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
