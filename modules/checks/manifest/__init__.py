"""Whether a user's own manifest will run in a team's namespace: admission, room, connections, AWS permissions, images."""
