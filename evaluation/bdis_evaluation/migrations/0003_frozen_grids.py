"""A version in force never changes, nor what it says of the version before."""

from django.db import migrations, models

from bdis_evaluation.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("bdis_evaluation", "0002_grids_and_evaluations")]

    operations = [
        migrations.AddField(
            model_name="questioncorrespondence",
            name="fingerprint",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="questioncorrespondence",
            name="frozen",
            field=models.BooleanField(default=False, editable=False),
        ),
        AppendOnly(
            "gridversion",
            frozen="OLD.status <> 'draft'",
            may_change=["status", "in_force_by"],
            provided=(
                "(NEW.status = OLD.status"
                " OR (OLD.status = 'in_force' AND NEW.status = 'superseded'))"
                # The account of who put it in force may go; nobody takes their place.
                " AND (NEW.in_force_by_id IS NULL"
                " OR (OLD.in_force_by_id IS NOT NULL AND NEW.in_force_by_id = OLD.in_force_by_id))"
            ),
            also_unique=[
                "s.grid_id = NEW.grid_id AND s.status = 'in_force' AND NEW.status = 'in_force'"
            ],
        ),
        AppendOnly("questioncorrespondence", frozen="OLD.frozen", within="version"),
    ]
