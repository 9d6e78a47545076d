"""What the suite needs from pytest: which engines it runs, and a fixed day in a small world.

Another engine than those of the project is named on the command line::

    pytest tests/contract --bdis-engine my_package.engine --bdis-engine-options '{"URL": "…"}'

and, from the installed package, ``pytest --pyargs bdis_search.contract
-p bdis_search.contract.plugin --bdis-engine …``. In the options, ``{unique}`` becomes a name that
no other index of the run has.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

if TYPE_CHECKING:  # a plug-in is loaded before Django is ready
    from bdis_search.backends.base import SearchEngine

MEMORY = f"{__package__}.memory"


def _fixture(name: str, request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(name)


#: The module of each engine and its options; a value that is a function is asked when it is time.
ENGINES: dict[str, tuple[str, dict[str, Any]]] = {
    "tantivy": (
        "bdis_search.backends.tantivy",
        {"PATH": "{folder}/{unique}", "HEAP_MB": 30, "LOCK_TIMEOUT": 20},
    ),
    "memory": (MEMORY, {"NAME": "{unique}"}),
    **{
        f"elasticsearch-{major}": (
            "bdis_search.backends.elasticsearch",
            {"HOSTS": partial(_fixture, f"elasticsearch_{major}"), "INDEX": "{unique}"},
        )
        for major in ("8", "9")
    },
}

NewEngine = Callable[[], "SearchEngine"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the command line name an engine."""
    group = parser.getgroup("bdis", "search engines")
    group.addoption(
        "--bdis-engine",
        metavar="MODULE",
        help="run the contract of search engines on the class Engine of this module only",
    )
    group.addoption(
        "--bdis-engine-options",
        metavar="JSON",
        default="{}",
        help="options of that engine; {unique} in them becomes a name of its own",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every case on every engine."""
    if "engine_under_test" not in metafunc.fixturenames:
        return
    chosen = metafunc.config.getoption("--bdis-engine")
    names = [chosen] if chosen else list(ENGINES)
    metafunc.parametrize(
        "engine_under_test",
        [pytest.param(name, marks=_marks(name)) for name in names],
        indirect=True,
        scope="session",
    )


def _marks(name: str) -> list[pytest.MarkDecorator]:
    # One worker for all the cases of an engine: what it needs is started once.
    marks = [pytest.mark.xdist_group(name)]
    return [*marks, pytest.mark.elasticsearch] if name.startswith("elasticsearch") else marks


@pytest.fixture(scope="session")
def engine_under_test(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewEngine:
    """Return what makes an engine over an index of its own."""
    if request.param in ENGINES:
        module, options = ENGINES[request.param]
    else:
        module = request.param
        options = json.loads(request.config.getoption("--bdis-engine-options"))
    folder = tmp_path_factory.mktemp("engine")
    engine_class = import_module(module).Engine

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            unique = f"contract-{uuid.uuid4().hex[:12]}"
            return value.replace("{unique}", unique).replace("{folder}", str(folder))
        if callable(value):
            return value(request)
        return value

    return lambda: engine_class({name: filled(value) for name, value in options.items()})


def clock(day: int, hour: int = 12, minute: int = 0) -> Callable[[], datetime.datetime]:
    """Return a clock stopped at that time of the site, on the day of that ordinal."""
    naive = datetime.datetime.combine(
        datetime.date.fromordinal(day), datetime.time(hour, minute, 30)
    )
    moment = timezone.make_aware(naive)
    return lambda: moment


@pytest.fixture(scope="module")
def small_world() -> Iterator[None]:
    """Make it noon on the day ``TODAY``, in the small world."""
    from bdis_search.synonyms import shipped_synonyms

    from .worlds import GAZETTEER, TODAY

    with pytest.MonkeyPatch.context() as patch:
        # Those of the list alone: the ones of a site are in its database, which is not asked.
        patch.setattr("bdis_search.synonyms._in_force", shipped_synonyms)
        patch.setattr("bdis_search.conditions.gazetteer", lambda: GAZETTEER)
        patch.setattr("django.utils.timezone.now", clock(TODAY))
        yield


@pytest.fixture(scope="module")
def new_engine(engine_under_test: NewEngine, small_world: None) -> Iterator[NewEngine]:
    """Make engines with an empty index each; emptied again after the module."""
    made: list[SearchEngine] = []

    def make() -> SearchEngine:
        engine = engine_under_test()
        engine.rebuild([])
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.rebuild([])


@pytest.fixture(scope="module")
def _engine_of_the_module(new_engine: NewEngine) -> SearchEngine:
    return new_engine()


@pytest.fixture
def contract_engine(_engine_of_the_module: SearchEngine) -> SearchEngine:
    """An engine whose index is empty."""
    _engine_of_the_module.rebuild([])
    return _engine_of_the_module
