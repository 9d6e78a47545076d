"""What the address of a page asks for: its place understood, what is refused left out."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from bdis_search.params import InvalidParameters, ParameterProblem, parse_query, without_refused
from bdis_search.query import Query
from bdis_search.where import Where, completed, understand


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its parameters ask it; ``api_params`` say the same to the API.

    ``problems`` tells what was not understood, and is left out of all but ``params``.
    """

    params: QueryDict
    where: Where
    api_params: QueryDict
    query: Query
    problems: tuple[ParameterProblem, ...] = ()


def read_address(params: QueryDict) -> Asked:
    """Return the search that the parameters of a page ask for."""
    where = understand(params)
    api_params = completed(params, where)
    try:
        return Asked(params, where, api_params, parse_query(api_params))
    except InvalidParameters as error:
        problems = tuple(error.problems)
    if any(problem.name == "near" for problem in problems):  # nowhere: no chip and no map of it
        where = Where()
    api_params = completed(without_refused(api_params, problems), Where())
    return Asked(params, where, api_params, parse_query(api_params), problems)
