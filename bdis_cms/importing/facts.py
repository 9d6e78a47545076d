"""Read one row: the facts of a listing, with a note of everything repaired."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from bdis_cms.models import InitiativePage, LinkKind, PointPrecision, Visibility
from bdis_cms.text import fold

from . import cleaning
from .evaluation import UnknownValue, evaluate
from .mapping_schema import MANY_FIELDS
from .names import french_case, is_shouted
from .places import Location, OutOfPlace
from .readers import Row
from .report import Note

if TYPE_CHECKING:
    from .records import RecordBuilder

LINK_FIELDS = {
    "website": LinkKind.WEBSITE,
    "facebook": LinkKind.FACEBOOK,
    "instagram": LinkKind.INSTAGRAM,
    "mastodon": LinkKind.MASTODON,
    "linkedin": LinkKind.LINKEDIN,
    "peertube": LinkKind.PEERTUBE,
    "youtube": LinkKind.YOUTUBE,
    "other_link": LinkKind.OTHER,
}
SERVED_FIELDS = {
    "served_regions": "region",
    "served_departments": "department",
    "served_epcis": "epci",
    "served_communes": "commune",
}
TAG_LENGTH = 100


@dataclass
class Record:
    """What a source says of one listing; ``values`` can be written as JSON and compared."""

    row: int
    external_id: str
    row_hash: str
    values: dict[str, Any]
    region: str
    confirmed_on: str | None = None


@dataclass
class Rejected(Exception):
    """The row cannot become a listing."""

    note: Note


class RowReader:
    """Reads one row; small enough to be thrown away after it."""

    def __init__(self, builder: RecordBuilder, row: Row, external_id: str) -> None:
        self.builder = builder
        self.mapping = builder.mapping
        self.row = row
        self.raw: Mapping[str, Any] = row.values
        self.external_id = external_id
        self.name = ""

    def read(self) -> Record:
        if self.mapping.prepare is not None:
            prepared = self.mapping.prepare(dict(self.raw))
            if prepared is None:
                raise self._rejected("left_out", "", "")
            self.raw = prepared
        try:
            title = cleaning.plain_text(self._text("title"))
            self.name = title
            if not any(char.isalnum() for char in title):
                raise self._rejected("empty_name", "title", title)
            location = self._locate()
            values = self._facts(self._title(title, location.commune))
        except UnknownValue as error:
            raise self._rejected("unknown_value", "", str(error)) from error
        except OutOfPlace as error:
            raise self._rejected(error.reason, error.field, error.value, error.detail) from error
        values |= {
            "commune": location.commune,
            "latitude": location.latitude,
            "longitude": location.longitude,
            "point_precision": location.precision,
            "postcode": location.postcode,
        }
        for reason, field_name, value, detail in location.repairs:
            self._note(field_name, value, reason, detail)
        return Record(
            row=self.row.number,
            external_id=self.external_id,
            row_hash=self.builder.row_hash(self.row),
            values=values,
            region=location.region,
            confirmed_on=self._confirmed_on(),
        )

    def _facts(self, title: str) -> dict[str, Any]:
        description = self._description()
        summary = self._line("summary") or cleaning.first_sentence(description)
        activities = self._codes("activities")
        main = self._codes("main_activity")[:1] or activities[:1]
        status = next(iter(self._codes("legal_status")), None)
        family = next(iter(self._codes("legal_family")), None)
        return {
            "title": title,
            "acronym": self._line("acronym"),
            "summary": summary,
            "description": description,
            "legal_status": status,
            "legal_family": family or self.builder.vocabulary.family_of_status.get(status or ""),
            "main_activity": main[0] if main else None,
            "activities": [code for code in activities if code not in main],
            "families": self._codes("families"),
            "tags": self._tags(),
            "address": self._line("address"),
            "opening_hours": self._text("opening_hours").replace("\r\n", "\n"),
            "siret": self._checked("siret", cleaning.siret) or "",
            "rna": self._checked("rna", cleaning.rna) or "",
            "founded_year": self._checked("founded_year", cleaning.year),
            "workforce": self._checked("workforce", lambda v: cleaning.number(v, 2_000_000)),
            "served_radius_km": self._checked(
                "served_radius_km", lambda v: cleaning.number(v, 2000)
            ),
            "links": self._links(),
            "contacts": self._contacts(),
            "agreements": self._agreements(),
            "served_areas": [
                [level, code] for name, level in SERVED_FIELDS.items() for code in self._many(name)
            ],
        }

    # Reading

    def _many(self, name: str) -> list[str]:
        specs = self.mapping.fields.get(name, ())
        if not specs:
            return list(self.mapping.defaults.get(name, ()))
        return evaluate(
            specs,
            self.raw,
            self.mapping,
            many=name in MANY_FIELDS,
            known=self.builder.vocabulary.codes(name),
            default=self.mapping.defaults.get(name, ()),
            on_unknown=lambda reason, value: self._note(name, value, reason),
        )

    def _codes(self, name: str) -> list[str]:
        return self._many(name)

    def _text(self, name: str) -> str:
        return ", ".join(self._many(name))

    def _line(self, name: str) -> str:
        """Return one clean line, as long as the model lets it be."""
        raw = self._text(name)
        text = cleaning.plain_text(raw)
        if raw and cleaning.has_markup(raw):
            self._note(name, raw, "html")
        return self._fit(name, text)

    def _fit(self, name: str, text: str) -> str:
        limit = getattr(InitiativePage._meta.get_field(name), "max_length", None)
        if limit and len(text) > limit:
            self._note(name, text, "too_long")
            return cleaning.shorten(text, limit)
        return text

    def _checked(self, name: str, clean: Callable[[str], Any]) -> Any:
        raw = self._text(name)
        if not raw:
            return None
        try:
            return clean(raw)
        except cleaning.Unusable as error:
            self._note(name, raw, str(error))
            return None

    # Facts

    def _title(self, title: str, commune: str) -> str:
        raw = self._text("title")
        if cleaning.has_markup(raw):
            self._note("title", raw, "html")
        if is_shouted(title):
            spelt = french_case(title, self.builder.spellings.get(commune, ()))
            if spelt != title:
                self._note("title", title, "upper_case", f"→ {spelt}")
            title = spelt
        self.name = title
        return self._fit("title", title[0].upper() + title[1:] if title[0].islower() else title)

    def _description(self) -> str:
        raw = self._text("description")
        if cleaning.has_markup(raw):
            self._note("description", raw, "html")
        return cleaning.rich_text(raw)

    def _tags(self) -> list[str]:
        tags: dict[str, str] = {}
        for raw in self._codes("tags"):
            text = cleaning.shorten(cleaning.plain_text(raw).strip(" .,;:#\"'"), TAG_LENGTH)
            if fold(text):
                tags.setdefault(text.casefold(), text)
        return list(tags.values())

    def _links(self) -> list[list[str]]:
        links: list[list[str]] = []
        for name, kind in LINK_FIELDS.items():
            raw = self._text(name)
            if not raw:
                continue
            try:
                url, completed = cleaning.web_address(raw)
            except cleaning.Unusable as error:
                self._note(name, raw, str(error))
                continue
            if completed:
                self._note(name, raw, "completed_url", f"→ {url}")
            if not any(url == other for _, other in links):
                links.append([str(kind), url])
        return links

    def _contacts(self) -> list[dict[str, str]]:
        contact = {
            "name": cleaning.shorten(cleaning.plain_text(self._text("contact_name")), 120),
            "role": cleaning.shorten(cleaning.plain_text(self._text("contact_role")), 120),
            "email": self._checked("contact_email", cleaning.email_address) or "",
            "phone": cleaning.shorten(cleaning.plain_text(self._text("contact_phone")), 30),
        }
        if not any(contact[key] for key in ("name", "email", "phone")):
            return []
        # Personal data stay with the regional team unless the mapping answers for more.
        contact["visibility"] = self._text("contact_visibility") or str(Visibility.PRIVATE)
        return [contact]

    def _agreements(self) -> list[dict[str, str | None]]:
        kind = self._text("agreement_kind")
        if not kind:
            return []
        starts, ends = (
            self._checked(f"agreement_{edge}_on", cleaning.date) for edge in ("starts", "ends")
        )
        if starts and ends and ends < starts:
            self._note("agreement_ends_on", str(ends), "bad_date")
            ends = None
        return [
            {
                "kind": kind,
                "label": cleaning.shorten(cleaning.plain_text(self._text("agreement_label")), 160),
                "authority": cleaning.shorten(
                    cleaning.plain_text(self._text("agreement_authority")), 160
                ),
                "starts_on": starts.isoformat() if starts else None,
                "ends_on": ends.isoformat() if ends else None,
            }
        ]

    def _confirmed_on(self) -> str | None:
        day = self._checked("confirmed_on", cleaning.date)
        if day and day > timezone.localdate():
            self._note("confirmed_on", str(day), "bad_date")
            return None
        return day.isoformat() if day else None

    def _locate(self) -> Location:
        return self.builder.locator.locate(
            code=self._text("commune_code"),
            postcode=self._text("postcode"),
            name=cleaning.plain_text(self._text("commune_name")),
            country=self._text("country"),
            latitude=self._text("latitude"),
            longitude=self._text("longitude"),
            precision=self._text("point_precision") or PointPrecision.EXACT,
        )

    # Notes

    def _note(self, field_name: str, value: str, reason: str, detail: str = "") -> None:
        self.builder.notes.append(
            Note(
                self.row.number, self.external_id, self.name[:120], field_name, value[:200],
                reason, detail,
            )
        )  # fmt: skip

    def _rejected(self, reason: str, field_name: str, value: str, detail: str = "") -> Rejected:
        return self.builder.rejection(self.row, self.external_id, self.name)(
            reason, field_name, value, detail
        )
