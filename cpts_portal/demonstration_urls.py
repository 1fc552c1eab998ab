"""Routes that exist only while the demonstration is on."""

from django.urls import path

from cpts_portal import demonstration, gallery

urlpatterns = [
    path("courriels/", demonstration.mailbox, name="demonstration_mailbox"),
    path("composants/", gallery.gallery, name="gallery"),
]
