"""Generated covers kept as images of the site, in the collection of their region."""

from __future__ import annotations

from django.core.files.base import ContentFile
from wagtail.images import get_image_model
from wagtail.models import Collection

from bdis_cms.demo.covers import SCENES, draw_cover


class Illustrations:
    """Gives the image of a scene; draws and stores it the first time it is asked for."""

    def __init__(self) -> None:
        self._images: dict[tuple[str, str, int], object] = {}
        self._collections = {item.name: item for item in Collection.objects.all()}
        self._root = Collection.get_first_root_node()

    def get(self, scene: str, hue: int, region: str = "") -> object:
        """Return the image of ``scene`` in the colours of ``hue``.

        ``region`` is the name of the region whose editors use it: an image belongs to one
        collection, and they choose from theirs. "" stands for the national collection.
        """
        key = (region, scene, hue)
        if key not in self._images:
            self._images[key] = self._stored(scene, hue, region) or self._draw(scene, hue, region)
        return self._images[key]

    def _stored(self, scene: str, hue: int, region: str) -> object | None:
        return (
            get_image_model()
            .objects.filter(title=self._title(scene, hue), collection=self._collection(region))
            .first()
        )

    def _draw(self, scene: str, hue: int, region: str) -> object:
        name = f"demonstration-{scene}-{hue}.jpg"
        return get_image_model().objects.create(
            title=self._title(scene, hue),
            description=SCENES[scene][1],
            collection=self._collection(region),
            file=ContentFile(draw_cover(scene, hue, region), name=name),
        )

    def _collection(self, region: str) -> Collection:
        return self._collections.get(region, self._root)

    @staticmethod
    def _title(scene: str, hue: int) -> str:
        return f"{SCENES[scene][1]} — démonstration {hue}"
