#include "actors/journal/journal_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace locust {

namespace {

std::string last_error() {
  return std::generic_category().message(errno);
}

/// Returns whether the regular file at `path` ends within a line, as after a
/// crash of the machine. False if that cannot be found out.
bool ends_within_line(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  char last = '\n';
  bool found = ::lseek(descriptor, -1, SEEK_END) >= 0 &&
               ::read(descriptor, &last, 1) == 1;
  ::close(descriptor);
  return found && last != '\n';
}

} // namespace

journal_file::journal_file(journal_options options)
    : options_(std::move(options)) {
  // nop
}

journal_file::~journal_file() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

std::string journal_file::open(monotonic_time now) {
  return report(ready(0, now), now);
}

std::string journal_file::append(const journal_entry& entry,
                                 monotonic_time now) {
  lost_ += entry.lost_before;
  size_t bytes = entry.line ? entry.line->size() + 1 : 0;
  bool well = ready(bytes, now) && mark_gap() &&
              (!entry.line || write_line(*entry.line));
  if (!well && entry.line)
    ++lost_;
  return report(well, now);
}

bool journal_file::flush(monotonic_time now) {
  if (lost_ > 0) {
    // The last chance: ignore the pause after a failure.
    retry_at_ = now;
    if (!ready(0, now) || !mark_gap()) {
      retry_at_ = now + retry_after;
      return false;
    }
  }
  // EINVAL: a pipe or a terminal, which cannot be synced.
  return descriptor_ < 0 || ::fdatasync(descriptor_) == 0 || errno == EINVAL;
}

/// Ensures an open file with room for `bytes`.
bool journal_file::ready(size_t bytes, monotonic_time now) {
  if (descriptor_ < 0 && (now < retry_at_ || !open_file()))
    return false;
  if (!regular_ || size_ == 0 || size_ + bytes <= options_.rotate_bytes)
    return true;
  return rotate() && open_file();
}

bool journal_file::open_file() {
  // Non-blocking, so that a FIFO without a reader fails instead of blocking.
  descriptor_ =
      ::open(options_.path.c_str(),
             O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
  struct stat info {};
  if (descriptor_ < 0 || ::fstat(descriptor_, &info) != 0)
    return failed("open", last_error());
  regular_ = S_ISREG(info.st_mode);
  size_ = regular_ ? static_cast<size_t>(info.st_size) : 0;
  if (regular_)
    torn_ = size_ > 0 && ends_within_line(options_.path);
  return true;
}

/// Renames FILE to FILE.1, FILE.1 to FILE.2 and so on; deletes the last one.
bool journal_file::rotate() {
  ::close(std::exchange(descriptor_, -1));
  auto numbered = [this](unsigned i) {
    return i == 0 ? options_.path : options_.path + "." + std::to_string(i);
  };
  if (options_.kept_files == 0 && std::remove(options_.path.c_str()) != 0)
    return failed("remove", last_error());
  for (auto i = options_.kept_files; i > 0; --i)
    if (std::rename(numbered(i - 1).c_str(), numbered(i).c_str()) != 0 &&
        (errno != ENOENT || i == 1))
      return failed("rotate", last_error());
  return true;
}

bool journal_file::mark_gap() {
  if (lost_ == 0)
    return true;
  if (!write_line("{\"gap\":" + std::to_string(lost_) + "}"))
    return false;
  lost_ = 0;
  return true;
}

/// Writes `line` completely, or leaves the file as it was.
bool journal_file::write_line(std::string_view line) {
  char newline = '\n';
  // A leading newline ends an incomplete line.
  iovec parts[] = {{&newline, torn_ ? size_t{1} : size_t{0}},
                   {const_cast<char*>(line.data()), line.size()},
                   {&newline, 1}};
  auto wanted = parts[0].iov_len + line.size() + 1;
  auto written = ::writev(descriptor_, parts, 3);
  if (written == static_cast<ssize_t>(wanted)) {
    size_ += wanted;
    torn_ = false;
    return true;
  }
  // A short write sets no errno.
  std::string reason =
      written < 0 ? last_error() : "there is room for only a part of a line";
  if (written > 0)
    torn_ = !cut_off(static_cast<size_t>(written));
  return failed("write", reason);
}

/// Truncates the file by `bytes`, unless another process has appended to it.
bool journal_file::cut_off(size_t bytes) {
  struct stat info {};
  return regular_ && ::fstat(descriptor_, &info) == 0 &&
         static_cast<size_t>(info.st_size) == size_ + bytes &&
         ::ftruncate(descriptor_, static_cast<off_t>(size_)) == 0;
}

/// Closes the file and stores the reason. Always returns false.
bool journal_file::failed(const std::string& action,
                          const std::string& reason) {
  trouble_ =
      "cannot " + action + " the journal " + options_.path + ": " + reason;
  if (descriptor_ >= 0)
    ::close(std::exchange(descriptor_, -1));
  return false;
}

/// Starts the pause after a failure. Returns a sentence only when the state
/// changes between success and failure.
std::string journal_file::report(bool well, monotonic_time now) {
  if (well) {
    if (std::exchange(in_trouble_, false))
      return "writing the journal " + options_.path + " works again";
    return {};
  }
  if (now >= retry_at_)
    retry_at_ = now + retry_after;
  return std::exchange(in_trouble_, true) ? std::string{} : trouble_;
}

} // namespace locust
