"""Routes of the administration of the portal, in French."""

from django.urls import path

from cpts_portal import administration, administration_contacts

urlpatterns = [
    path("", administration.administration, name="administration"),
    path(
        "comptes/nouveau/",
        administration.administration_new_account,
        name="administration_new_account",
    ),
    path(
        "comptes/<uuid:user_id>/",
        administration.administration_account,
        name="administration_account",
    ),
    path(
        "comptes/<uuid:user_id>/roles/donner/",
        administration.administration_give_role,
        name="administration_give_role",
    ),
    path(
        "comptes/<uuid:user_id>/roles/<uuid:assignment_id>/terminer/",
        administration.administration_end_role,
        name="administration_end_role",
    ),
    path(
        "comptes/<uuid:user_id>/desactiver/",
        administration.administration_deactivate,
        name="administration_deactivate",
    ),
    path(
        "comptes/<uuid:user_id>/reactiver/",
        administration.administration_reactivate,
        name="administration_reactivate",
    ),
    path(
        "coordonnees/",
        administration_contacts.administration_contacts,
        name="administration_contacts",
    ),
    path(
        "coordonnees/<slug:body>/",
        administration_contacts.administration_contact,
        name="administration_contact",
    ),
    path(
        "coordonnees/<slug:body>/retirer/",
        administration_contacts.administration_remove_contact,
        name="administration_remove_contact",
    ),
]
