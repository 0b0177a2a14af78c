#include "actors/configuration/configuration.hpp"

#include "actors/configuration/duration.hpp"
#include "actors/configuration/flags.hpp"
#include "protocol/json.hpp"

#include <array>
#include <utility>

namespace locust {

namespace {

/// Maximum length of a value in a message, in bytes: enough to recognise it.
constexpr size_t shown_limit = 200;

std::string assignment(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + json::clean_text(value, shown_limit) + '"';
}

std::string with_dashes(const operator_flag& flag) {
  return "--" + std::string(flag.name);
}

/// Reads the environment variable of a flag, unless the flag was given.
class variable_reader {
public:
  variable_reader(const operator_flag& flag, std::string text,
                  configuration& into)
      : flag_(flag), text_(std::move(text)), into_(into) {
    // nop
  }

  /// Returns the setting for the report.
  setting read(bool given) const {
    setting row{with_dashes(flag_), value_text(flag_, into_.options)};
    if (given)
      row.source = setting_source::flag;
    if (flag_.role == stand_in::deprecated)
      into_.warnings.push_back(
          std::string(flag_.variable) + " is deprecated; use " +
          with_dashes(flag_) +
          (given ? ", which is given and takes precedence" : ""));
    if (!given)
      use(row);
    return row;
  }

private:
  void use(setting& row) const {
    auto from_environment = [&](std::string value) {
      row.value = std::move(value);
      row.source = setting_source::environment;
      row.variable = flag_.variable;
    };
    if (flag_.role == stand_in::elsewhere) {
      from_environment(text_);
    } else if (auto wrong = store_flag(flag_, text_, into_.options)) {
      auto sentence = assignment(flag_.variable, text_) + ' ' + *wrong;
      if (flag_.role == stand_in::deprecated) {
        row.remark = sentence + "; ignored";
        into_.warnings.push_back(row.remark);
      } else {
        from_environment(text_);
        row.remark = *wrong;
        into_.errors.push_back({errc::bad_setting, std::move(sentence)});
      }
    } else {
      from_environment(value_text(flag_, into_.options));
    }
  }

  const operator_flag& flag_;
  std::string text_;
  configuration& into_;
};

void read_flag(const operator_flag& flag, bool given,
               const environment_lookup& look_up, configuration& into) {
  std::optional<std::string> text;
  if (!flag.variable.empty())
    text = look_up(flag.variable);
  if (text && !text->empty()) {
    into.report.push_back(
        variable_reader(flag, std::move(*text), into).read(given));
    return;
  }
  into.report.push_back(
      {with_dashes(flag), value_text(flag, into.options),
       given ? setting_source::flag : setting_source::built_in});
}

void check_certificates(const webhook_options& webhook,
                        std::vector<error>& errors) {
  auto from_files = !webhook.certificate.path.empty();
  if (webhook.enabled && !from_files && !webhook.self_managed)
    errors.push_back({errc::bad_setting,
                      "--enable-webhooks requires a certificate: set its "
                      "directory with --webhook-cert-path, or let the operator "
                      "create one with --webhook-self-managed-certs"});
  if (from_files && webhook.self_managed)
    errors.push_back({errc::bad_setting,
                      "--webhook-cert-path and --webhook-self-managed-certs "
                      "are mutually exclusive; set one of them"});
}

bool collide(const bind_address& a, const bind_address& b) {
  return a.port == b.port && a.port != 0 &&
         (a.host == b.host || a.host.empty() || b.host.empty());
}

/// Detects servers that cannot both listen.
void check_addresses(const operator_options& options,
                     std::vector<error>& errors) {
  using named = std::pair<const char*, std::optional<bind_address>>;
  const std::array servers = {
      named{"--health-probe-bind-address", options.probes},
      named{"--webhook-bind-address",
            options.webhook.enabled ? std::optional(options.webhook.address)
                                    : std::nullopt},
      named{"--metrics-bind-address", options.metrics.address},
  };
  for (size_t i = 0; i < servers.size(); ++i)
    for (size_t j = i + 1; j < servers.size(); ++j) {
      const auto& [one, a] = servers[i];
      const auto& [other, b] = servers[j];
      if (a && b && collide(*a, *b))
        errors.push_back({errc::bad_setting,
                          std::string(one) + "=" + to_string(*a) + " and " +
                              other + "=" + to_string(*b) +
                              " are the same address; use different ports"});
    }
}

std::string shown(const char* name, std::chrono::nanoseconds value) {
  return std::string(name) + "=" + duration_in_units(value);
}

/// The conditions of client-go: the leader exits before its Lease can be
/// acquired, and retries more than once before it does.
void check_election(const election_options& election,
                    std::vector<error>& errors) {
  using namespace std::chrono_literals;
  auto lease = shown("--leader-elect-lease-duration", election.lease_duration);
  auto renew = shown("--leader-elect-renew-deadline", election.renew_deadline);
  auto retry = shown("--leader-elect-retry-period", election.retry_period);
  auto refuse = [&](std::string sentence) {
    errors.push_back({errc::bad_setting, std::move(sentence)});
  };
  if (election.lease_duration < 1s || election.lease_duration % 1s != 0ns)
    refuse(lease + " must be whole seconds, 1s or more");
  if (election.retry_period <= 0ns)
    refuse(retry + " must be greater than 0");
  if (election.lease_duration <= election.renew_deadline)
    refuse(lease + " must be greater than " + renew);
  if (election.renew_deadline / 6 * 5 <= election.retry_period)
    refuse(renew + " must be greater than 1.2 times " + retry);
}

template <class T>
void append(std::vector<T>& to, std::vector<T> more) {
  for (auto& one : more)
    to.push_back(std::move(one));
}

} // namespace

configuration read_configuration(operator_options options,
                                 const std::set<std::string_view>& given,
                                 const environment_lookup& look_up) {
  configuration all;
  all.options = std::move(options);
  for (const auto& flag : operator_flags())
    read_flag(flag, given.count(flag.name) > 0, look_up, all);
  append(all.warnings, settings_without_effect(all.options));
  check_certificates(all.options.webhook, all.errors);
  check_addresses(all.options, all.errors);
  check_election(all.options.election, all.errors);
  auto environment = read_environment(look_up);
  all.settings = std::move(environment.settings);
  if (all.options.service_mode == "headless")
    all.settings.master_service = service_mode::headless;
  append(all.warnings, std::move(environment.warnings));
  append(all.errors, std::move(environment.errors));
  append(all.report, std::move(environment.report));
  return all;
}

} // namespace locust
