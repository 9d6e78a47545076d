from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("bdis_evaluation", "0004_coevaluation_and_cycles"),
    ]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="answers_until",
            field=models.DateField(editable=False, null=True, verbose_name="others answer until"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="evaluator",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=120,
                verbose_name="outside evaluator",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="evaluation",
            name="evaluator_organisation",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=160,
                verbose_name="organisation of the evaluator",
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("email", ""), _negated=True), ("revoked_at__isnull", True)),
                fields=("evaluation", "email"),
                name="bdis_evaluation_invitation_email_once",
            ),
        ),
    ]
