"""Routes of accounts, in French."""

from django.urls import URLPattern

app_name = "accounts"

urlpatterns: list[URLPattern] = []
