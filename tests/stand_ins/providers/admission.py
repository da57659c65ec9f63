"""What an API server and Helm refuse about a set of objects, before and while they are written."""

from collections.abc import Collection

from .cluster import Cluster, Refused
from .kinds import Key, Object, described
from .refusals import message, refuse_foreign, refused_changes, with_stored_versions
from .webhooks import silent_webhook

_BUILD = "unable to build kubernetes objects from release manifest"


def check_manifest(
    cluster: Cluster,
    objects: Collection[Object],
    owner: tuple[str, str],
    take_ownership: bool,
    before: Collection[Object] = (),
) -> None:
    """What Helm finds out about all objects of a release before it writes the first.

    Args:
        cluster: as it is now.
        objects: of the release.
        owner: namespace and name of the release.
        take_ownership: whether objects of another owner may be adopted.
        before: objects of the release's last revision.

    Raises:
        Refused: a kind the server does not know, one object twice, or an object that another release or none owns.
    """
    namespace, _ = owner
    missing = sorted(
        f'no matches for kind "{one["kind"]}" in version "{one["apiVersion"]}" ({described(one)}); ensure CRDs are installed first'
        for one in objects
        if cluster.is_namespaced(one) is None
    )
    if missing:
        raise Refused(_BUILD, "resource mapping not found: " + "; ".join(dict.fromkeys(missing)))
    seen: set[Key] = set()
    for one in objects:
        key = cluster.key(one, namespace)
        if key in seen:
            raise Refused(_BUILD, f"{described(one)} is there twice")
        seen.add(key)
    if not take_ownership:
        refuse_foreign(cluster, objects, owner, before)


def write(cluster: Cluster, one: Object, namespace: str = "default", force: bool = False) -> Object:
    """Write one object as the API server would.

    Args:
        cluster: to write to.
        one: the object.
        namespace: where it goes when it names none.
        force: delete and recreate what cannot change in place.

    Raises:
        Refused: kind or namespace is not there, a webhook does not answer, or a field would change that must not.
    """
    if cluster.is_namespaced(one) is None:
        raise Refused(f'no matches for kind "{one["kind"]}" in version "{one["apiVersion"]}"', described(one))
    key = cluster.key(one, namespace)
    old = cluster.objects.get(key)
    silent = silent_webhook(cluster, one, key[2], "UPDATE" if old else "CREATE") if cluster.asks_webhooks else None
    if silent:
        raise Refused("Internal error occurred", f"{silent} (asked about {described(one)})")
    if old is not None:
        changed = refused_changes(cluster, old, one)
        if changed and not force:
            raise Refused(*message(one, changed))
        if changed:
            cluster.delete(key)
    return cluster.put(with_stored_versions(cluster.objects.get(key), one), namespace)
