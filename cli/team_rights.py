"""`kubeflow-aws team-rights`: writes modules/checks/team_rights.json from the locked objects, for review of its diff."""

from modules.checks.team_rights import FILE, as_text, team_rights
from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.variants import entries
from modules.program import require_clone, run


def locked_objects(cache: Cache) -> list[Object]:
    """The objects of every kustomization of the catalogue, each in its default variant.

    Raises:
        ValueError: some are not in the cache.
    """
    found: list[Object] = []
    for name, entry in entries(CATALOGUE).items():
        for phase in entry.phases.values():
            content = cache.get(phase.sha256)
            if content is None:
                raise ValueError(f"{name}: its objects are not in the cache; run `{run('vendor')}`")
            found += load(content)
    return found


def main() -> None:
    """Write the file.

    Raises:
        ValueError: objects are not in the cache, or this is an installed package.
    """
    require_clone(FILE.name)
    FILE.write_text(as_text(team_rights(locked_objects(Cache()))), encoding="utf-8")
    print(f"{FILE.name}: written; review its diff")
