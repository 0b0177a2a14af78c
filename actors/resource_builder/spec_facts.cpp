#include "actors/resource_builder/spec_facts.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <system_error>

namespace locust {

namespace {

/// Length of the hash in bytes: it must distinguish specs of one LocustTest by
/// accident only, not against attacks.
constexpr size_t hash_bytes = 8;

/// Bytes of the value of an option that a message repeats.
constexpr size_t shown_limit = 64;

/// Locust options that determine the address of its web API, who begins the
/// load, and how long it is made.
enum class master_option : uint8_t {
  headless,
  headful, ///< overrides headless from any source
  login,
  password,
  host,
  port,
  base_path,
  tls_cert,
  tls_key,
  run_time,
  autostart,
  users,
};

struct option_row {
  master_option option;
  std::string_view flag;
  std::string_view variable;
  bool takes_value;
};

constexpr std::array<option_row, 12> option_table = {{
    {master_option::headless, "--headless", "LOCUST_HEADLESS", false},
    {master_option::headful, "--headful", "LOCUST_HEADFUL", false},
    {master_option::login, "--web-login", "LOCUST_WEB_LOGIN", false},
    {master_option::password, "--web-auth", "LOCUST_WEB_AUTH", true},
    {master_option::host, "--web-host", "LOCUST_WEB_HOST", true},
    {master_option::port, "--web-port", "LOCUST_WEB_PORT", true},
    {master_option::base_path, "--web-base-path", "LOCUST_WEB_BASE_PATH", true},
    {master_option::tls_cert, "--tls-cert", "LOCUST_TLS_CERT", true},
    {master_option::tls_key, "--tls-key", "LOCUST_TLS_KEY", true},
    {master_option::run_time, "--run-time", "LOCUST_RUN_TIME", true},
    {master_option::autostart, "--autostart", "LOCUST_AUTOSTART", false},
    {master_option::users, "--users", "LOCUST_USERS", true},
}};

/// Options and their values; the last one counts.
using master_options = std::map<master_option, std::string>;

bool is_true_word(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text == "true" || text == "yes" || text == "on" || text == "1";
}

void read_variables(const json::value& spec, master_options& options) {
  const auto* variables = json::find(spec, {"env", "variables"});
  if (variables == nullptr || !variables->IsArray())
    return;
  for (const auto& variable : variables->GetArray()) {
    auto name = json::string_at(variable, {"name"});
    auto value = json::text_at(variable, {"value"});
    for (const auto& row : option_table) {
      if (name != row.variable)
        continue;
      if (value.empty() || (!row.takes_value && !is_true_word(value)))
        options.erase(row.option);
      else
        options[row.option] = value;
    }
  }
}

/// Returns the value of a short option in `words[at]`: `-P N`, `-PN` or `-P=N`.
/// Nothing for any other word.
std::optional<std::string> short_option(const words& all, size_t at,
                                        std::string_view name) {
  const auto& word = all[at];
  if (word.compare(0, 2, name) != 0)
    return std::nullopt;
  if (word.size() > 2)
    return word.substr(word[2] == '=' ? 3 : 2);
  return at + 1 < all.size() ? all[at + 1] : std::string();
}

void read_arguments(const words& all, master_options& options) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (auto port = short_option(all, i, "-P"))
      options[master_option::port] = *port;
    if (auto time = short_option(all, i, "-t"))
      options[master_option::run_time] = *time;
    if (auto users = short_option(all, i, "-u"))
      options[master_option::users] = *users;
    auto equals = all[i].find('=');
    for (const auto& row : option_table) {
      if (all[i].compare(0, equals, row.flag) != 0)
        continue;
      auto& value = options[row.option];
      if (!row.takes_value)
        value = "true";
      else if (equals != std::string::npos)
        value = all[i].substr(equals + 1);
      else
        value = i + 1 < all.size() ? all[i + 1] : std::string();
    }
  }
}

/// Returns the strings in the `extraArgs` of a role.
words extra_arguments(const json::value& spec, std::string_view role) {
  words result;
  const auto* list = json::find(spec, {role, "extraArgs"});
  if (list != nullptr && list->IsArray())
    for (const auto& argument : list->GetArray())
      if (argument.IsString())
        result.emplace_back(argument.GetString(), argument.GetStringLength());
  return result;
}

/// Returns the user's arguments of the master, or nothing when the command
/// cannot be split.
std::optional<words> master_words(const json::value& spec) {
  auto all = split_words(json::text_at(spec, {"master", "command"}));
  if (!all)
    return std::nullopt;
  auto extra = extra_arguments(spec, "master");
  all->insert(all->end(), extra.begin(), extra.end());
  return std::move(*all);
}

std::optional<master_options> options_of_master(const json::value& spec) {
  auto all = master_words(spec);
  if (!all)
    return std::nullopt;
  master_options options;
  read_variables(spec, options);
  read_arguments(*all, options); // the command line wins
  return options;
}

/// Reads a time span as Locust does: `90`, `90s`, `1h30m`.
std::optional<std::chrono::seconds> parse_time_span(std::string_view text) {
  struct unit {
    char name;
    int64_t seconds;
  };
  constexpr std::array<unit, 3> units = {{{'h', 3600}, {'m', 60}, {'s', 1}}};
  // Ten years: no run is longer, and no sum overflows.
  constexpr int64_t longest = int64_t{10} * 366 * 24 * 3600;
  int64_t sum = 0;
  const auto* next = units.begin();
  while (!text.empty()) {
    int64_t number = 0;
    auto [rest, fault] =
        std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<size_t>(rest - text.data()));
    if (fault != std::errc{} || number < 0 || number > longest)
      return std::nullopt;
    if (text.empty() && next == units.begin())
      return std::chrono::seconds(number);
    next = std::find_if(next, units.end(), [&](const unit& u) {
      return !text.empty() && u.name == text.front();
    });
    if (next == units.end())
      return std::nullopt;
    sum += number * next->seconds;
    ++next;
    text.remove_prefix(1);
  }
  return sum == 0 ? std::nullopt : std::optional(std::chrono::seconds(sum));
}

/// Reads a whole number greater than 0.
template <class Number>
std::optional<Number> parse_positive(std::string_view text) {
  Number number = 0;
  const auto* end = text.data() + text.size();
  auto [rest, fault] = std::from_chars(text.data(), end, number);
  if (fault != std::errc{} || rest != end || number <= 0)
    return std::nullopt;
  return number;
}

/// An option and its value, for a message.
std::string shown(std::string_view flag, std::string_view value) {
  return std::string(flag) + "=" + json::clean_text(value, shown_limit);
}

bool has_option(const master_options& options, master_option option) {
  auto at = options.find(option);
  return at != options.end() && !at->second.empty();
}

bool is_headless(const master_options& options) {
  return has_option(options, master_option::headless) &&
         !has_option(options, master_option::headful);
}

/// Returns why the web UI cannot be asked, whatever its address is; empty if it
/// can.
std::string obstacle(const master_options& options) {
  if (is_headless(options))
    return "it is headless";
  if (has_option(options, master_option::login))
    return "--web-login makes its web UI ask for a log-in";
  if (has_option(options, master_option::password))
    return "--web-auth makes its web UI ask for a password";
  if (!has_option(options, master_option::host))
    return {};
  const auto& host = options.at(master_option::host);
  bool local =
      host == "localhost" || host == "::1" || host.compare(0, 4, "127.") == 0;
  return local ? "its web UI listens only on " + shown("--web-host", host) : "";
}

result<web_ui_address> address_from(const master_options& options) {
  if (auto why = obstacle(options); !why.empty())
    return fail(errc::unreachable, std::move(why));
  web_ui_address address;
  if (auto port = options.find(master_option::port); port != options.end()) {
    auto number = parse_positive<uint16_t>(port->second);
    if (!number)
      return fail(errc::bad_setting,
                  shown("--web-port", port->second) + " is not a port");
    address.port = *number;
  }
  if (has_option(options, master_option::base_path)) {
    address.base_path = options.at(master_option::base_path);
    // Locust exits if the path does not begin with a slash, and ignores
    // trailing ones.
    if (address.base_path.front() != '/')
      return fail(errc::bad_setting,
                  shown("--web-base-path", address.base_path) +
                      " does not begin with a slash");
    while (!address.base_path.empty() && address.base_path.back() == '/')
      address.base_path.pop_back();
  }
  address.https = has_option(options, master_option::tls_cert) &&
                  has_option(options, master_option::tls_key);
  return address;
}

} // namespace

std::string spec_hash(std::string_view spec_text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(spec_text.data(), spec_text.size(), digest.data(), nullptr,
             EVP_sha256(), nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (size_t i = 0; i < hash_bytes; ++i) {
    result += digits[digest[i] >> 4U];
    result += digits[digest[i] & 0xFU];
  }
  return result;
}

int32_t expected_workers(const json::value& spec) {
  auto replicas = json::int_at(spec, {"worker", "replicas"}).value_or(0);
  return static_cast<int32_t>(
      std::clamp<int64_t>(replicas, 0, std::numeric_limits<int32_t>::max()));
}

int32_t expected_workers(std::string_view spec_text) {
  auto spec = json::parse(spec_text);
  return spec ? expected_workers(*spec) : 0;
}

words overridden_flags(const json::value& spec, std::string_view role) {
  return managed_flags_in(extra_arguments(spec, role));
}

result<web_ui_address> web_ui(const json::value& spec) {
  auto options = options_of_master(spec);
  if (!options)
    return fail(errc::malformed, "its command cannot be split into words");
  return address_from(*options);
}

std::optional<std::chrono::seconds>
stays_after_load(std::string_view spec_text) {
  auto spec = json::parse(spec_text);
  if (!spec)
    return std::nullopt;
  if (!json::bool_at(*spec, {"master", "autoquit", "enabled"}).value_or(true))
    return std::nullopt;
  auto timeout = json::int_at(*spec, {"master", "autoquit", "timeout"});
  return std::chrono::seconds(timeout && *timeout >= 0 ? *timeout
                                                       : default_autoquit);
}

std::optional<std::chrono::seconds> run_time(std::string_view spec_text) {
  auto spec = json::parse(spec_text);
  auto options = spec ? options_of_master(*spec) : std::nullopt;
  if (!options || !options->contains(master_option::run_time))
    return std::nullopt;
  return parse_time_span(options->at(master_option::run_time));
}

result<web_ui_address> web_ui(std::string_view spec_text) {
  auto spec = json::parse(spec_text);
  if (!spec)
    return fail(errc::malformed, "its spec cannot be read");
  return web_ui(*spec);
}

std::optional<int64_t> target_users(std::string_view spec_text) {
  auto spec = json::parse(spec_text);
  auto options = spec ? options_of_master(*spec) : std::nullopt;
  if (!options || !options->contains(master_option::users))
    return std::nullopt;
  return parse_positive<int64_t>(options->at(master_option::users));
}

bool starts_by_itself(const json::value& spec) {
  auto options = options_of_master(spec);
  return json::bool_at(spec, {"master", "autostart"}).value_or(true) ||
         (options && (is_headless(*options) ||
                      has_option(*options, master_option::autostart)));
}

bool starts_by_itself(std::string_view spec_text) {
  auto spec = json::parse(spec_text);
  return spec && starts_by_itself(*spec);
}

} // namespace locust
