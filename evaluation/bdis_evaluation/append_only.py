"""Records that nobody alters: refused by the ORM, and by triggers of the database itself.

A model that is written once inherits ``AppendOnlyModel``; a model that freezes one day (a charter
that enters into force) has its rule in the migration alone. ``AppendOnly`` puts the triggers:

    AppendOnly("charteradhesion")
    AppendOnly("charterversion", frozen="OLD.status <> 'draft'", may_change=["status"],
               provided="OLD.status = 'in_force' AND NEW.status = 'superseded'")
    AppendOnly("chartertext", frozen="OLD.text_hash <> ''", within="version")

SQLite rebuilds a table to alter it and loses its triggers: a migration that alters such a table
repeats the operation at its end. ``missing_triggers`` tells when one was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.utils import NotSupportedError

_PREFIX = "closed"
#: Triggers of ``within``, and what each is asked before.
_ENTRANCES = {"enter": "INSERT", "move": "UPDATE"}
_REFUSALS = {
    "sqlite": "SELECT RAISE(ABORT, '{message}');",
    "postgresql": (
        "CREATE OR REPLACE FUNCTION bdis_closed() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is closed: its records are never altered', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    ),
}
#: PostgreSQL asks no question to another table in a trigger's condition: a function does, and
#: waits for whoever closes that row meanwhile.
_WITHIN = (
    "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ DECLARE closed boolean; BEGIN "
    "SELECT w.status <> 'draft' INTO closed FROM {table} w WHERE w.id = NEW.{column} FOR SHARE; "
    "IF closed THEN RAISE EXCEPTION '% is closed: nothing is added to it', TG_TABLE_NAME "
    "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
)


class LedgerClosed(Exception):
    """A record that stands for ever was about to be altered: write a new one instead."""

    def __init__(self, model: type[models.Model], act: str) -> None:
        super().__init__(
            f"{act} refused: a record of “{model._meta.verbose_name}” stands as it was written. "
            "Write a new one that says what changed."
        )
        self.model = model
        self.act = act


class AppendOnlyQuerySet(models.QuerySet):
    """Records to read and to add to."""

    def _closed(self, act: str) -> NoReturn:
        raise LedgerClosed(self.model, act)

    def update(self, **kwargs: Any) -> int:
        self._closed("update")

    def delete(self) -> tuple[int, dict[str, int]]:
        self._closed("delete")

    def _raw_delete(self, using: str | None) -> int:
        self._closed("delete")

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        self._closed("update")

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        if kwargs.get("update_conflicts"):
            self._closed("update")
        return super().bulk_create(*args, **kwargs)


class AppendOnlyModel(models.Model):
    """A record that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerClosed(type(self), "update")
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerClosed(type(self), "delete")


class AppendOnly(Operation):
    """Have the database refuse changes and deletions of the rows of a model.

    ``frozen``: SQL on ``OLD`` that says which rows are closed (all by default). ``may_change``:
    fields that may change all the same, ``provided`` SQL on ``OLD`` and ``NEW`` holds.
    ``also_unique``: SQL on a stored row ``s`` and ``NEW`` for conditional unique constraints, whose
    conflicts SQLite's ``REPLACE`` would settle by deleting the stored row, asking no trigger.
    ``within``: foreign key to what the row is a part of; none is added nor moved to one whose
    status is not "draft". The model tells it too, in ``closed_within``.
    """

    reversible = True

    def __init__(
        self,
        model_name: str,
        frozen: str = "",
        may_change: Sequence[str] = (),
        provided: str = "",
        also_unique: Sequence[str] = (),
        within: str = "",
    ) -> None:
        self.model_name = model_name
        self.frozen = frozen
        self.may_change = may_change
        self.provided = provided
        self.also_unique = also_unique
        self.within = within

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the state of models as it is: they look the same."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._drop(app_label, schema_editor, to_state)
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        statements = self._statements(model, schema_editor)
        if self.within:
            statements += self._entrance(model, schema_editor)
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self._drop(app_label, schema_editor, from_state)

    def describe(self) -> str:
        return f"Close the records of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"close_{self.model_name}"

    def _statements(self, model: Any, editor: BaseDatabaseSchemaEditor) -> list[str]:
        vendor = editor.connection.vendor
        if vendor not in _REFUSALS:
            raise NotSupportedError(f"Records cannot be closed on {vendor}: use PostgreSQL.")
        table, quote = model._meta.db_table, editor.quote_name
        frozen = self.frozen or "TRUE"
        changed = self._changed(model, vendor, quote)
        if vendor == "sqlite":
            refusal = _REFUSALS[vendor].format(
                message=f"{table} is closed: its records are never altered"
            )
            replaced = self._replaced(model, quote)
            when = {
                "update": f"({frozen}) AND ({changed})",
                "delete": frozen,
                "insert": f"EXISTS ({replaced})",
                "replace": f"EXISTS ({replaced} AND s.rowid <> OLD.rowid)",
            }
            events = {"replace": "UPDATE"}
            return [
                f"CREATE TRIGGER {quote(_name(act, table))} BEFORE {events.get(act, act.upper())} "
                f"ON {quote(table)} WHEN {condition} BEGIN {refusal} END"
                for act, condition in when.items()
            ]
        each = "FOR EACH ROW WHEN ({}) EXECUTE FUNCTION bdis_closed()"
        return [
            _REFUSALS[vendor],
            f"CREATE TRIGGER {quote(_name('update', table))} BEFORE UPDATE ON {quote(table)} "
            + each.format(f"({frozen}) AND ({changed})"),
            f"CREATE TRIGGER {quote(_name('delete', table))} BEFORE DELETE ON {quote(table)} "
            + each.format(frozen),
            f"CREATE TRIGGER {quote(_name('truncate', table))} BEFORE TRUNCATE ON {quote(table)} "
            "FOR EACH STATEMENT EXECUTE FUNCTION bdis_closed()",
        ]

    def _entrance(self, model: Any, editor: BaseDatabaseSchemaEditor) -> list[str]:
        """Return the SQL that refuses to add or move a row to what is closed."""
        quote, table = editor.quote_name, model._meta.db_table
        field = model._meta.get_field(self.within)
        whole, column = quote(field.related_model._meta.db_table), quote(field.column)
        if editor.connection.vendor == "sqlite":
            closed = f"w.id = NEW.{column} AND w.status <> 'draft'"
            then = f"WHEN EXISTS (SELECT 1 FROM {whole} w WHERE {closed}) BEGIN " + (  # noqa: S608
                _REFUSALS["sqlite"].format(message=f"{table} is closed: nothing is added to it")
                + " END"
            )
            before = []
        else:
            function = quote(f"bdis_within_{table}")
            before = [_WITHIN.format(function=function, table=whole, column=column)]
            then = f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        return before + [
            f"CREATE TRIGGER {quote(_name(act, table))} BEFORE {event} ON {quote(table)} {then}"
            for act, event in _ENTRANCES.items()
        ]

    def _changed(self, model: Any, vendor: str, quote: Any) -> str:
        """Return the SQL that is true of a change that is not allowed."""
        if not self.may_change:
            return "TRUE"
        differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
        columns = [
            quote(field.column)
            for field in model._meta.local_concrete_fields
            if field.name not in self.may_change
        ]
        others = " OR ".join(f"NEW.{column} {differs} OLD.{column}" for column in columns)
        return f"{others} OR NOT ({self.provided})" if self.provided else others

    def _replaced(self, model: Any, quote: Any) -> str:
        """Return the SQL of the closed rows that SQLite's ``REPLACE`` would delete unasked."""
        keys = [[field] for field in model._meta.local_concrete_fields if field.unique]
        keys += [
            [model._meta.get_field(name) for name in constraint.fields]
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
        ]
        same = [
            " AND ".join(f"s.{quote(field.column)} = NEW.{quote(field.column)}" for field in key)
            for key in keys
        ]
        either = " OR ".join(f"({condition})" for condition in (*same, *self.also_unique))
        closed = self.frozen.replace("OLD.", "s.") or "TRUE"
        table = quote(model._meta.db_table)
        return f"SELECT 1 FROM {table} s WHERE ({closed}) AND ({either})"  # noqa: S608 - ours

    def _drop(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState
    ) -> None:
        table = state.apps.get_model(app_label, self.model_name)._meta.db_table
        quote = schema_editor.quote_name
        on = f" ON {quote(table)}" if schema_editor.connection.vendor == "postgresql" else ""
        for act in ("update", "delete", "insert", "replace", "truncate", *_ENTRANCES):
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS {quote(_name(act, table))}{on}", params=None
            )


def _name(act: str, table: str) -> str:
    return f"{_PREFIX}_{act}_{table}"


def missing_triggers(
    connection: BaseDatabaseWrapper, closed_models: Iterable[type[models.Model]]
) -> list[str]:
    """Return the triggers that the database should have for ``closed_models`` and lacks."""
    acts = ["update", "delete"]
    acts += ["insert", "replace"] if connection.vendor == "sqlite" else ["truncate"]
    wanted = {
        _name(act, model._meta.db_table)
        for model in closed_models
        for act in (*acts, *(_ENTRANCES if hasattr(model, "closed_within") else ()))
    }
    return sorted(wanted - set(closing_triggers(connection)))


def closing_triggers(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Return the name of each closing trigger that is active, with that of its table."""
    queries = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled <> 'D'"
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return {name: table for name, table in cursor if name.startswith(f"{_PREFIX}_")}
