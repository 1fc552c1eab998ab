"""Routes of projects, in French."""

from django.urls import URLPattern

app_name = "projects"

urlpatterns: list[URLPattern] = []
