"""Routes of aci, in French: the simulator; the contract of a dossier, its acts, its funding."""

from django.urls import path

from aci import simulator_views, views
from aci.projection import views as projection_views

app_name = "aci"

CONTRACT = "dossiers/<str:reference>/contrat/"

SIMULATOR = "simulateur/"

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
    path("dossiers/<str:reference>/financement/", views.funding, name="funding"),
    path("pilotage/financement/essai/", projection_views.try_grid, name="try_grid"),
    path(
        "pilotage/financement/bareme.csv",
        projection_views.grid_in_force_file,
        {"kind": "csv"},
        name="grid_in_force_csv",
    ),
    path(
        "pilotage/financement/bareme.xlsx",
        projection_views.grid_in_force_file,
        {"kind": "xlsx"},
        name="grid_in_force_xlsx",
    ),
]
