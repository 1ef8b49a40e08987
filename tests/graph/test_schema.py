"""The schema is generated; the committed file is what the models and the registry say today."""

from pathlib import Path

import pytest

from composer import registry
from composer.graph.schema import piece_schema, schema_text
from composer.registry import Kind
from composer.spec.uses import MASK_KEYS, STYLE_KEYS

PROJECT = Path(__file__).parents[2]


def test_the_committed_schema_is_not_stale() -> None:
    committed = (PROJECT / "schemas/piece.schema.json").read_text(encoding="utf-8")
    assert committed == schema_text(), "run: composer schema -o schemas/piece.schema.json"


@pytest.mark.parametrize(
    ("kind", "model"), [(Kind.MASK, "MaskUse"), (Kind.FILTER, "FilterUse"), (Kind.STYLE, "StyleUse")]
)
def test_every_extension_is_a_branch_with_its_parameters(kind: Kind, model: str) -> None:
    branches = {branch["title"]: branch for branch in piece_schema()["definitions"][model]["oneOf"]}
    assert set(branches) == set(registry.names(kind))
    for name, branch in branches.items():
        fields = registry.find(kind, name).params.model_fields
        assert {field.alias or word for word, field in fields.items()} <= set(branch["properties"])
        assert branch["additionalProperties"] is False


@pytest.mark.parametrize("piece", sorted(path.name for path in (PROJECT / "projects").glob("*.toml")))
def test_every_example_names_the_schema(piece: str) -> None:
    first = (PROJECT / "projects" / piece).read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ../schemas/piece.schema.json"


@pytest.mark.parametrize(("kind", "keys"), [(Kind.MASK, MASK_KEYS), (Kind.STYLE, STYLE_KEYS)])
def test_no_parameter_has_the_name_of_a_key_that_all_of_its_kind_have(
    kind: Kind, keys: frozenset[str]
) -> None:
    for name in registry.names(kind):
        fields = registry.find(kind, name).params.model_fields
        own = {field.alias or word for word, field in fields.items()}
        assert not own & keys, f'{kind} "{name}" would never be given {own & keys}'
