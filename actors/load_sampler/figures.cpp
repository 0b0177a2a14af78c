#include "actors/load_sampler/figures.hpp"

#include "protocol/json/members.hpp"

#include <algorithm>
#include <cmath>

namespace locust {

namespace {

/// Steps of a fail ratio: hundredths of a percent.
constexpr double ratio_steps = 10'000;
constexpr double per_percent = 100;
/// From here on a number has no decimals.
constexpr double whole_from = 1000;

double rounded(double value) {
  return value < whole_from ? std::round(value * 10) / 10 : std::round(value);
}

/// The ratio in steps; at both ends only if it is exactly there.
double in_steps(double ratio) {
  auto steps = std::round(ratio * ratio_steps);
  if (ratio > 0 && ratio < 1)
    steps = std::clamp(steps, 1.0, ratio_steps - 1);
  return steps;
}

class figures_writer {
public:
  std::string write(const master_stats& stats, std::optional<int64_t> target) {
    const auto& f = stats.figures;
    out_.StartObject();
    json::put_unless_empty(out_, "state", f.state);
    count("users", f.users);
    if (target && (!f.users || *f.users <= *target))
      count("targetUsers", target);
    measure("requestsPerSecond", f.requests_per_second);
    measure("failuresPerSecond", f.failures_per_second);
    if (f.fail_ratio) {
      number("failRatio", in_steps(*f.fail_ratio) / ratio_steps);
      number("failPercent", in_steps(*f.fail_ratio) / per_percent);
    }
    measure("p50", f.p50);
    measure("p95", f.p95);
    measure("p99", f.p99);
    count("requests", f.requests);
    count("failures", f.failures);
    write_workers(stats);
    out_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

private:
  void write_workers(const master_stats& stats) {
    json::put_object(out_, "workers", [&] {
      count("connected", stats.workers);
      count("missing", stats.figures.missing);
      measure("busiestCPU", stats.figures.busiest_cpu);
      count("overloaded", stats.figures.overloaded);
    });
  }

  void count(std::string_view name, std::optional<int64_t> value) {
    if (value)
      json::put_number(out_, name, *value);
  }

  void measure(std::string_view name, std::optional<double> value) {
    if (value)
      number(name, rounded(*value));
  }

  /// Whole numbers are written without a decimal point.
  void number(std::string_view name, double value) {
    json::put_key(out_, name);
    if (value == std::floor(value))
      out_.Int64(static_cast<int64_t>(value));
    else
      out_.Double(value);
  }

  json::string_buffer buffer_;
  json::writer out_{buffer_};
};

} // namespace

std::string figures_text(const master_stats& stats,
                         std::optional<int64_t> target) {
  return figures_writer().write(stats, target);
}

} // namespace locust
