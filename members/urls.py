"""Routes of members, in French."""

from django.urls import path

from members import joining_views, views

app_name = "members"

urlpatterns = [
    # Joining, without an account. Words come before slugs.
    path("rejoindre/lien-perdu/", joining_views.lost_link, name="lost_link"),
    path("rejoindre/suivi/<str:token>/", joining_views.status, name="status"),
    path("rejoindre/mon-adhesion/", joining_views.follow_up, name="follow_up"),
    path(
        "rejoindre/mon-adhesion/accords/",
        joining_views.follow_up_consents,
        name="follow_up_consents",
    ),
    path("rejoindre/mon-adhesion/confirmer/", joining_views.confirm_email, name="confirm_email"),
    path("rejoindre/mon-adhesion/quitter/", joining_views.follow_up_leave, name="follow_up_leave"),
    path("rejoindre/mon-adhesion/rattacher/", joining_views.attach, name="attach"),
    path("rejoindre/<slug:slug>/", joining_views.apply, name="apply"),
    path(
        "rejoindre/<slug:slug>/professionnel/",
        joining_views.apply_as_person,
        name="apply_as_person",
    ),
    path(
        "rejoindre/<slug:slug>/organisation/",
        joining_views.apply_as_organisation,
        name="apply_as_organisation",
    ),
    path("rejoindre/<slug:slug>/demande-envoyee/", joining_views.applied, name="applied"),
    # One's own memberships
    path("mes-adhesions/", joining_views.mine, name="mine"),
    path("mes-adhesions/<uuid:uuid>/", joining_views.membership, name="membership"),
    path(
        "mes-adhesions/<uuid:uuid>/accords/",
        joining_views.membership_consents,
        name="membership_consents",
    ),
    path(
        "mes-adhesions/<uuid:uuid>/quitter/",
        joining_views.membership_leave,
        name="membership_leave",
    ),
    path("mes-adhesions/<uuid:uuid>/principale/", joining_views.choose_main, name="choose_main"),
    # The room of the dossier
    path("dossiers/<str:reference>/adherents/", views.members, name="members"),
    path(
        "dossiers/<str:reference>/adherents/export.csv",
        views.members_export,
        {"kind": "csv"},
        name="members_export",
    ),
    path(
        "dossiers/<str:reference>/adherents/export.xlsx",
        views.members_export,
        {"kind": "xlsx"},
        name="members_export_xlsx",
    ),
    path("dossiers/<str:reference>/adherents/<uuid:uuid>/", views.member, name="member"),
    path("dossiers/<str:reference>/adherents/<uuid:uuid>/accepter/", views.approve, name="approve"),
    path("dossiers/<str:reference>/adherents/<uuid:uuid>/refuser/", views.refuse, name="refuse"),
]
