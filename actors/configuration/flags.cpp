#include "actors/configuration/flags.hpp"

#include "actors/configuration/duration.hpp"
#include "actors/configuration/scalar_text.hpp"
#include "protocol/json.hpp"
#include "protocol/kubernetes/dns_name.hpp"

#include <algorithm>

namespace locust {

namespace {

/// Maximum length of a list entry in a message, in bytes.
constexpr size_t shown_limit = 200;

using problem = std::optional<std::string>;

problem namespaces_problem(const std::vector<std::string>& all,
                           std::string_view next) {
  if (next.empty())
    return "has an empty entry; namespaces are separated by single commas";
  auto shown = json::clean_text(next, shown_limit);
  if (!is_dns_label(next))
    return "has '" + shown +
           "', which is not a namespace name: at most 63 characters, lower "
           "case letters, digits and '-', beginning and ending with a letter "
           "or digit";
  if (std::find(all.begin(), all.end(), next) != all.end())
    return "names '" + shown + "' twice";
  return std::nullopt;
}

class store {
public:
  store(const operator_flag& flag, std::string_view text,
        operator_options& options)
      : flag_(flag), text_(text), options_(options) {
    // nop
  }

  problem operator()(bool& (*member)(operator_options&)) const {
    auto value = parse_bool(text_);
    if (!value)
      return "is neither true nor false";
    member(options_) = *value;
    return std::nullopt;
  }

  problem operator()(std::string& (*member)(operator_options&)) const {
    if (flag_.rule != nullptr && !flag_.rule->holds(text_))
      return "is not " + std::string(flag_.rule->expectation);
    member(options_) = text_;
    return std::nullopt;
  }

  problem operator()(uint32_t& (*member)(operator_options&)) const {
    auto value = parse_integer(text_);
    if (!value || *value < 0)
      return "is not a whole number of 0 or more";
    member(options_) = static_cast<uint32_t>(*value);
    return std::nullopt;
  }

  problem
  operator()(std::chrono::nanoseconds& (*member)(operator_options&)) const {
    auto value = parse_duration(text_);
    if (!value)
      return "is not a duration such as 90s, 2m, 1h30m or 0";
    member(options_) = *value;
    return std::nullopt;
  }

  problem operator()(bind_address& (*member)(operator_options&)) const {
    auto value = parse_bind_address(text_);
    if (!value)
      return address_problem(value.error().message, "");
    member(options_) = std::move(*value);
    return std::nullopt;
  }

  problem
  operator()(std::optional<bind_address>& (*member)(operator_options&)) const {
    auto meant = text_.empty() ? flag_.when_empty : text_;
    if (meant == "0") {
      member(options_) = std::nullopt;
      return std::nullopt;
    }
    auto value = parse_bind_address(meant);
    if (!value)
      return address_problem(value.error().message, ", or 0 for none");
    member(options_) = std::move(*value);
    return std::nullopt;
  }

  problem
  operator()(std::vector<std::string>& (*member)(operator_options&)) const {
    std::vector<std::string> all;
    for (auto rest = text_; !text_.empty();) {
      auto comma = rest.find(',');
      auto next = rest.substr(0, comma);
      if (auto wrong = namespaces_problem(all, next))
        return wrong;
      all.emplace_back(next);
      if (comma == std::string_view::npos)
        break;
      rest.remove_prefix(comma + 1);
    }
    member(options_) = std::move(all);
    return std::nullopt;
  }

private:
  static std::string address_problem(const std::string& why,
                                     std::string_view more) {
    return "is not a bind address: " + why +
           "; examples are :8081, 127.0.0.1:8081 and [::1]:8081" +
           std::string(more);
  }

  const operator_flag& flag_;
  std::string_view text_;
  operator_options& options_;
};

struct write {
  std::string operator()(bool value) const {
    return value ? "true" : "false";
  }

  std::string operator()(const std::string& value) const {
    return value;
  }

  std::string operator()(uint32_t value) const {
    return std::to_string(value);
  }

  std::string operator()(std::chrono::nanoseconds value) const {
    return duration_in_units(value);
  }

  std::string operator()(const bind_address& value) const {
    return to_string(value);
  }

  std::string operator()(const std::optional<bind_address>& value) const {
    return value ? to_string(*value) : "0";
  }

  std::string operator()(const std::vector<std::string>& value) const {
    std::string joined;
    for (const auto& entry : value)
      joined += (joined.empty() ? "" : ",") + entry;
    return joined;
  }
};

} // namespace

std::string_view to_string(flag_group group) {
  switch (group) {
  case flag_group::cluster:
    return "Cluster";
  case flag_group::tests:
    return "Tests";
  case flag_group::webhooks:
    return "Webhooks";
  case flag_group::certificates:
    return "Certificate of the webhooks";
  case flag_group::probes:
    return "Probes";
  case flag_group::metrics:
    return "Metrics";
  case flag_group::replicas:
    return "Replicas";
  case flag_group::log:
    return "Log";
  case flag_group::other:
    return "Other";
  }
  return {};
}

const operator_flag* find_flag(std::string_view name) {
  for (const auto& flag : operator_flags())
    if (flag.name == name)
      return &flag;
  return nullptr;
}

std::optional<std::string> store_flag(const operator_flag& flag,
                                      std::string_view text,
                                      operator_options& options) {
  return std::visit(store(flag, text, options), flag.target);
}

std::string value_text(const operator_flag& flag,
                       const operator_options& options) {
  auto copy = options; // targets need mutable options
  return std::visit([&](auto member) { return write{}(member(copy)); },
                    flag.target);
}

std::string log_level(const log_options& log) {
  // Maps the levels of the Go operator to those of spdlog.
  if (log.level.empty())
    return log.devel ? "debug" : "info";
  if (auto detail = parse_integer(log.level))
    return *detail > 1 ? "trace" : "debug";
  auto level = in_lower_case(log.level);
  return level == "panic" ? "critical" : level;
}

bool logs_json(const log_options& log) {
  return in_lower_case(log.format.empty() ? log.encoder : log.format) == "json";
}

std::vector<std::string>
settings_without_effect(const operator_options& options) {
  std::vector<std::string> sentences;
  if (options.http2)
    sentences.emplace_back(
        "--enable-http2 has no effect: the servers speak HTTP/1.1 only");
  return sentences;
}

} // namespace locust
