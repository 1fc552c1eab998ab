"""Routes of projects, in French. « lettre » and « projet » share the addresses of their acts."""

from django.urls import path, register_converter

from projects.paths import KindConverter, SendingConverter
from projects.views import (
    comments,
    comparing,
    completeness,
    letters,
    opinion_list,
    opinions,
    procedures,
    reading,
    review,
    session_acts,
    session_papers,
    sessions,
    templates,
    writing,
)

app_name = "projects"

register_converter(KindConverter, "kind")
register_converter(SendingConverter, "sending")

SESSION = "comites/<uuid:identifier>/"
FILING = "dossiers/<str:reference>/<kind:kind>/"
DOCUMENT = "dossiers/<str:reference>/courriers/<uuid:identifier>/"

urlpatterns = [
    path("administration/procedures/", procedures.procedures, name="procedures"),
    path("administration/procedures/<slug:code>/", procedures.procedure, name="procedure"),
    path(
        "administration/procedures/<slug:code>/nouvelle-version/",
        procedures.new_procedure_version,
        name="new_procedure_version",
    ),
    path("lettre-d-intention/nouvelle/", writing.start, name="start"),
    path("invitations/<str:token>/", writing.accept_invitation, name="accept_invitation"),
    path("avis/", opinion_list.opinion_list, name="opinion_list"),
    path("avis/export.csv", opinion_list.opinion_list_export, name="opinion_list_export"),
    path("dossiers/<str:reference>/inviter/", writing.invite, name="invite"),
    path("dossiers/<str:reference>/avis/", opinions.opinions, name="opinions"),
    path(
        "dossiers/<str:reference>/avis/fichiers/<uuid:identifier>/",
        opinions.download_opinion_file,
        name="download_opinion_file",
    ),
    path(
        "dossiers/<str:reference>/avis/fichiers/<uuid:identifier>/retirer/",
        opinions.remove_opinion_file,
        name="remove_opinion_file",
    ),
    path("dossiers/<str:reference>/lettre/", reading.letter, name="letter"),
    path("dossiers/<str:reference>/projet/", reading.health_project, name="health_project"),
    path("dossiers/<str:reference>/lettre/ouvrir/", writing.open_letter, name="open_letter"),
    path(
        "dossiers/<str:reference>/projet/ouvrir/",
        writing.open_health_project,
        name="open_health_project",
    ),
    # Acts, before the steps: no step bears their words (a test says so).
    path(f"{FILING}transmettre/", writing.submit, name="submit"),
    path(f"{FILING}chevauchement/", writing.explain_overlap, name="explain_overlap"),
    path(f"{FILING}retirer/", writing.withdraw, name="withdraw"),
    path(f"{FILING}reprendre/", writing.take_up_again, name="take_up_again"),
    path(f"{FILING}demander-des-pieces/", review.ask_for_pieces, name="ask_for_pieces"),
    path(f"{FILING}demandes/<uuid:identifier>/", comments.comment, name="comment"),
    path(
        f"{FILING}demandes/<uuid:identifier>/repondre/",
        comments.answer_comment,
        name="answer_comment",
    ),
    path(
        f"{FILING}demandes/<uuid:identifier>/clore/",
        comments.close_comment,
        name="close_comment",
    ),
    path(
        f"{FILING}demandes/<uuid:identifier>/rouvrir/",
        comments.reopen_comment,
        name="reopen_comment",
    ),
    path(f"{FILING}completude/", completeness.completeness, name="completeness"),
    path(f"{FILING}declarer-complet/", review.declare_complete, name="declare_complete"),
    path(f"{FILING}avis/donner/", opinions.give_opinion, name="give_opinion"),
    path(f"{FILING}avis/tableau/", opinions.opinion_table, name="opinion_table"),
    path(f"{FILING}avis/inviter/", opinions.invite_body, name="invite_body"),
    path(
        f"{FILING}avis/invitations/<uuid:identifier>/retirer/",
        opinions.withdraw_request,
        name="withdraw_request",
    ),
    path(f"{FILING}avis/communiquer/", opinions.release_opinions, name="release_opinions"),
    path("dossiers/<str:reference>/lettre/approuver/", review.approve, name="approve"),
    path("dossiers/<str:reference>/lettre/refuser/", review.refuse, name="refuse"),
    path("dossiers/<str:reference>/projet/valider/", review.validate, name="validate"),
    path("dossiers/<str:reference>/projet/s-opposer/", review.oppose, name="oppose"),
    path(
        "dossiers/<str:reference>/courriers/<uuid:identifier>/", letters.document, name="document"
    ),
    path(f"{DOCUMENT}telecharger/", letters.document_file, name="document_file"),
    path(f"{DOCUMENT}produire/", letters.document_again, name="document_again"),
    path("administration/courriers/", templates.templates, name="templates"),
    path(
        "administration/courriers/versions/<uuid:identifier>/", templates.template, name="template"
    ),
    path(
        "administration/courriers/apercus/<uuid:identifier>/",
        templates.template_preview_file,
        name="template_preview_file",
    ),
    path(
        "administration/courriers/<slug:kind>/", templates.template_history, name="template_history"
    ),
    path(
        "administration/courriers/<slug:kind>/<slug:scope>/nouvelle-version/",
        templates.new_template,
        name="new_template",
    ),
    path(
        "administration/courriers/<slug:kind>/<slug:scope>/apercu/",
        templates.template_preview,
        name="template_preview",
    ),
    path("courriers/", letters.gather, name="gather_letters"),
    path("courriers/lots/<uuid:identifier>/", letters.batch, name="letter_batch"),
    path(
        "courriers/lots/<uuid:identifier>/courriers.pdf",
        letters.batch_printable,
        name="letter_batch_printable",
    ),
    path(
        "courriers/lots/<uuid:identifier>/courriers.zip",
        letters.batch_archive,
        name="letter_batch_archive",
    ),
    path(
        "courriers/lots/<uuid:identifier>/produire/",
        letters.batch_again,
        name="letter_batch_again",
    ),
    path(f"{FILING}imprimer/", reading.print_filing, name="print_filing"),
    path(f"{FILING}versions/", comparing.versions, name="versions"),
    path(f"{FILING}versions/<int:number>/", reading.version, name="version"),
    path(
        f"{FILING}versions/<sending:before>/<sending:after>/",
        comparing.compare_versions,
        name="compare",
    ),
    path(f"{FILING}pieces-jointes/", writing.attachments, name="attachments"),
    path(
        f"{FILING}pieces-jointes/<uuid:identifier>/",
        writing.download_attachment,
        name="download_attachment",
    ),
    path(
        f"{FILING}pieces-jointes/<uuid:identifier>/retirer/",
        writing.remove_attachment,
        name="remove_attachment",
    ),
    path("dossiers/<str:reference>/lettre/<slug:step>/", writing.letter_step, name="letter_step"),
    path(
        "dossiers/<str:reference>/projet/<slug:step>/",
        writing.health_project_step,
        name="health_project_step",
    ),
    path("comites/", sessions.sessions, name="sessions"),
    path("comites/nouvelle/", sessions.create_session, name="create_session"),
    path(SESSION, sessions.session, name="session"),
    path(f"{SESSION}modifier/", sessions.edit_session, name="edit_session"),
    path(f"{SESSION}inscrire/", sessions.add_item, name="add_item"),
    path(f"{SESSION}membres/", sessions.choose_members, name="choose_members"),
    path(f"{SESSION}points/<int:number>/", sessions.change_item, name="change_item"),
    path(f"{SESSION}points/<int:number>/retirer/", sessions.remove_item, name="remove_item"),
    path(
        f"{SESSION}points/<int:number>/conflit/",
        session_acts.declare_conflict,
        name="declare_conflict",
    ),
    path(f"{SESSION}points/<int:number>/voter/", session_acts.vote, name="vote"),
    path(f"{SESSION}convoquer/", session_acts.convene, name="convene_session"),
    path(f"{SESSION}presence/", session_acts.take_attendance, name="take_attendance"),
    path(f"{SESSION}ouvrir/", session_acts.open_session, name="open_session"),
    path(f"{SESSION}clore/", session_acts.close_session, name="close_session"),
    path(f"{SESSION}decisions/", session_acts.decide_letters, name="decide_letters"),
    path(f"{SESSION}compte-rendu/", session_papers.minutes, name="minutes"),
    path(
        f"{SESSION}compte-rendu/approuver/", session_papers.approve_minutes, name="approve_minutes"
    ),
    path(
        f"{SESSION}documents/<slug:kind>/demander/",
        session_papers.want_document,
        name="want_session_document",
    ),
    path(f"{SESSION}documents/<slug:kind>.pdf", session_papers.session_file, name="session_file"),
]
