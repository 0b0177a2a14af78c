"""The validation rules of the CRD: the rules of admission, as far as CEL can
express them.

The messages are those of actors/admission/rule_texts.hpp, after the subject;
test/tools/test_crd_rules_text.py compares them. Some rules cannot be expressed in
CEL within the cost limits of the API server. Only admission checks these, and
the status reports them: unbalanced quotes, ports, tolerations (which the operator
can be configured to ignore), `..` in paths, user paths that are equal only after
cleaning, volumes with two sources.
"""

from .validations import (
    EXISTS,
    each,
    finished,
    present,
    rule,
    text,
    unchanged,
    unique,
)

MOUNTS = "self.volumeMounts"
SECRETS = "self.env.secretMounts"
ROLES = ("master", "worker")

# -- texts ----------------------------------------------------------------------

DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
DNS_NAME = f"{DNS_LABEL}([.]{DNS_LABEL})*"
LABEL = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
DNS_LABEL_OF_63 = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
DNS_LABEL_OF_56 = "[a-z0-9]([-a-z0-9]{0,54}[a-z0-9])?"
PRINTABLE = "[ -<>-~]+"  # all but '='

KEY = ("must be 1 to 63 letters, digits, '-', '_' or '.', beginning and ending with a letter "
       "or digit, after an optional prefix (a DNS name) and '/'")
VALUE = ("must be at most 63 letters, digits, '-', '_' or '.', beginning and ending with a "
         "letter or digit")
OBJECT = ("must be a DNS-1123 subdomain: lower case letters, digits, '-' and '.', beginning and "
          "ending with a letter or digit")
VARIABLE = "must consist of printable ASCII characters other than '='"


def unlike(value, pattern):
    return f"!{value}.matches('^({pattern})$')"


# -- names ----------------------------------------------------------------------

# A name never changes, so only new objects are checked.
NAME = rule("size(self.metadata.name) > 56",
            'name "${self.metadata.name}" is too long: the names of its Jobs would exceed 63 '
            "characters; the limit is 56", ".metadata.name", unless=EXISTS)

# All characters from \t to \r are white space.
IMAGE = rule(r"self.image == '' || self.image.matches('^[\\t-\\r ]|[\\t-\\r ]$')",
             'image "${self.image}" must be an image name without leading or trailing spaces',
             ".image", unless=unchanged("self.image"))


def child(role):
    return f"self.metadata.name.replace('.', '-') + '-{role}'"


GENERATED = each("self.spec.volumes", "v", f"v.name in [{child('master')}, {child('worker')}]",
                 'volume name "${v.name}" conflicts with operator-generated name', "Forbidden")


def object_name(path, what="ConfigMap name"):
    """A rule for a field that names an object; empty means absent."""
    value = path.replace(".", ".?") + ".orValue('')"
    return rule(f"{value} != '' && {unlike(path, DNS_NAME)}", f'{what} "${{{path}}}" {OBJECT}',
                path.removeprefix("self"), unless=unchanged(path))


def volume_names():
    """A volume that nothing mounts is in no pod, so it may have any name that the
    operator does not use."""
    mounted = f"{present(MOUNTS)} && {MOUNTS}.exists(m, m.name in [v.name])"
    name = 'volume name "${v.name}" '
    return [
        each("self.volumes", "v", "v.name.startsWith('secret-')",
             name + 'uses reserved prefix "secret-"', "Forbidden"),
        each("self.volumes", "v", "v.name == 'locust-lib'",
             name + "is reserved by the operator", "Forbidden"),
        each("self.volumes", "v", f"{unlike('v.name', DNS_LABEL_OF_63)} && {mounted}",
             name + "must be 1 to 63 lower case letters, digits or '-', beginning and ending with "
             "a letter or digit", sees=[MOUNTS]),
        each("self.volumes", "v", f"!self.volumes.exists_one(o, o.name in [v.name]) && {mounted}",
             name + "is defined twice", sees=[MOUNTS],
             holds=f"!({present(MOUNTS)}) || [{MOUNTS}.map(m, m.name)].all(mounted, "
             f"{unique('self.volumes.map(v, v.name in mounted, v.name)')})"),
        each(MOUNTS, "m", "!has(self.volumes) || !self.volumes.exists(v, v.name in [m.name])",
             'volumeMount "${m.name}" references undefined volume: spec.volumes does not '
             "contain it", sees=["self.volumes"],
             holds="[has(self.volumes) ? self.volumes.map(v, v.name) : []].all(names, "
             f"{MOUNTS}.all(m, m.name in names))"),
    ]


def secret_names():
    elsewhere = "spec.volumes and spec.volumeMounts"
    return [
        each(SECRETS, "s", f"!{SECRETS}.exists_one(o, o.name in [s.name])",
             f'Secret "${{s.name}}" is mounted twice; use {elsewhere} for a second path',
             holds=unique(f"{SECRETS}.map(s, s.name)")),
        each(SECRETS, "s", unlike("s.name", DNS_LABEL_OF_56),
             "Secret \"${s.name}\" must be 1 to 56 lower case letters, digits or '-', beginning "
             "and ending with a letter or digit, because a volume is named after it; "
             f"use {elsewhere} for other names"),
    ]


# -- paths ----------------------------------------------------------------------


def given(ref):
    return f"self.?testFiles.?{ref}.orValue('') != ''"


def folder(field, default):
    return (f"(self.?testFiles.?{field}.orValue('') == '' ? '{default}' : "
            f"self.testFiles.{field})")


def cleaned(path, *passes):
    """An absolute path with a slash at the end, so that a path is inside another if
    it begins with it. Each pass halves a run of slashes."""
    replaced = "".join(f".replace('{odd}', '/')" for odd in passes)
    return f"('/' + {path} + '/'){replaced}"


HAS_SOURCES, HAS_LIBRARY = given("configMapRef"), given("libConfigMapRef")
SOURCES = folder("srcMountPath", "/lotest/src")
LIBRARY = folder("libMountPath", "/opt/locust/lib")


def reserved(items, subject):
    """Rules against mounts at, below or above the folders of the test files. Without
    test files, both folders are reserved."""
    for path, kept in ((SOURCES, f"({HAS_SOURCES} || !({HAS_LIBRARY}))"),
                       (LIBRARY, f"({HAS_LIBRARY} || !({HAS_SOURCES}))")):
        mount, ours = cleaned("m.mountPath", "/./", "//", "//"), cleaned(path, "//")
        yield each(items, "m", f"{kept} && m.mountPath != '' && "
                   f"({mount}.startsWith({ours}) || {ours}.startsWith({mount}))",
                   f'{subject} path "${{m.mountPath}}" conflicts with reserved path "${{{path}}}", '
                   "which the operator uses for test files", "Forbidden", ["self.testFiles"])


def paths():
    same = "m.mountPath != '' && o.mountPath in [m.mountPath]"
    one_pod = "(m.target == 'both' || o.target in ['both', m.target])"
    twice = 'path "${m.mountPath}" is already used in the same pod by'
    return [
        *(one for items, subject in ((SECRETS, "secretMount"), (MOUNTS, "volumeMount"))
          for one in (*reserved(items, subject),
                      each(items, "m", "m.mountPath == ''",
                           f'{subject} path "${{m.mountPath}}" must not be empty', "Required"))),
        each(SECRETS, "m", f"{SECRETS}.filter(o, {same}).size() > 1",
             f"secretMount {twice} another secretMount",
             holds=unique(f"{SECRETS}.map(m, m.mountPath != '', m.mountPath)")),
        each(MOUNTS, "m", f"{MOUNTS}.filter(o, {same} && {one_pod}).size() > 1",
             f"volumeMount {twice} another volumeMount",
             holds=" && ".join(unique(
                 f"{MOUNTS}.map(m, m.target != '{other}' && m.mountPath != '', m.mountPath)")
                 for other in ROLES)),
        each(MOUNTS, "m", f"{present(SECRETS)} && {SECRETS}.exists(o, {same})",
             f"volumeMount {twice} a secretMount", sees=[SECRETS],
             holds=f"!({present(SECRETS)}) || [{SECRETS}.map(s, s.mountPath)].all(paths, "
             f"!{MOUNTS}.exists(m, m.mountPath != '' && m.mountPath in paths))"),
        rule(f"{HAS_SOURCES} && {HAS_LIBRARY} && "
             f"{cleaned(SOURCES, '//')} in [{cleaned(LIBRARY, '//')}]",
             f'testFiles path "${{{LIBRARY}}}" is also the mount path of the other test files',
             ".testFiles.libMountPath", unless=unchanged("self.testFiles")),
    ]


# -- labels ---------------------------------------------------------------------

# Labels that the operator sets itself are ignored.
USERS = "!(k in ['managed-by', 'performance-test-pod-name'])"


def keys(items, subject, prefix, which=None):
    """A rule for keys for which `which` is true."""
    wrong = f"({unlike('k', f'({prefix}/)?{LABEL}')} || k.indexOf('/') > 253)"
    return each(items, "k", both(which, wrong), f'{subject} key "${{k}}" {KEY}')


def both(which, wrong):
    return f"{which} && {wrong}" if which else wrong


def label_rules(items, which=None):
    value = f"{items}[k]"
    return [keys(items, "label", DNS_NAME, which),
            each(items, "k", both(which, unlike(value, f"({LABEL})?")),
                 f'label value "${{{value}}}" {VALUE}')]


def annotation_rules(items):
    """Unlike in labels, the prefix of a key may have capitals."""
    return [keys(items, "annotation", DNS_NAME.replace("a-z", "A-Za-z"))]


def job_labels(items, role):
    """A rule for the root, which has the name."""
    uid, name = (f"k in ['batch.kubernetes.io/{key}', '{key}']"
                 for key in ("controller-uid", "job-name"))
    return each(items, "k", f"{uid} || {name} && {items}[k] != {child(role)}",
                'label key "${k}" is set by the Job controller, which rejects any other value',
                "Forbidden")


def pod_metadata(labels, annotations):
    return [one for role in ROLES
            for one in (*label_rules(labels.format(role), USERS),
                        *annotation_rules(annotations.format(role)))]


# -- environment ----------------------------------------------------------------


def environment():
    result = []
    for refs, what in (("configMapRefs", "ConfigMap"), ("secretRefs", "Secret")):
        items = f"self.env.{refs}"
        result += [
            each(items, "r", unlike("r.name", DNS_NAME), f'{what} name "${{r.name}}" {OBJECT}'),
            each(items, "r", f"has(r.prefix) && r.prefix != '' && {unlike('r.prefix', PRINTABLE)}",
                 f'variable prefix "${{r.prefix}}" {VARIABLE}')]
    extra = "self.observability.openTelemetry.extraEnvVars"
    return [
        *result,
        each("self.env.variables", "v", unlike("v.name", PRINTABLE),
             f'variable name "${{v.name}}" {VARIABLE}'),
        each("self.env.variables", "v", "has(v.valueFrom) && has(v.value) && v.value != ''",
             'variable value of "${v.name}" must be empty, because valueFrom is set'),
        each(extra, "k", f"self.observability.openTelemetry.enabled && {unlike('k', PRINTABLE)}",
             f'variable name "${{k}}" {VARIABLE}', sees=["self.observability"]),
        rule("self.?observability.?openTelemetry.?enabled.orValue(false) && "
             "self.observability.openTelemetry.?endpoint.orValue('') == ''",
             "spec.observability.openTelemetry.endpoint is required when OpenTelemetry is "
             "enabled", ".observability.openTelemetry.endpoint", "Required",
             unchanged("self.observability")),
    ]


# -- resources ------------------------------------------------------------------


def amount(quantity):
    return (f"(type({quantity}) == string ? quantity({quantity}).asApproximateFloat() : "
            f"double({quantity}))")


def within_limits(resources):
    """Covers only the usual resources, because quantities have no maximum length.
    The comparison has a tolerance, because 0.1 and 100m differ in the last bit."""
    requests, limits = f"{resources}.requests", f"{resources}.limits"
    kinds = "['cpu', 'memory', 'ephemeral-storage']"
    more = (f"k in {requests} && k in {limits} && "
            f"{amount(f'{requests}[k]')} > {amount(f'{limits}[k]')} * 1.000000001")
    says = 'request of "${k}" must not exceed the limit'
    return finished(f"!({present(requests)} && {present(limits)}) || !{kinds}.exists(k, {more})",
                    f"{kinds}.map(k, {more}, {text(says)})[0]", says,
                    requests.removeprefix("self"), unless=unchanged(requests, limits))


# -- all ------------------------------------------------------------------------

# {version: {path of the node: its rules}}
RULES = {
    "v1": {
        "": [NAME, *(job_labels(f"self.spec.labels.{role}", role) for role in ROLES)],
        "spec": [IMAGE, object_name("self.configMap"), object_name("self.libConfigMap"),
                 *pod_metadata("self.labels.{}", "self.annotations.{}")],
    },
    "v2": {
        "": [NAME, GENERATED, *(job_labels(f"self.spec.{role}.labels", role) for role in ROLES)],
        "spec": [IMAGE, object_name("self.testFiles.configMapRef"),
                 object_name("self.testFiles.libConfigMapRef"),
                 *volume_names(), *secret_names(), *paths(), *environment(),
                 *pod_metadata("self.{}.labels", "self.{}.annotations"),
                 *label_rules("self.scheduling.nodeSelector"),
                 *(within_limits(f"self.{role}.resources") for role in ROLES)],
    },
}
