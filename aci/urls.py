"""Routes of aci, in French."""

from django.urls import URLPattern

app_name = "aci"

urlpatterns: list[URLPattern] = []
