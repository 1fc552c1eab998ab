"""Routes of records, in French."""

from django.urls import path

from records import views

app_name = "records"

urlpatterns = [
    path("travaux/", views.jobs, name="jobs"),
    path("travaux/export.csv", views.jobs_export, {"kind": "csv"}, name="jobs_export"),
    path("travaux/export.xlsx", views.jobs_export, {"kind": "xlsx"}, name="jobs_export_xlsx"),
    path("travaux/<uuid:job_id>/avancement/", views.job_progress, name="job_progress"),
]
