#include "actors/metrics/test_page.hpp"

#include <prometheus/client_metric.h>
#include <prometheus/metric_type.h>

#include <numeric>
#include <string>
#include <utility>

namespace locust {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double milliseconds_per_second = 1000;

/// The name of no namespace and of no test: it contains `_`.
constexpr const char* others = "_others";

template <class Number>
std::optional<double> as_double(const std::optional<Number>& value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

template <auto Member>
std::optional<double> workers(const test_view& of) {
  return of.workers ? std::optional<double>((*of.workers).*Member)
                    : std::nullopt;
}

template <auto Member>
std::optional<double> load(const test_view& of) {
  return of.load ? as_double((*of.load).*Member) : std::nullopt;
}

template <auto Member>
std::optional<double> seconds(const test_view& of) {
  auto value = load<Member>(of);
  return value ? std::optional(*value / milliseconds_per_second) : std::nullopt;
}

using reader = std::optional<double> (*)(const test_view&);

/// A metric with at most one series for each test.
struct metric {
  const char* name;
  MetricType type;
  const char* help;
  reader read;
  /// The sum over the other tests; null where a sum means nothing. The sum of
  /// counters of changing tests would not be a counter.
  std::optional<double> other_tests::*sum = nullptr;
};

constexpr std::array metrics = std::to_array<metric>({
    {"locust_operator_test_workers_expected", MetricType::Gauge,
     "Workers that a test should have.", workers<&worker_counts::expected>,
     &other_tests::expected},
    {"locust_operator_test_workers_connected", MetricType::Gauge,
     "Connected workers of a test, as in its status.",
     workers<&worker_counts::connected>, &other_tests::connected},
    {"locust_operator_test_workers_missing", MetricType::Gauge,
     "Workers of a test that its Locust master misses.",
     load<&load_figures::missing>, &other_tests::missing},
    {"locust_operator_test_users", MetricType::Gauge, "Users of a test.",
     load<&load_figures::users>, &other_tests::users},
    {"locust_operator_test_requests_per_second", MetricType::Gauge,
     "Requests per second of a test, in the last 10 s.",
     load<&load_figures::requests_per_second>,
     &other_tests::requests_per_second},
    {"locust_operator_test_failures_per_second", MetricType::Gauge,
     "Failed requests per second of a test, in the last 10 s.",
     load<&load_figures::failures_per_second>,
     &other_tests::failures_per_second},
    {"locust_operator_test_fail_ratio", MetricType::Gauge,
     "Failed requests of a test among all, 0 to 1.",
     load<&load_figures::fail_ratio>},
    {"locust_operator_test_requests_total", MetricType::Counter,
     "Requests of a test, as its Locust master counts them.",
     load<&load_figures::requests>},
    {"locust_operator_test_failures_total", MetricType::Counter,
     "Failed requests of a test, as its Locust master counts them.",
     load<&load_figures::failures>},
});

struct percentile {
  const char* label;
  reader read;
};

constexpr std::array percentiles = std::to_array<percentile>({
    {"50", seconds<&load_figures::p50>},
    {"95", seconds<&load_figures::p95>},
    {"99", seconds<&load_figures::p99>},
});

ClientMetric series_of(const std::string& ns, const std::string& test) {
  ClientMetric series;
  series.label = {{"namespace", ns}, {"test", test}};
  return series;
}

ClientMetric series_of(const test_view& of) {
  return series_of(of.key.ns, of.key.name);
}

void put(MetricFamily& in, ClientMetric series, std::optional<double> value) {
  if (!value)
    return;
  (in.type == MetricType::Counter ? series.counter.value : series.gauge.value) =
      *value;
  in.metric.push_back(std::move(series));
}

MetricFamily count_others(const test_census& of) {
  const auto& phases = of.others.phases;
  MetricFamily family{
      "locust_operator_other_tests",
      "LocustTests without series of their own; _others sums them up.",
      MetricType::Gauge,
      {}};
  put(family, {},
      static_cast<double>(
          std::accumulate(phases.begin(), phases.end(), size_t{0})));
  return family;
}

MetricFamily phases_of(const test_census& of) {
  MetricFamily family{
      "locust_operator_test_phase",
      "1 for the phase of a test; of _others, the number of tests.",
      MetricType::Gauge,
      {}};
  auto put_phase = [&](ClientMetric series, size_t phase, double count) {
    series.label.push_back({"phase", test_phase_labels[phase]});
    put(family, std::move(series), count);
  };
  for (const auto& one : of.own)
    put_phase(series_of(one), static_cast<size_t>(one.phase), 1);
  for (size_t i = 0; i < test_phase_count; ++i)
    if (of.others.phases[i] > 0)
      put_phase(series_of(others, others), i,
                static_cast<double>(of.others.phases[i]));
  return family;
}

MetricFamily family_of(const metric& what, const test_census& of) {
  MetricFamily family{what.name, what.help, what.type, {}};
  for (const auto& one : of.own)
    put(family, series_of(one), what.read(one));
  if (what.sum != nullptr)
    put(family, series_of(others, others), of.others.*what.sum);
  return family;
}

/// No summary: Locust knows neither the sum nor the count of that time.
MetricFamily response_times(const test_census& of) {
  MetricFamily family{
      "locust_operator_test_response_time_seconds",
      "Response times of a test, in the last 10 s if Locust says that.",
      MetricType::Gauge,
      {}};
  for (const auto& each : percentiles)
    for (const auto& one : of.own) {
      auto series = series_of(one);
      series.label.push_back({"percentile", each.label});
      put(family, std::move(series), each.read(one));
    }
  return family;
}

} // namespace

void add_figures(other_tests& to, const test_view& one) {
  for (const auto& each : metrics)
    if (each.sum != nullptr)
      if (auto value = each.read(one)) {
        auto& sum = to.*each.sum;
        sum = sum.value_or(0) + *value;
      }
}

std::vector<MetricFamily> families_of(const test_census& census) {
  std::vector<MetricFamily> all{count_others(census), phases_of(census)};
  for (const auto& each : metrics)
    all.push_back(family_of(each, census));
  all.push_back(response_times(census));
  std::erase_if(all, [](const auto& one) { return one.metric.empty(); });
  return all;
}

} // namespace locust
