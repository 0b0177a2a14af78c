"""Modified copies of the kubeconfig of a cluster."""

import yaml


def edited_kubeconfig(original, file, edit):
    """Writes `file`; `edit` may change cluster and user."""
    config = yaml.safe_load(original.read_text())
    edit(config["clusters"][0]["cluster"], config["users"][0]["user"])
    file.write_text(yaml.safe_dump(config))
    return file


def kubeconfig_with_token(original, file, token):
    """A kubeconfig that uses this bearer token."""
    def with_token(_, user):
        user.clear()
        user["token"] = token

    return edited_kubeconfig(original, file, with_token)
