#include "actors/api_client/find_access.hpp"

#include "actors/api_client/kubeconfig.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace locust {

namespace {

/// Kubeconfigs with many embedded certificates have a few hundred KiB.
constexpr size_t largest_kubeconfig = 4UL * 1024 * 1024;
/// A namespace has at most 63 characters; the rest is for white space.
constexpr size_t largest_namespace_file = 256;
/// Bytes read from a file at once.
constexpr size_t file_chunk = 4096;

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

std::string trimmed(std::string text) {
  auto end = text.find_last_not_of(" \t\r\n");
  text.erase(end == std::string::npos ? 0 : end + 1);
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

result<kubeconfig> read_kubeconfig(const std::string& path) {
  auto text = read_text_file(path, largest_kubeconfig);
  if (!text)
    return fail(text.error().code, "kubeconfig " + text.error().message);
  return parse_kubeconfig(*text, path);
}

result<cluster_access> from_file(const std::string& path,
                                 const std::string& context) {
  auto config = read_kubeconfig(path);
  if (!config)
    return tl::unexpected(config.error());
  return resolve(*config, context);
}

/// Merges the files of KUBECONFIG; for each name the first file wins.
result<cluster_access> from_list(const std::string& list,
                                 const std::string& context) {
  kubeconfig merged;
  for (size_t start = 0; start <= list.size();) {
    auto end = std::min(list.find(':', start), list.size());
    auto path = list.substr(start, end - start);
    start = end + 1;
    if (path.empty() || !exists(path))
      continue;
    auto config = read_kubeconfig(path);
    if (!config)
      return tl::unexpected(config.error());
    merge(merged, std::move(*config));
  }
  if (merged.origin.empty())
    return fail(errc::not_found,
                "none of the files in KUBECONFIG exists: " + list);
  return resolve(merged, context);
}

result<cluster_access> from_pod(const access_options& options) {
  const auto& folder = options.service_account;
  cluster_access access;
  auto host = options.service_host;
  if (host.find(':') != std::string::npos && !host.starts_with('['))
    host = "[" + host + "]";
  auto url = parse_server_url("https://" + host + ":" + options.service_port);
  if (!url)
    return fail(errc::bad_setting,
                "KUBERNETES_SERVICE_HOST or _PORT: " + url.error().message);
  access.server = url->to_string();
  access.ca.path = folder + "/ca.crt";
  if (!exists(access.ca.path))
    return fail(errc::not_found, "in-cluster: " + access.ca.path +
                                     " is missing beside the token");
  access.token = token_file{folder + "/token"};
  if (auto ns = read_text_file(folder + "/namespace", largest_namespace_file);
      ns && !trimmed(*ns).empty())
    access.default_namespace = trimmed(*ns);
  access.origin = in_cluster;
  return access;
}

std::string variable(const char* name) {
  // Nothing changes the environment, and no thread runs yet.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  auto value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

} // namespace

access_options access_options_from_environment() {
  access_options options;
  options.kubeconfig_variable = variable("KUBECONFIG");
  options.service_host = variable("KUBERNETES_SERVICE_HOST");
  options.service_port = variable("KUBERNETES_SERVICE_PORT");
  options.home = variable("HOME");
  return options;
}

result<cluster_access> find_cluster_access(const access_options& options) {
  if (!options.kubeconfig_flag.empty())
    return from_file(options.kubeconfig_flag, options.context_flag);
  if (!options.kubeconfig_variable.empty())
    return from_list(options.kubeconfig_variable, options.context_flag);
  if (options.context_flag.empty() && !options.service_host.empty() &&
      !options.service_port.empty() &&
      exists(options.service_account + "/token"))
    return from_pod(options);
  auto fallback = options.home + "/.kube/config";
  if (!options.home.empty() && exists(fallback))
    return from_file(fallback, options.context_flag);
  return fail(errc::not_found,
              "no cluster is configured: --kubeconfig and KUBECONFIG are not "
              "set, " +
                  options.service_account +
                  "/token or KUBERNETES_SERVICE_HOST "
                  "is missing, and " +
                  fallback + " does not exist");
}

result<std::string> read_text_file(const std::string& path, size_t limit) {
  errno = 0;
  std::ifstream file{path, std::ios::binary};
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    auto code = errno == EACCES   ? errc::not_permitted
                : errno == ENOENT ? errc::not_found
                                  : errc::bad_setting;
    return fail(code, path + " cannot be read: " +
                          (errno != 0 ? std::generic_category().message(errno)
                                      : "it is not a file"));
  }
  // Most files are small, and callers keep the text with its capacity. After
  // the first release of a large block, glibc also keeps more free memory.
  std::string text;
  std::array<char, file_chunk> chunk;
  while (text.size() <= limit && file) {
    file.read(chunk.data(), chunk.size());
    text.append(chunk.data(), static_cast<size_t>(file.gcount()));
  }
  if (text.size() > limit)
    return fail(errc::malformed,
                path + " is longer than " + std::to_string(limit) + " bytes");
  return text;
}

} // namespace locust
