#include "actors/api_client/child_process.hpp"

#include "actors/api_client/duration_text.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <system_error>

namespace locust {

namespace {

using clock = std::chrono::steady_clock;

/// How often to check whether the child has ended: soon after it has closed its
/// pipes; less often while they are open, because a background process that it
/// started may keep them open.
constexpr int closing_poll_ms = 2;
constexpr int poll_period_ms = 100;

class file_descriptor {
public:
  explicit file_descriptor(int fd = -1) : fd_(fd) {
    // nop
  }

  file_descriptor(file_descriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {
    // nop
  }

  file_descriptor& operator=(file_descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~file_descriptor() {
    close();
  }

  void close() {
    if (fd_ >= 0)
      ::close(fd_);
    fd_ = -1;
  }

  int get() const {
    return fd_;
  }

private:
  int fd_;
};

struct pipe_ends {
  file_descriptor read;
  file_descriptor write;
};

std::optional<pipe_ends> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0)
    return std::nullopt;
  return pipe_ends{file_descriptor{fds[0]}, file_descriptor{fds[1]}};
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (auto entry = environ; *entry != nullptr; ++entry) {
    std::string text{*entry};
    auto name = text.substr(0, text.find('='));
    if (std::none_of(added.begin(), added.end(),
                     [&](const auto& a) { return a.first == name; }))
      all.push_back(std::move(text));
  }
  for (const auto& [name, value] : added)
    all.emplace_back(name).append("=").append(value);
  return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Starts the program with its output on the two pipes. Returns an errno value.
int spawn(const child_program& program, int out, int err, pid_t& pid) {
  auto environment = environment_with(program.environment);
  std::vector<std::string> words{program.command};
  words.insert(words.end(), program.arguments.begin(), program.arguments.end());
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out, 1);
  posix_spawn_file_actions_adddup2(&files, err, 2);
  // The sockets of libcurl are not close-on-exec.
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // Our threads block signals, which a child would inherit.
  sigset_t none;
  sigemptyset(&none);
  sigset_t all;
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                            POSIX_SPAWN_SETSIGMASK |
                                            POSIX_SPAWN_SETSIGDEF);
  auto code = ::posix_spawnp(&pid, program.command.c_str(), &files, &attributes,
                             pointers_to(words).data(),
                             pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return code;
}

/// Reads what is available. Returns false at the end of the pipe.
bool read_some(int fd, std::string& into) {
  std::array<char, 4096> buffer;
  auto n = ::read(fd, buffer.data(), buffer.size());
  if (n > 0)
    into.append(buffer.data(), static_cast<size_t>(n));
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/// A child process. The destructor kills it, unless it has ended, and reaps it.
class child {
public:
  explicit child(pid_t pid) : pid_(pid) {
    // nop
  }

  child(const child&) = delete;
  child& operator=(const child&) = delete;

  ~child() {
    // Kill its process group, or a script would leave its `sleep` behind. The
    // pid is not reused before it is reaped.
    if (!status_) {
      ::kill(-pid_, SIGKILL);
      while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
        // nop
      }
    }
  }

  bool ended() {
    int raw = 0;
    if (!status_ && ::waitpid(pid_, &raw, WNOHANG) == pid_)
      status_ = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
    return status_.has_value();
  }

  int status() const {
    return status_.value_or(-1);
  }

private:
  pid_t pid_;
  std::optional<int> status_;
};

} // namespace

result<child_output> run_child(const child_program& program,
                               std::chrono::milliseconds deadline,
                               size_t output_limit, int cancel_fd) {
  auto out = make_pipe();
  auto err = make_pipe();
  if (!out || !err)
    return fail(errc::refused,
                program.command + " cannot run: cannot create a pipe");
  pid_t pid = -1;
  if (auto code = spawn(program, out->write.get(), err->write.get(), pid))
    return fail(code == ENOENT ? errc::not_found : errc::refused,
                program.command +
                    " cannot run: " + std::generic_category().message(code));
  child running{pid};
  out->write.close();
  err->write.close();
  child_output output;
  auto give_up_at = clock::now() + deadline;
  for (;;) {
    // poll ignores a negative descriptor.
    std::array<pollfd, 3> fds{{{out->read.get(), POLLIN, 0},
                               {err->read.get(), POLLIN, 0},
                               {cancel_fd, POLLIN, 0}}};
    auto closed = out->read.get() < 0 && err->read.get() < 0;
    auto ready = ::poll(fds.data(), fds.size(),
                        closed ? closing_poll_ms : poll_period_ms);
    if (fds[2].revents != 0)
      return fail(errc::refused, program.command + " was stopped");
    if (ready > 0 && fds[0].revents != 0 &&
        !read_some(out->read.get(), output.out))
      out->read.close();
    if (ready > 0 && fds[1].revents != 0 &&
        !read_some(err->read.get(), output.err))
      err->read.close();
    if (std::max(output.out.size(), output.err.size()) > output_limit)
      return fail(errc::malformed, program.command + " printed more than " +
                                       std::to_string(output_limit) + " bytes");
    if ((ready == 0 || closed) && running.ended()) {
      output.status = running.status();
      return output;
    }
    if (clock::now() >= give_up_at)
      return fail(errc::refused, program.command + " did not end within " +
                                     duration_text(deadline));
  }
}

} // namespace locust
