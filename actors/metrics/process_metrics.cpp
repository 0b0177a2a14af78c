#include "actors/metrics/process_metrics.hpp"

#include <dirent.h>
#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

namespace locust {

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

/// The fields of /proc/self/stat that are used; proc(5) numbers them from 1.
struct process_stat {
  double user_ticks = 0;   ///< 14
  double system_ticks = 0; ///< 15
  double start_ticks = 0;  ///< 22, since the boot
  double virtual_bytes = 0;
  double resident_pages = 0;
};

process_stat read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  // The second field is a name in parentheses that may contain anything.
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::string skipped;
  process_stat stat;
  for (int field = 3; field < 14; ++field)
    rest >> skipped;
  rest >> stat.user_ticks >> stat.system_ticks;
  for (int field = 16; field < 22; ++field)
    rest >> skipped;
  rest >> stat.start_ticks >> stat.virtual_bytes >> stat.resident_pages;
  return stat;
}

/// Seconds since the epoch.
double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word)
    if (word == "btime" && file >> seconds)
      break;
  return seconds;
}

double open_descriptors() {
  std::unique_ptr<DIR, int (*)(DIR*)> folder{opendir("/proc/self/fd"),
                                             closedir};
  double count = 0;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): this thread owns the stream.
  while (folder && readdir(folder.get()) != nullptr)
    ++count;
  // Not counted: `.`, `..` and the descriptor of this stream.
  return std::max(0.0, count - 3);
}

/// Returns -1 for no limit, as other client libraries do.
double limit_of(decltype(RLIMIT_AS) what) {
  rlimit limit{};
  if (getrlimit(what, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return -1;
  return static_cast<double>(limit.rlim_cur);
}

MetricFamily family(const char* name, const char* help, MetricType type,
                    double value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      value;
  return {name, help, type, {metric}};
}

} // namespace

std::vector<MetricFamily> process_metrics() {
  auto stat = read_stat();
  auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  auto gauge = MetricType::Gauge;
  return {
      family("process_cpu_seconds_total",
             "Total user and system CPU time in seconds.", MetricType::Counter,
             (stat.user_ticks + stat.system_ticks) / ticks),
      family("process_resident_memory_bytes", "Resident memory in bytes.",
             gauge, stat.resident_pages * page),
      family("process_virtual_memory_bytes", "Virtual memory in bytes.", gauge,
             stat.virtual_bytes),
      family("process_virtual_memory_max_bytes",
             "Maximum virtual memory in bytes; -1 for no limit.", gauge,
             limit_of(RLIMIT_AS)),
      family("process_open_fds", "Number of open file descriptors.", gauge,
             open_descriptors()),
      family("process_max_fds", "Maximum number of open file descriptors.",
             gauge, limit_of(RLIMIT_NOFILE)),
      family("process_start_time_seconds",
             "Start time of the process in seconds since the Unix epoch.",
             gauge, boot_time() + stat.start_ticks / ticks),
  };
}

} // namespace locust
