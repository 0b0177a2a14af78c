#include "actors/api_client/kubeconfig.hpp"
#include "protocol/basics/base64.hpp"

#include <filesystem>

namespace locust {

namespace {

using entries = std::map<std::string, kubeconfig_entry>;

std::string names_of(const entries& all) {
  std::string names;
  for (const auto& [name, entry] : all)
    names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "there are none" : "existing ones: " + names;
}

/// Returns the entry; the error lists the existing ones.
result<const kubeconfig_entry*> look_up(const entries& all,
                                        const std::string& kind,
                                        const std::string& name,
                                        const std::string& where) {
  if (auto found = all.find(name); found != all.end())
    return &found->second;
  return fail(errc::bad_setting, "kubeconfig " + where + ": there is no " +
                                     kind + " '" + name + "'; " +
                                     names_of(all));
}

std::string beside(const kubeconfig_entry& entry, const std::string& path) {
  auto folder = std::filesystem::path(entry.file).parent_path();
  return (folder / path).lexically_normal().string();
}

/// An entry and how messages name it.
struct named_entry {
  std::string what;
  const kubeconfig_entry& entry;

  tl::unexpected<error> wrong(const std::string& why) const {
    return fail(errc::bad_setting,
                "kubeconfig " + entry.file + ", " + what + ": " + why);
  }

  /// Reads `name-data`, or otherwise `name` as a path.
  result<pem_source> pem(const std::string& name) const {
    pem_source source;
    if (auto data = entry.field(name + "-data"); !data.empty()) {
      auto decoded = decode_base64(data);
      if (!decoded)
        return wrong(name + "-data is not valid base64");
      if (decoded->find("-----BEGIN") == std::string::npos)
        return wrong(name + "-data is not PEM");
      source.pem = std::move(*decoded);
    } else if (auto path = entry.field(name); !path.empty()) {
      source.path = beside(entry, path);
    }
    return source;
  }
};

result<exec_plugin> plugin_of(const named_entry& user) {
  const auto& fields = user.entry.exec_fields;
  auto field = [&](const std::string& name) {
    auto found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
  };
  exec_plugin plugin;
  plugin.api_version = field("apiVersion");
  if (plugin.api_version != "client.authentication.k8s.io/v1" &&
      plugin.api_version != "client.authentication.k8s.io/v1beta1")
    return user.wrong("exec.apiVersion '" + plugin.api_version +
                      "' is not supported; use client.authentication.k8s.io/v1 "
                      "or .../v1beta1");
  plugin.command = field("command");
  if (plugin.command.empty())
    return user.wrong("exec.command is missing");
  // Like client-go: a relative path starts at the kubeconfig's directory, a
  // bare name is looked up in PATH.
  if (plugin.command.find('/') != std::string::npos)
    plugin.command = beside(user.entry, plugin.command);
  if (field("interactiveMode") == "Always")
    return user.wrong("exec plugin '" + plugin.command +
                      "' needs a terminal (interactiveMode: Always), which an "
                      "operator does not have");
  plugin.arguments = user.entry.exec_arguments;
  plugin.environment = user.entry.exec_environment;
  plugin.install_hint = field("installHint");
  plugin.provide_cluster_info = field("provideClusterInfo") == "true";
  return plugin;
}

/// Rejects fields that would otherwise be ignored and change the identity.
result<void> refuse_unsupported(const named_entry& user) {
  if (user.entry.fields.contains("auth-provider"))
    return user.wrong("auth-provider is no longer supported; use exec");
  if (!user.entry.field("username").empty())
    return user.wrong("user name and password are not supported");
  for (const auto& [name, value] : user.entry.fields)
    if (name == "as" || name.starts_with("as-"))
      return user.wrong("impersonation (" + name + ") is not supported");
  return {};
}

result<token_source> token_of(const named_entry& user) {
  if (auto path = user.entry.field("tokenFile"); !path.empty())
    return token_file{beside(user.entry, path)};
  if (auto token = user.entry.field("token"); !token.empty())
    return static_token{token};
  if (user.entry.has_exec)
    return plugin_of(user).map(
        [](exec_plugin plugin) -> token_source { return plugin; });
  return no_token{};
}

result<void> add_cluster(const named_entry& cluster, cluster_access& access) {
  const auto& entry = cluster.entry;
  auto url = parse_server_url(entry.field("server"));
  if (!url)
    return cluster.wrong(url.error().message);
  access.server = url->to_string();
  auto ca = cluster.pem("certificate-authority");
  if (!ca)
    return tl::unexpected(ca.error());
  access.ca = std::move(*ca);
  access.insecure = entry.field("insecure-skip-tls-verify") == "true";
  if (access.insecure && !access.ca.empty())
    return cluster.wrong("insecure-skip-tls-verify cannot be combined with a "
                         "certificate-authority");
  access.tls_server_name = entry.field("tls-server-name");
  access.proxy = entry.field("proxy-url");
  return {};
}

result<void> add_user(const named_entry& user, cluster_access& access) {
  if (auto ok = refuse_unsupported(user); !ok)
    return ok;
  auto certificate = user.pem("client-certificate");
  if (!certificate)
    return tl::unexpected(certificate.error());
  auto key = user.pem("client-key");
  if (!key)
    return tl::unexpected(key.error());
  if (certificate->empty() != key->empty())
    return user.wrong("client-certificate and client-key must be set together");
  access.client_certificate = std::move(*certificate);
  access.client_key = std::move(*key);
  auto token = token_of(user);
  if (!token)
    return tl::unexpected(token.error());
  access.token = std::move(*token);
  return {};
}

} // namespace

result<cluster_access> resolve(const kubeconfig& config,
                               const std::string& context) {
  const auto& name = context.empty() ? config.current_context : context;
  if (name.empty())
    return fail(errc::bad_setting, "kubeconfig " + config.origin +
                                       " has no current-context; choose one "
                                       "with --context: " +
                                       names_of(config.contexts));
  auto chosen = look_up(config.contexts, "context", name, config.origin);
  if (!chosen)
    return tl::unexpected(chosen.error());
  auto cluster_name = (*chosen)->field("cluster");
  auto cluster =
      look_up(config.clusters, "cluster", cluster_name, config.origin);
  if (!cluster)
    return tl::unexpected(cluster.error());
  cluster_access access;
  if (auto ok = add_cluster({"cluster " + cluster_name, **cluster}, access);
      !ok)
    return tl::unexpected(ok.error());
  // Without a user, requests are anonymous.
  if (auto user_name = (*chosen)->field("user"); !user_name.empty()) {
    auto user = look_up(config.users, "user", user_name, config.origin);
    if (!user)
      return tl::unexpected(user.error());
    if (auto ok = add_user({"user " + user_name, **user}, access); !ok)
      return tl::unexpected(ok.error());
  }
  if (auto ns = (*chosen)->field("namespace"); !ns.empty())
    access.default_namespace = ns;
  access.origin = "context " + name + " of " + (*chosen)->file;
  return access;
}

} // namespace locust
