"""Routes of territories, in French."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from territories import editing_views, map_views, views
from territories.exchanges import views as exchanges_views
from territories.figures import steering_views
from territories.figures import views as figures_views
from territories.open_data import views as open_data_views


class InseeConverter(StringConverter):
    """A commune's code; Corsica's hold a letter. Anything else is no page."""

    regex = r"\d[0-9AB]\d{3}"


class SirenConverter(StringConverter):
    """Nine digits."""

    regex = r"\d{9}"


register_converter(InseeConverter, "insee")
register_converter(SirenConverter, "siren")

app_name = "territories"

_DOSSIER = "dossiers/<str:reference>/territoire/"
_EDIT = f"{_DOSSIER}modifier/"
_EXCHANGES = "dossiers/<str:reference>/echanges/"

urlpatterns = [
    path("communes/", views.commune_search, name="commune_search"),
    path("communes/<insee:insee_code>/", views.commune, name="commune"),
    path("cpts/", views.cpts_list, name="cpts_list"),
    path("cpts/<slug:slug>/", views.cpts, name="cpts"),
    path("cpts/<slug:slug>/carte/", views.cpts_map, name="cpts_map"),
    path("carte/", map_views.coverage_map, name="map"),
    path("carte/image.svg", map_views.map_image, name="map_image"),
    path("carte/couverture.csv", map_views.coverage_csv, name="coverage_csv"),
    path("carte/couverture.json", map_views.coverage_json, name="coverage_json"),
    path("chiffres/", figures_views.figures, name="figures"),
    path("donnees/", open_data_views.open_data, name="open_data"),
    path("donnees/<slug:name>.csv", open_data_views.open_data_table, name="open_data_table"),
    path("donnees/cpts.geojson", open_data_views.open_data_outlines, name="open_data_outlines"),
    path("pilotage/couverture/", steering_views.steering_coverage, name="steering_coverage"),
    path(
        "pilotage/couverture/<slug:table>.csv",
        steering_views.steering_export,
        {"kind": "csv"},
        name="steering_export",
    ),
    path(
        "pilotage/couverture/<slug:table>.xlsx",
        steering_views.steering_export,
        {"kind": "xlsx"},
        name="steering_export_xlsx",
    ),
    # The room of the dossier, and the holders' hand on it
    path(_DOSSIER, editing_views.dossier_territory, name="dossier_territory"),
    path(f"{_EDIT}carte/", editing_views.edit_map, name="edit_map"),
    path(_EDIT, editing_views.edit_territory, name="edit_territory"),
    path(f"{_EDIT}ajouter/<insee:insee_code>/", editing_views.add_commune, name="add_commune"),
    path(f"{_EDIT}epci/<siren:siren>/", editing_views.add_epci, name="add_epci"),
    path(f"{_DOSSIER}carte/", editing_views.dossier_map, name="dossier_map"),
    path(f"{_DOSSIER}alentours/", editing_views.surroundings, name="surroundings"),
    path(f"{_EDIT}importer/", editing_views.import_communes, name="import_communes"),
    path(f"{_EDIT}retirer/", editing_views.remove_communes, name="remove_communes"),
    path(f"{_EDIT}part/<insee:insee_code>/", editing_views.share_commune, name="share_commune"),
    path(f"{_EDIT}coller/", editing_views.paste_communes, name="paste_communes"),
    path(
        f"{_EDIT}retirer/<insee:insee_code>/", editing_views.remove_commune, name="remove_commune"
    ),
    path(f"{_EDIT}millesime/", editing_views.choose_vintage, name="choose_vintage"),
    # What the parties write to each other
    path(_EXCHANGES, exchanges_views.exchanges, name="exchanges"),
    path(f"{_EXCHANGES}nouveau/", exchanges_views.open_thread, name="open_thread"),
    path(f"{_EXCHANGES}note-interne/", exchanges_views.open_note, name="open_note"),
    path(f"{_EXCHANGES}tout-lu/", exchanges_views.mark_all_read, name="mark_all_read"),
    path(f"{_EXCHANGES}<uuid:identifier>/", exchanges_views.thread, name="thread"),
    path(f"{_EXCHANGES}<uuid:identifier>/repondre/", exchanges_views.reply, name="reply"),
    path(
        f"{_EXCHANGES}fichiers/<uuid:identifier>/",
        exchanges_views.download_file,
        name="download_file",
    ),
    path(
        f"{_EXCHANGES}fichiers/<uuid:identifier>/signaler/",
        exchanges_views.report_file,
        name="report_file",
    ),
]
