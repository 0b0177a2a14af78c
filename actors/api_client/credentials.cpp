#include "actors/api_client/credentials.hpp"

#include "protocol/basics/base64.hpp"
#include "protocol/json.hpp"

namespace locust {

namespace {

using namespace std::chrono_literals;

/// As in client-go. The kubelet renews a token after 80 % of its lifetime of an
/// hour, so a minute is short enough.
constexpr auto file_period = 60s;
/// After a 401 the file is read again, but at most this often.
constexpr auto least_file_period = 1s;
/// Plugins call cloud services. If the server rejects what a plugin prints, it
/// must not run for every request.
constexpr auto least_plugin_period = 5s;
/// A token is replaced before it expires, because clocks differ and requests
/// take time.
constexpr auto expiry_margin = 10s;

tl::unexpected<error> bad_plugin_output(const std::string& why) {
  return fail(errc::malformed, "the exec plugin printed " + why);
}

} // namespace

result<exec_credential> parse_exec_credential(std::string_view text,
                                              const std::string& api_version) {
  auto parsed = json::parse(text);
  if (!parsed || !parsed->IsObject())
    return bad_plugin_output("no JSON object");
  const json::value& root = *parsed;
  if (json::text_at(root, {"kind"}) != "ExecCredential")
    return bad_plugin_output("no ExecCredential");
  if (auto version = json::text_at(root, {"apiVersion"});
      version != api_version)
    return bad_plugin_output("apiVersion " + json::clean_text(version, 80) +
                             " instead of " + api_version);
  exec_credential made;
  made.value.token = json::text_at(root, {"status", "token"});
  made.value.client_certificate =
      json::text_at(root, {"status", "clientCertificateData"});
  made.value.client_key = json::text_at(root, {"status", "clientKeyData"});
  if (made.value.client_certificate.empty() != made.value.client_key.empty())
    return bad_plugin_output("a client certificate or a key without the other");
  if (made.value.token.empty() && made.value.client_key.empty())
    return bad_plugin_output("neither a token nor a client certificate");
  if (made.value.token.find_first_of("\r\n") != std::string::npos)
    return bad_plugin_output("a token of several lines");
  if (auto expiry = json::string_at(root, {"status", "expirationTimestamp"})) {
    made.expires = parse_rfc3339(*expiry);
    if (!made.expires)
      return bad_plugin_output("an expirationTimestamp that is no time");
  }
  return made;
}

std::string exec_info(const exec_plugin& plugin, const cluster_access& access,
                      const std::string& ca) {
  json::string_buffer buffer;
  json::writer out{buffer};
  auto field = [&](const char* name, const std::string& value) {
    if (value.empty())
      return;
    out.Key(name);
    out.String(value);
  };
  out.StartObject();
  field("apiVersion", plugin.api_version);
  field("kind", "ExecCredential");
  out.Key("spec");
  out.StartObject();
  if (plugin.provide_cluster_info) {
    out.Key("cluster");
    out.StartObject();
    field("server", access.server);
    field("tls-server-name", access.tls_server_name);
    if (access.insecure) {
      out.Key("insecure-skip-tls-verify");
      out.Bool(true);
    }
    field("certificate-authority-data", encode_base64(ca));
    field("proxy-url", access.proxy);
    out.EndObject();
  }
  out.Key("interactive");
  out.Bool(false);
  out.EndObject();
  out.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

credentials::credentials(const token_source& source) {
  auto first = std::make_shared<credential>();
  if (auto fixed = std::get_if<static_token>(&source))
    first->token = fixed->token;
  else if (std::holds_alternative<token_file>(source))
    kind_ = kind::file;
  else if (std::holds_alternative<exec_plugin>(source))
    kind_ = kind::plugin;
  current_ = std::move(first);
}

bool credentials::usable(monotonic_time now) const {
  if (kind_ == kind::fixed)
    return true;
  return generation_ > 0 && !rejected_ && (!expires_ || now < *expires_);
}

bool credentials::due(monotonic_time now) const {
  if (kind_ == kind::fixed || is_loading_ || !may_start(now))
    return false;
  return generation_ == 0 || rejected_ || (reload_at_ && now >= *reload_at_);
}

bool credentials::may_start(monotonic_time now) const {
  auto least = kind_ == kind::file ? least_file_period : least_plugin_period;
  return !started_ || now - *started_ >= least;
}

void credentials::loading(monotonic_time now) {
  is_loading_ = true;
  started_ = now;
}

void credentials::loaded(result<fresh_credential> fresh, monotonic_time now) {
  is_loading_ = false;
  // After a failure keep the old credential: the file may be missing for a
  // moment or the cloud service may be down. A 401 shows when it is invalid.
  rejected_ = false;
  if (!fresh) {
    problem_ = fresh.error().message;
    if (kind_ == kind::file)
      reload_at_ = now + file_period;
    return;
  }
  problem_.clear();
  ++generation_;
  current_ = std::make_shared<credential>(std::move(fresh->value));
  expires_.reset();
  reload_at_.reset();
  if (kind_ == kind::file)
    reload_at_ = now + file_period;
  else if (fresh->usable_for) {
    expires_ = now + *fresh->usable_for;
    reload_at_ = *expires_ - expiry_margin;
  }
}

bool credentials::is_loading() const {
  return is_loading_;
}

bool credentials::reject(uint64_t generation, monotonic_time now) {
  if (kind_ == kind::fixed)
    return false;
  if (generation != generation_ || is_loading_ || rejected_)
    return true;
  if (!may_start(now))
    return false;
  rejected_ = true;
  return true;
}

const std::shared_ptr<const credential>& credentials::current() const {
  return current_;
}

uint64_t credentials::generation() const {
  return generation_;
}

const std::string& credentials::problem() const {
  return problem_;
}

} // namespace locust
