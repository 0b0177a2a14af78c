"""What the CRD refuses beyond its schema: the rules of admission, in its words.

The words are those of actors/admission/rule_texts.hpp, with the subject in
front; test/tools/test_crd_rules.py compares them. What CEL cannot say within
its limits is left to admission, and then to the status: unbalanced quotes, `..`
in paths, paths that are the same only after cleaning (among the user's own).
"""

from validations import EXISTS, each, present, rule, unchanged

MOUNTS = "self.volumeMounts"
SECRETS = "self.env.secretMounts"

SOURCES = "/lotest/src"
LIBRARY = "/opt/locust/lib"

LABEL_NAME = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
DNS_NAME = "[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
KEY = ("must be 1 to 63 letters, digits, '-', '_' and '.', with a letter or digit at either end, "
       "after an optional prefix (a DNS name) and '/'")
VALUE = ("must be at most 63 letters, digits, '-', '_' and '.', with a letter or digit at either "
         "end")


# -- names ----------------------------------------------------------------------

# A name cannot be changed, so only a new object is judged by it.
NAME = rule("size(self.metadata.name) > 56",
            'name "${self.metadata.name}" is too long: the names of its Jobs would exceed 63 '
            "characters; at most 56 are possible", ".metadata.name", unless=EXISTS)

GENERATED = "[" + ", ".join(f"self.metadata.name.replace('.', '-') + '-{role}'"
                            for role in ("master", "worker")) + "]"


def volume_names():
    """Volumes that no one mounts are not passed on, so they may have any name,
    but for those that admission never lets pass."""
    mounted = f"{present(MOUNTS)} && {MOUNTS}.exists(m, m.name in [v.name])"
    name = 'volume name "${v.name}" '
    return [
        each("self.volumes", "v", "v.name.startsWith('secret-')",
             name + 'uses reserved prefix "secret-"', "Forbidden"),
        each("self.volumes", "v", "v.name == 'locust-lib'",
             name + "is reserved by the operator", "Forbidden"),
        each("self.volumes", "v",
             f"!v.name.matches('^[a-z0-9]([-a-z0-9]{{0,61}}[a-z0-9])?$') && {mounted}",
             name + "must be 1 to 63 lower case letters, digits and inner '-'", sees=[MOUNTS]),
        each("self.volumes", "v",
             f"!self.volumes.exists_one(o, o.name in [v.name]) && {mounted}",
             name + "is defined twice", sees=[MOUNTS]),
        each(MOUNTS, "m",
             "!has(self.volumes) || !self.volumes.exists(v, v.name in [m.name])",
             'volumeMount "${m.name}" references undefined volume: none in spec.volumes has '
             "that name", sees=["self.volumes"]),
    ]


def secret_names():
    return [
        each(SECRETS, "s", f"!{SECRETS}.exists_one(o, o.name in [s.name])",
             'Secret "${s.name}" is mounted twice; a second path needs spec.volumes and '
             "spec.volumeMounts"),
        each(SECRETS, "s", "!s.name.matches('^[a-z0-9]([-a-z0-9]{0,54}[a-z0-9])?$')",
             "Secret \"${s.name}\" must be 1 to 56 lower case letters, digits and inner '-', "
             "because a volume is named after it; for other names use spec.volumes and "
             "spec.volumeMounts"),
    ]


# -- paths ----------------------------------------------------------------------


def folder(field, default):
    return (f"(self.?testFiles.?{field}.orValue('') == '' ? '{default}' : "
            f"self.testFiles.{field})")


def given(field):
    return f"self.?testFiles.?{field}.orValue('') != ''"


def cleaned(path, *passes):
    """Absolute and with a slash at the end, so that one path is inside another
    when it begins with it. A pass takes away half of a run."""
    replaced = "".join(f".replace('{odd}', '/')" for odd in passes)
    return f"('/' + {path} + '/'){replaced}"


def reserved(items, subject):
    """Mounts at, below or above the folders of the test files. Without any of
    those both folders are kept."""
    sources, library = given("configMapRef"), given("libConfigMapRef")
    for path, kept in ((folder("srcMountPath", SOURCES), f"({sources} || !({library}))"),
                       (folder("libMountPath", LIBRARY), f"({library} || !({sources}))")):
        mount, ours = cleaned("m.mountPath", "/./", "//", "//"), cleaned(path, "//")
        yield each(items, "m",
                   f"{kept} && ({mount}.startsWith({ours}) || {ours}.startsWith({mount}))",
                   f'{subject} "${{m.mountPath}}" conflicts with reserved path "${{{path}}}", '
                   "which the operator keeps for test files", "Forbidden", ["self.testFiles"])


def paths():
    same = "o.mountPath in [m.mountPath]"
    one_pod = "(m.target == 'both' || o.target in ['both', m.target])"
    return [
        *reserved(SECRETS, "secretMount path"),
        *reserved(MOUNTS, "volumeMount path"),
        each(SECRETS, "m", f"!{SECRETS}.exists_one(o, {same})",
             'secretMount path "${m.mountPath}" is used twice in one pod, also by another '
             "secretMount"),
        each(MOUNTS, "m", f"!{MOUNTS}.exists_one(o, {same} && {one_pod})",
             'volumeMount path "${m.mountPath}" is used twice in one pod, also by another '
             "volumeMount"),
        each(MOUNTS, "m", f"{present(SECRETS)} && "
             f"{SECRETS}.exists(o, {same})",
             'volumeMount path "${m.mountPath}" is used twice in one pod, also by a secretMount',
             sees=[SECRETS]),
    ]


# -- labels ---------------------------------------------------------------------


def label_keys(items, subject="label key", prefix=DNS_NAME):
    return each(items, "k", f"!k.matches('^({prefix}/)?{LABEL_NAME}$') || k.indexOf('/') > 253",
                f'{subject} "${{k}}" {KEY}')


def label_values(items):
    return each(items, "k", f"!{items}[k].matches('^({LABEL_NAME})?$')",
                f'label value "${{{items}[k]}}" {VALUE}')


def annotation_keys(items):
    """Unlike a label's, the prefix may have capitals."""
    return label_keys(items, "annotation key", DNS_NAME.replace("a-z", "A-Za-z"))


def pod_metadata(labels, annotations):
    return [label_keys(labels), label_values(labels), annotation_keys(annotations)]


# -- all ------------------------------------------------------------------------

ENDPOINT = rule("self.?observability.?openTelemetry.?enabled.orValue(false) && "
                "self.observability.openTelemetry.?endpoint.orValue('') == ''",
                "spec.observability.openTelemetry.endpoint is required when OpenTelemetry is "
                "enabled", ".observability.openTelemetry.endpoint", "Required",
                unchanged("self.observability"))

# {version: {path of the node: its rules}}
RULES = {
    "v1": {
        "": [NAME],
        "spec": [rule for role in ("master", "worker") for rule in pod_metadata(
            f"self.labels.{role}", f"self.annotations.{role}")],
    },
    "v2": {
        "": [NAME,
             each("self.spec.volumes", "v", f"v.name in {GENERATED}",
                  'volume name "${v.name}" conflicts with operator-generated name', "Forbidden")],
        "spec": [*volume_names(), *secret_names(), *paths(), ENDPOINT,
                 *(rule for role in ("master", "worker") for rule in pod_metadata(
                     f"self.{role}.labels", f"self.{role}.annotations")),
                 label_keys("self.scheduling.nodeSelector"),
                 label_values("self.scheduling.nodeSelector")],
    },
}
