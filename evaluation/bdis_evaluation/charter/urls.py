"""Addresses of the charter: public pages, and those of the space of an initiative."""

from django.urls import path

from bdis_evaluation.charter import by_mail, space, views

public_urls = [
    path("", views.current, name="current"),
    path("versions/", views.versions, name="versions"),
    path("versions/<int:number>/", views.version, name="version"),
    path("versions/<int:number>/texte.<slug:language>.txt", views.exact_text, name="text"),
    path("versions/<int:number>/comparer/<int:other>/", views.compare, name="compare"),
    path("signer/<str:token>/", by_mail.sign, name="sign"),
    path("certificat/<uuid:uuid>/", views.certificate, name="certificate"),
    path("certificat/<uuid:uuid>.pdf", views.certificate_file, name="certificate_pdf"),
]
space_urls = [
    path("<int:pk>/charte/", space.charter, name="charter"),
    path("<int:pk>/charte/retrait/", space.withdraw, name="withdraw"),
]
