#include "actors/api_client/credential_loader.hpp"

#include "actors/api_client/child_process.hpp"
#include "actors/api_client/find_access.hpp"
#include "protocol/json.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

namespace locust {

namespace {

/// Tokens have a few KiB; some plugins print a whole certificate chain.
constexpr size_t largest_token = 1024UL * 1024;
constexpr size_t largest_ca = 4UL * 1024 * 1024;
/// Plugins may log in to a cloud service; nobody waits at a terminal.
constexpr auto plugin_deadline = std::chrono::seconds(60);
/// Bytes of a plugin's error output to repeat in messages.
constexpr size_t longest_error_output = 300;

std::string error_output(const child_output& output) {
  auto complaint = output.err;
  while (!complaint.empty() && complaint.back() == '\n')
    complaint.pop_back();
  return complaint.empty()
             ? ""
             : ": " + json::clean_text(complaint, longest_error_output);
}

} // namespace

result<fresh_credential> load_token_file(const std::string& path) {
  auto text = read_text_file(path, largest_token);
  if (!text)
    return fail(text.error().code, "token file " + text.error().message);
  auto end = text->find_last_not_of(" \t\r\n");
  text->erase(end == std::string::npos ? 0 : end + 1);
  if (text->empty())
    return fail(errc::malformed, "token file " + path + " is empty");
  if (text->find_first_of("\r\n") != std::string::npos)
    return fail(errc::malformed,
                "token file " + path + " has more than one line");
  return fresh_credential{{std::move(*text), {}, {}}, std::nullopt};
}

result<fresh_credential> run_exec_plugin(const exec_plugin& plugin,
                                         const cluster_access& access,
                                         int cancel_fd) {
  auto ca = access.ca.pem;
  if (plugin.provide_cluster_info && !access.ca.path.empty()) {
    auto text = read_text_file(access.ca.path, largest_ca);
    if (!text)
      return tl::unexpected(text.error());
    ca = std::move(*text);
  }
  child_program program{plugin.command, plugin.arguments, plugin.environment};
  program.environment.emplace_back("KUBERNETES_EXEC_INFO",
                                   exec_info(plugin, access, ca));
  auto output = run_child(program, plugin_deadline, largest_token, cancel_fd);
  if (!output) {
    auto hint =
        output.error().code == errc::not_found && !plugin.install_hint.empty()
            ? "; " + plugin.install_hint
            : "";
    return fail(output.error().code,
                "exec plugin " + output.error().message + hint);
  }
  if (output->status != 0)
    return fail(errc::refused,
                "exec plugin " + plugin.command + " ended with status " +
                    std::to_string(output->status) + error_output(*output));
  auto printed = parse_exec_credential(output->out, plugin.api_version);
  if (!printed)
    return tl::unexpected(printed.error());
  fresh_credential fresh{std::move(printed->value), std::nullopt};
  if (printed->expires)
    fresh.usable_for = std::chrono::duration_cast<std::chrono::seconds>(
        *printed->expires - std::chrono::system_clock::now());
  return fresh;
}

credential_loader::credential_loader(cluster_access access, on_loaded callback)
    : access_(std::move(access)), callback_(std::move(callback)),
      cancel_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // nop
}

credential_loader::~credential_loader() {
  uint64_t one = 1;
  // If this fails, the plugin ends at its deadline.
  [[maybe_unused]] auto n = ::write(cancel_fd_, &one, sizeof one);
  if (plugin_thread_.joinable())
    plugin_thread_.join();
  ::close(cancel_fd_);
}

void credential_loader::load() {
  if (auto file = std::get_if<token_file>(&access_.token)) {
    callback_(load_token_file(file->path));
    return;
  }
  auto plugin = std::get_if<exec_plugin>(&access_.token);
  if (plugin == nullptr)
    return;
  if (plugin_thread_.joinable())
    plugin_thread_.join();
  plugin_thread_ = std::thread([this, plugin] {
    callback_(run_exec_plugin(*plugin, access_, cancel_fd_));
  });
}

} // namespace locust
