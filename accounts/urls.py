"""Routes of accounts, in French."""

from django.urls import path

from accounts import views
from accounts.factors import views as factors

app_name = "accounts"

urlpatterns = [
    path("connexion/", views.sign_in, name="sign_in"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("compte/", views.account, name="account"),
    path("compte/ouvrir/", views.open_account, name="open_account"),
    path("compte/mot-de-passe/", views.ask_password, name="ask_password"),
    path("compte/mot-de-passe/choisir/", views.choose_password, name="choose_password"),
    path("compte/mot-de-passe/changer/", views.change_password, name="change_password"),
    path("compte/notifications/", views.notifications, name="notifications"),
    path("compte/second-facteur/", factors.second_factor, name="second_factor"),
    path("compte/second-facteur/enregistrer/", factors.enrol, name="enrol_second_factor"),
    path(
        "compte/second-facteur/codes-de-secours/",
        factors.renew_recovery_codes,
        name="renew_recovery_codes",
    ),
    path("compte/identite/", factors.prove_identity, name="prove_identity"),
    path("compte/lien-envoye/", views.link_sent, name="link_sent"),
    path("compte/lien/<str:token>/", views.follow_link, name="follow_link"),
    path("compte/sessions/<uuid:public_id>/fermer/", views.end_session, name="end_session"),
]
