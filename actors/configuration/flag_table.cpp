#include "actors/configuration/flags.hpp"
#include "actors/configuration/member.hpp"
#include "actors/configuration/scalar_text.hpp"
#include "protocol/kubernetes/dns_name.hpp"

#include <algorithm>
#include <array>

// The table of flags; the defaults are those of operator_options.

namespace locust {

namespace {

using options = operator_options;
using files = certificate_files;
using webhook = webhook_options;
using metrics = metrics_options;
using election = election_options;
using logs = log_options;
using group = flag_group;

template <auto... Members>
auto& at(options& o) {
  return member_path::at<options, Members...>(o);
}

bool is_one_of(std::string_view text,
               std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), in_lower_case(text)) !=
         words.end();
}

constexpr text_rule level_rule{
    "debug, info, error, panic or an integer greater than 0",
    [](std::string_view text) {
      return is_one_of(text, {"debug", "info", "error", "panic"}) ||
             parse_integer(text).value_or(0) > 0;
    }};

constexpr text_rule stacktrace_rule{
    "info, error or panic", [](std::string_view text) {
      return is_one_of(text, {"info", "error", "panic"});
    }};

constexpr text_rule format_rule{"text or json", [](std::string_view text) {
                                  return is_one_of(text, {"text", "json"});
                                }};

constexpr text_rule after_end_rule{
    "suspend or leave", [](std::string_view text) {
      return text == "suspend" || text == "leave";
    }};

constexpr text_rule switch_rule{"on or off", [](std::string_view text) {
                                  return text == "on" || text == "off";
                                }};

constexpr text_rule service_rule{
    "cluster-ip or headless", [](std::string_view text) {
      return text == "cluster-ip" || text == "headless";
    }};

constexpr text_rule access_rule{"auto, direct, proxy or off",
                                [](std::string_view text) {
                                  return text == "auto" || text == "direct" ||
                                         text == "proxy" || text == "off";
                                }};

constexpr text_rule encoder_rule{"json or console", [](std::string_view text) {
                                   return is_one_of(text, {"json", "console"});
                                 }};

constexpr text_rule time_rule{
    "epoch, millis, nano, iso8601, rfc3339 or rfc3339nano",
    [](std::string_view text) {
      return is_one_of(text, {"epoch", "millis", "nano", "iso8601", "rfc3339",
                              "rfc3339nano"});
    }};

constexpr text_rule label_rule{
    "a DNS-1123 label: at most 63 characters, lower case letters, digits and "
    "'-', beginning and ending with a letter or digit",
    is_dns_label};

constexpr text_rule namespace_rule{
    "a namespace name: at most 63 characters, lower case letters, digits and "
    "'-', beginning and ending with a letter or digit",
    [](std::string_view text) {
      return text.empty() || is_dns_label(text);
    }};

constexpr text_rule subdomain_rule{
    "a DNS-1123 subdomain: at most 253 characters; lower case letters, digits, "
    "'-' and '.'; each part between dots begins and ends with a letter or "
    "digit",
    is_dns_subdomain};

constexpr text_rule file_name_rule{
    "the name of a file in that directory", [](std::string_view text) {
      return !text.empty() && text.find('/') == std::string_view::npos;
    }};

const std::array table = std::to_array<operator_flag>({
    {.name = "kubeconfig",
     .group = group::cluster,
     .value_name = "FILE",
     .meaning = "path to the kubeconfig file. Not given: `KUBECONFIG`, then "
                "the service account of the pod, then `~/.kube/config`",
     .target = at<&options::kubeconfig>,
     .variable = "KUBECONFIG",
     .role = stand_in::elsewhere},
    {"context", group::cluster, "NAME", "context in the kubeconfig",
     at<&options::context>},

    {.name = "watch-namespaces",
     .group = group::tests,
     .value_name = "A,B",
     .meaning =
         "watch LocustTests in these namespaces only; the operator then needs "
         "permissions in no other namespace. Empty: all namespaces",
     .target = at<&options::namespaces>,
     .variable = "WATCH_NAMESPACES"},
    {"journal", group::tests, "FILE",
     "append every event of every test to this file, one JSON object per line",
     at<&options::journal>},

    {.name = "after-end",
     .group = group::tests,
     .value_name = "WHAT",
     .meaning =
         "what to do with Jobs whose Locust containers still run, or may yet "
         "start, when the run has ended: `suspend` them, or `leave` them "
         "alone. Pods whose Locust container has ended always stay",
     .target = at<&options::after_end>,
     .rule = &after_end_rule},
    {.name = "reports",
     .group = group::tests,
     .value_name = "WHEN",
     .meaning =
         "`on`: when the load of a test has stopped, keep the report of its "
         "Locust master in the ConfigMap `NAME-report`, for which the operator "
         "must be allowed to create ConfigMaps. `off`: keep none",
     .target = at<&options::reports>,
     .rule = &switch_rule,
     .variable = "REPORTS"},
    {.name = "service-mode",
     .group = group::tests,
     .value_name = "MODE",
     .meaning =
         "what the name of a new master Service stands for: `cluster-ip`, a "
         "virtual address of its own, or `headless`, the address of the master "
         "pod, which costs the API server less",
     .target = at<&options::service_mode>,
     .rule = &service_rule,
     .variable = "SERVICE_MODE"},
    {.name = "master-access",
     .group = group::tests,
     .value_name = "HOW",
     .meaning =
         "how to ask Locust masters for their workers and their load: "
         "`direct`, "
         "at the addresses of their pods; `proxy`, through the API server, "
         "which needs the right to `get` `pods/proxy`; `off`, not at all, so "
         "that the status has estimates; `auto`, `direct` in a pod and `proxy` "
         "outside of the cluster",
     .target = at<&options::master_access>,
     .rule = &access_rule,
     .variable = "MASTER_ACCESS"},
    {"live-status-qps", group::tests, "N",
     "how many writes of live figures (`.status.load`) the operator sends per "
     "second, for all tests together, when nothing else of a status changes. "
     "0: none",
     at<&options::live_status_qps>},

    {.name = "enable-webhooks",
     .group = group::webhooks,
     .value_name = "",
     .meaning = "serve the validating webhook and the conversion webhook",
     .target = at<&options::webhook, &webhook::enabled>,
     .variable = "ENABLE_WEBHOOKS",
     .role = stand_in::deprecated},
    {"webhook-bind-address", group::webhooks, "ADDRESS",
     "address on which the webhook server listens (HTTPS)",
     at<&options::webhook, &webhook::address>},
    {"enable-http2", group::webhooks, "",
     "accepted for compatibility, without effect: the servers for webhooks and "
     "metrics speak HTTP/1.1 only",
     at<&options::http2>},

    {"webhook-cert-path", group::certificates, "DIRECTORY",
     "directory with the certificate; changed files are reloaded",
     at<&options::webhook, &webhook::certificate, &files::path>},
    {"webhook-cert-name", group::certificates, "FILE",
     "file in that directory with the certificate chain (PEM)",
     at<&options::webhook, &webhook::certificate, &files::name>,
     &file_name_rule},
    {"webhook-cert-key", group::certificates, "FILE",
     "file in that directory with the private key (PEM)",
     at<&options::webhook, &webhook::certificate, &files::key>,
     &file_name_rule},
    {"webhook-cert-wait-timeout", group::certificates, "DURATION",
     "how long to wait for both files at startup; 0 or less: forever",
     at<&options::webhook, &webhook::certificate_wait>},
    {"webhook-self-managed-certs", group::certificates, "",
     "create and renew the certificate, keep it in a Secret, and publish its "
     "CA in the CRD and the webhook configuration; excludes "
     "--webhook-cert-path",
     at<&options::webhook, &webhook::self_managed>},
    {"webhook-service-name", group::certificates, "NAME",
     "Service of the webhooks, for which the certificate is issued",
     at<&options::webhook, &webhook::service>, &label_rule},
    {"webhook-secret-name", group::certificates, "NAME",
     "Secret that stores the certificate",
     at<&options::webhook, &webhook::secret>, &subdomain_rule},
    {"webhook-configuration-name", group::certificates, "NAME",
     "ValidatingWebhookConfiguration in which the CA is published, besides the "
     "CRD",
     at<&options::webhook, &webhook::configuration>, &subdomain_rule},
    {"webhook-namespace", group::certificates, "NAME",
     "namespace of the Service and the Secret; empty: the namespace of the "
     "operator's pod",
     at<&options::webhook, &webhook::ns>, &namespace_rule},

    {"health-probe-bind-address", group::probes, "ADDRESS",
     "address on which `/healthz` and `/readyz` are served; empty or 0: "
     "disabled",
     at<&options::probes>, nullptr, "0"},

    {"metrics-bind-address", group::metrics, "ADDRESS",
     "address on which `/metrics` is served; 0: disabled, empty: `:8080`",
     at<&options::metrics, &metrics::address>, nullptr, ":8080"},
    {"metrics-secure", group::metrics, "",
     "serve metrics over HTTPS, to clients whose bearer token may `get` the "
     "path `/metrics`; false: over HTTP, without authentication",
     at<&options::metrics, &metrics::secure>},
    {"metrics-cert-path", group::metrics, "DIRECTORY",
     "directory with the certificate; changed files are reloaded. Empty: a "
     "self-signed certificate is generated",
     at<&options::metrics, &metrics::certificate, &files::path>},
    {"metrics-cert-name", group::metrics, "FILE",
     "file in that directory with the certificate chain (PEM)",
     at<&options::metrics, &metrics::certificate, &files::name>,
     &file_name_rule},
    {"metrics-cert-key", group::metrics, "FILE",
     "file in that directory with the private key (PEM)",
     at<&options::metrics, &metrics::certificate, &files::key>,
     &file_name_rule},
    {.name = "metrics-max-tests",
     .group = group::metrics,
     .value_name = "N",
     .meaning =
         "how many LocustTests have metrics of their own: those whose run goes "
         "on first, then those that ended last. The others are summed up "
         "(0: all)",
     .target = at<&options::metrics, &metrics::max_tests>,
     .variable = "METRICS_MAX_TESTS"},

    {"leader-elect", group::replicas, "",
     "elect a leader: of several replicas, only the holder of the Lease "
     "`locust-k8s-operator.locust.io` manages tests",
     at<&options::election, &election::enabled>},
    {"leader-elect-lease-duration", group::replicas, "DURATION",
     "how long other replicas wait before they acquire a Lease that is no "
     "longer renewed",
     at<&options::election, &election::lease_duration>},
    {"leader-elect-renew-deadline", group::replicas, "DURATION",
     "how long the leader tries to renew the Lease before it exits",
     at<&options::election, &election::renew_deadline>},
    {"leader-elect-retry-period", group::replicas, "DURATION",
     "how long to wait between attempts to acquire or renew the Lease",
     at<&options::election, &election::retry_period>},
    {"leader-elect-namespace", group::replicas, "NAME",
     "namespace of the Lease; empty: the namespace of the operator's pod",
     at<&options::election, &election::ns>, &namespace_rule},

    {"log-format", group::log, "FORMAT",
     "text, or json (one object per line). Not given: as --zap-encoder, "
     "otherwise text",
     at<&options::log, &logs::format>, &format_rule},
    {"zap-log-level", group::log, "LEVEL",
     "debug, info, error, panic, or an integer of 1 or more for more detail. "
     "Not given: info",
     at<&options::log, &logs::level>, &level_rule},
    {"zap-devel", group::log, "",
     "log at level debug unless --zap-log-level is given",
     at<&options::log, &logs::devel>},
    {"zap-stacktrace-level", group::log, "LEVEL",
     "accepted for compatibility, without effect: there are no stack traces",
     at<&options::log, &logs::stacktrace_level>, &stacktrace_rule},
    {"zap-encoder", group::log, "FORMAT",
     "console or json, used if --log-format (text, json) is not given",
     at<&options::log, &logs::encoder>, &encoder_rule},
    {"zap-time-encoding", group::log, "FORMAT",
     "accepted for compatibility, without effect: times are ISO 8601",
     at<&options::log, &logs::time_encoding>, &time_rule},

    {"print-config", group::other, "",
     "print every setting and its source, and exit",
     at<&options::print_configuration>},
});

} // namespace

std::span<const operator_flag> operator_flags() {
  return table;
}

} // namespace locust
