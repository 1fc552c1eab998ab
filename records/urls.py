"""Routes of records, in French."""

from django.urls import path

from records import views

app_name = "records"

urlpatterns = [
    path("travaux/", views.jobs, name="jobs"),
    path("travaux/<uuid:job_id>/avancement/", views.job_progress, name="job_progress"),
]
