"""What the charter and evaluations add to Wagtail and to the directory."""

from wagtail import hooks

from bdis_evaluation.accompanying import hooks as desk_hooks  # noqa: F401 - registers its own
from bdis_evaluation.charter import hooks as charter_hooks  # noqa: F401 - registers its own
from bdis_evaluation.coevaluating import hooks as coevaluating_hooks  # noqa: F401 - registers its own
from bdis_evaluation.cycles import hooks as cycles_hooks  # noqa: F401 - registers its own
from bdis_evaluation.facets import CharterFacet, ProgressFacet
from bdis_evaluation.grids import hooks as grid_hooks  # noqa: F401 - registers its own

hooks.register("register_bdis_facet", CharterFacet)
hooks.register("register_bdis_facet", ProgressFacet)
