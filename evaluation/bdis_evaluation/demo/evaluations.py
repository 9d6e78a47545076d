"""Three initiatives of the demonstration at different stages of their progress approach."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from bdis_cms.demo.content import SOURCE
from bdis_cms.models import InitiativePage, MemberRole
from bdis_evaluation.coevaluating.gathering import gather, share
from bdis_evaluation.cycles.choosing import share as show_others
from bdis_evaluation.cycles.rhythm import plan_next
from bdis_evaluation.demo import stories
from bdis_evaluation.evaluating.beginning import begin, say_progress
from bdis_evaluation.evaluating.committing import drop, keep, move
from bdis_evaluation.evaluating.finishing import finish
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.grids.correspondence import decide
from bdis_evaluation.grids.publishing import enter_into_force, new_draft
from bdis_evaluation.models import (
    AccompanistNote,
    Commitment,
    Evaluation,
    EvaluationKind,
    Grid,
    GridVersion,
    GuestAnswer,
    Invitation,
    Shown,
)

GRID = "demarche-progres"
#: Listings of the demonstration: two cycles, a joint evaluation, one that has just begun.
TWO_CYCLES, JOINT, BEGUN = "ara-001", "pro-001", "ara-002"
_SECOND_VERSION_AGE = datetime.timedelta(days=250)


@transaction.atomic
def load_evaluations() -> int:
    """Write what the three initiatives have done; return how many began. Run again: 0.

    The grid of the package is in force, and the listings and their people are there.
    """
    pages = InitiativePage.objects.filter(
        source=SOURCE, external_id__in=(TWO_CYCLES, JOINT, BEGUN)
    ).in_bulk(field_name="pk")
    found = {page.external_id: page for page in pages.values()}
    first = Grid.objects.get(code=GRID).version_in_force
    if len(found) < 3 or first is None or Evaluation.objects.filter(initiative__in=pages).exists():
        return 0
    earlier = _first_cycle(found[TWO_CYCLES], first)
    second = _second_version(first)
    _second_cycle(found[TWO_CYCLES], second, earlier)
    _joint(found[JOINT], second)
    _begun(found[BEGUN], second)
    return len(found)


def _first_cycle(page: InitiativePage, version: GridVersion) -> list[Commitment]:
    evaluation = begin(page, version, user=_owner(page))
    _answer(evaluation, stories.GERVANNE_FIRST)
    promises = _promise(evaluation, stories.GERVANNE_PROMISES_FIRST, ended=_ago(720))
    finish(evaluation, user=_owner(page))
    _date(evaluation, began=740, ended=720)
    return promises


def _second_version(first: GridVersion) -> GridVersion:
    """Put in force the version that asks one question more, one less, and two otherwise."""
    themes = first.raw_themes
    for theme in themes:
        items = theme["value"]["items"]
        items[:] = [item for item in items if item["value"].get("key") != stories.DROPPED]
        for item in items:
            key = item["value"].get("key")
            item["value"]["text"] = stories.REWORDED.get(key, item["value"].get("text"))
    themes[-1]["value"]["items"].append({"type": "level", "value": stories.NEW_QUESTION})
    draft = new_draft(first.grid, user=None, themes=themes)
    draft.changes = stories.CHANGES
    draft.save()
    decide(draft, stories.DECIDED)
    enter_into_force(draft, user=None, at=timezone.now() - _SECOND_VERSION_AGE)
    return draft


def _second_cycle(
    page: InitiativePage, version: GridVersion, earlier: list[Commitment]
) -> Evaluation:
    user = _owner(page)
    for number, note in stories.GERVANNE_KEPT:
        keep(earlier[number], user=user, note=note)
    number, reason = stories.GERVANNE_MOVED
    move(earlier[number], due_on=timezone.localdate() + _days(150), reason=reason, user=user)
    number, reason = stories.GERVANNE_DROPPED
    drop(earlier[number], reason=reason, user=user)
    for days, commitment in zip((480, 360, 90, 330), earlier, strict=True):
        commitment.events.exclude(act="made").update(at=_ago(days))
    evaluation = begin(page, version, user=user)
    _answer(evaluation, stories.GERVANNE_SECOND)
    _promise(evaluation, stories.GERVANNE_PROMISES_SECOND, ended=_ago(70))
    finish(evaluation, user=user)
    _date(evaluation, began=100, ended=70)
    codes = [theme.code for theme in version.content]
    chosen = dict.fromkeys(codes[:3], Shown.RESULTS) | {codes[3]: Shown.COMMITMENTS}
    show_others(evaluation, chosen, user=user)
    return evaluation


def _joint(page: InitiativePage, version: GridVersion) -> Evaluation:
    evaluation = begin(page, version, user=_owner(page))
    _answer(evaluation, stories.UBAYE)
    share(evaluation, until=timezone.localdate() + _days(7), user=_owner(page))
    for group, levels, comments in stories.UBAYE_GUESTS:
        guest = Invitation.objects.create(
            evaluation=evaluation,
            group=group,
            secret_hash=secrets.token_hex(32),  # of no link
            invited_at=_ago(40),
            sent_at=_ago(40),
            answered_at=_ago(20),
        )
        GuestAnswer.objects.bulk_create(
            GuestAnswer(
                invitation=guest,
                key=key,
                value=level,
                comment=comments.get(key, ""),
                saved_at=_ago(20),
            )
            for key, level in levels.items()
        )
    gather(evaluation, user=_owner(page))
    _date(evaluation, began=60)
    Evaluation.objects.filter(pk=evaluation.pk).update(
        shared_at=_ago(42),
        gathered_at=_ago(6),
        answers_until=_ago(7).date(),
        accompanist=_account("moderation-paca"),
    )
    return evaluation


def _begun(page: InitiativePage, version: GridVersion) -> Evaluation:
    evaluation = begin(page, version, user=_owner(page), kind=EvaluationKind.ASSISTED)
    _answer(evaluation, stories.REMOULEUR)
    _date(evaluation, began=48, touched=23)
    accompanist = _account("moderation-aura")
    Evaluation.objects.filter(pk=evaluation.pk).update(accompanist=accompanist)
    AccompanistNote.objects.bulk_create(
        AccompanistNote(initiative=page, author=accompanist, at=_ago(days), text=text)
        for days, text in zip((47, 21), stories.REMOULEUR_NOTES, strict=True)
    )
    return evaluation


def _answer(evaluation: Evaluation, answers: Mapping[str, Given]) -> None:
    user = _owner(evaluation.initiative)
    for key, given in answers.items():
        save_answer(evaluation, key, given, base=0, user=user)


def _promise(
    evaluation: Evaluation, promises: Iterable[tuple[str, str, str, str, int]], *, ended: Any
) -> list[Commitment]:
    return [
        Commitment.objects.create(
            evaluation=evaluation,
            theme=theme,
            aim=aim,
            measure=measure,
            owner=owner,
            due_on=timezone.localdate(ended) + _days(days),
        )
        for theme, aim, measure, owner, days in promises
    ]


def _date(evaluation: Evaluation, *, began: int, ended: int = 0, touched: int = 0) -> None:
    """Move an evaluation into the past, so many days ago, with all that was written in it."""
    last = _ago(ended or touched or began - 1)
    row = Evaluation.objects.filter(pk=evaluation.pk)
    row.update(started_at=_ago(began), touched_at=last)
    evaluation.answers.update(updated_at=last)
    evaluation.revisions.update(saved_at=last)
    if ended:
        row.update(closed_at=last)
        for commitment in evaluation.commitments.all():
            commitment.events.filter(act="made").update(at=last)
        plan_next(evaluation.initiative, after=timezone.localdate(last))
    evaluation.refresh_from_db()
    say_progress(evaluation.initiative, user=None)


def _owner(page: InitiativePage) -> Any:
    owner = page.members.filter(role=MemberRole.OWNER).select_related("user").first()
    return owner.user if owner else None


def _account(username: str) -> Any:
    return get_user_model().objects.filter(username=username).first()


def _days(count: int) -> datetime.timedelta:
    return datetime.timedelta(days=count)


def _ago(days: int) -> datetime.datetime:
    return timezone.now() - _days(days)
