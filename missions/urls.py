"""Routes of missions, in French."""

from django.urls import path, register_converter

from missions import annex_views, review_views, views
from missions.paths import MissionConverter

app_name = "missions"
register_converter(MissionConverter, "mission")

ROOM = "dossiers/<str:reference>/missions/"
ANNEX = "dossiers/<str:reference>/contrat/indicateurs/"
AMENDED = "dossiers/<str:reference>/contrat/avenants/<str:amendment>/indicateurs/"
ONE = f"{ROOM}<mission:mission>/"

urlpatterns = [
    path(ANNEX, annex_views.annex, name="annex"),
    path(f"{ANNEX}remplir/", annex_views.fill_annex, name="fill_annex"),
    path(f"{ANNEX}indicateur/", annex_views.annex_line, name="annex_line"),
    path(f"{ANNEX}retirer/", annex_views.remove_annex_line, name="remove_annex_line"),
    path(AMENDED, annex_views.annex, name="amendment_annex"),
    path(f"{AMENDED}remplir/", annex_views.fill_annex, name="amendment_fill_annex"),
    path(f"{AMENDED}indicateur/", annex_views.annex_line, name="amendment_annex_line"),
    path(f"{AMENDED}retirer/", annex_views.remove_annex_line, name="amendment_remove_annex_line"),
    path(ROOM, views.missions, name="missions"),
    path(f"{ROOM}dialogue-de-gestion/<int:number>/", review_views.review, name="review"),
    path(f"{ROOM}preuves/<uuid:uuid>/", views.proof, name="proof"),
    path(ONE, views.mission, name="mission"),
    path(f"{ONE}demarrer/", views.start, name="start"),
    path(f"{ONE}deployer/", views.deploy, name="deploy"),
    path(f"{ONE}rouvrir/", views.reopen, name="reopen"),
    path(f"{ONE}annuler-le-demarrage/", views.cancel_start, name="cancel_start"),
    path(f"{ONE}point-d-avancement/", views.save_note, name="save_note"),
    path(f"{ONE}indicateurs/", views.enter_value, name="enter_value"),
]
