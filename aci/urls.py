"""Routes of aci, in French: the contract of a dossier, its acts, its documents, its funding."""

from django.urls import path

from aci import views

app_name = "aci"

CONTRACT = "dossiers/<str:reference>/contrat/"

urlpatterns = [
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
]
