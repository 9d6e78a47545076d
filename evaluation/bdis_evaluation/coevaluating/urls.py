"""Addresses of the co-evaluation: guests, peers, and the space of the initiative."""

from django.urls import include, path

from bdis_evaluation.coevaluating import (
    crossed_pages,
    external_pages,
    guest_pages,
    inviting_pages,
    meeting_pages,
    peer_pages,
    peers_page,
    space_pages,
)

guest_urls = [
    path("<str:token>/", guest_pages.welcome, name="welcome"),
    path("<str:token>/theme/<str:code>/", guest_pages.theme, name="theme"),
    path("<str:token>/termine/", guest_pages.done, name="done"),
]
peer_urls = [
    path("<int:pk>/avis/", peer_pages.requests, name="requests"),
    path("<int:pk>/avis/<int:invitation_pk>/", peer_pages.welcome, name="welcome"),
    path("<int:pk>/avis/<int:invitation_pk>/theme/<str:code>/", peer_pages.theme, name="theme"),
    path("<int:pk>/avis/<int:invitation_pk>/termine/", peer_pages.done, name="done"),
]
_gathering = [
    path("avis/", space_pages.gathering, name="gathering"),
    path("avis/ouvrir/", space_pages.share, name="share"),
    path("avis/date/", space_pages.postpone, name="postpone"),
    path("avis/renoncer/", space_pages.unshare, name="unshare"),
    path("avis/clore/", space_pages.gather, name="gather"),
    path("avis/inviter/", inviting_pages.invite, name="invite"),
    path("avis/pairs/", peers_page.peers, name="peers"),
    path("avis/<int:invitation_pk>/relancer/", inviting_pages.resend, name="resend"),
    path("avis/<int:invitation_pk>/retirer/", inviting_pages.revoke, name="revoke"),
    path("avis/regards/", crossed_pages.crossed, name="crossed"),
    path("avis/reunion/", meeting_pages.meeting, name="meeting"),
    path("avis/reunion/engagements/", meeting_pages.commitments, name="agreed_commitments"),
    path("regard-exterieur/", external_pages.external, name="external"),
    path("regard-exterieur/sans/", external_pages.without, name="without"),
]
space_urls = [path("<int:pk>/evaluation/<int:evaluation_pk>/", include(_gathering))]

urlpatterns = [
    path("evaluation/avis/", include((guest_urls, "bdis_opinion"))),
    path("mon-espace/", include((peer_urls, "bdis_peer_opinion"))),
    path("mon-espace/", include((space_urls, "bdis_coevaluation"))),
]
