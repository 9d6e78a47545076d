"""Addresses of the directory: the one include of a host project."""

urlpatterns: list = []
