#include "actors/metrics/test_page.hpp"

#include <charconv>
#include <initializer_list>
#include <numeric>
#include <string_view>
#include <utility>

namespace locust {

namespace {

constexpr double milliseconds_per_second = 1000;

/// The names of no namespace and of no test: they contain `_`.
constexpr std::string_view others_labels =
    R"(namespace="_others",test="_others")";

/// About the size of the series of a test whose names are not long, in bytes.
constexpr size_t usual_size = 1280;

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
  std::string_view name;
  std::string_view type;
  std::string_view help;
  reader read;
  /// The sum over the other tests; null where a sum means nothing. The sum of
  /// counters of changing tests would not be a counter.
  std::optional<double> other_tests::*sum = nullptr;
};

constexpr std::array metrics = std::to_array<metric>({
    {"locust_operator_test_workers_expected", "gauge",
     "Workers that a test should have.", workers<&worker_counts::expected>,
     &other_tests::expected},
    {"locust_operator_test_workers_connected", "gauge",
     "Connected workers of a test, as in its status.",
     workers<&worker_counts::connected>, &other_tests::connected},
    {"locust_operator_test_workers_missing", "gauge",
     "Workers of a test that its Locust master misses.",
     load<&load_figures::missing>, &other_tests::missing},
    {"locust_operator_test_users", "gauge", "Users of a test.",
     load<&load_figures::users>, &other_tests::users},
    {"locust_operator_test_requests_per_second", "gauge",
     "Requests per second of a test, in the last 10 s.",
     load<&load_figures::requests_per_second>,
     &other_tests::requests_per_second},
    {"locust_operator_test_failures_per_second", "gauge",
     "Failed requests per second of a test, in the last 10 s.",
     load<&load_figures::failures_per_second>,
     &other_tests::failures_per_second},
    {"locust_operator_test_fail_ratio", "gauge",
     "Failed requests of a test among all, 0 to 1.",
     load<&load_figures::fail_ratio>},
    {"locust_operator_test_requests_total", "counter",
     "Requests of a test, as its Locust master counts them.",
     load<&load_figures::requests>},
    {"locust_operator_test_failures_total", "counter",
     "Failed requests of a test, as its Locust master counts them.",
     load<&load_figures::failures>},
});

struct quantile {
  std::string_view label;
  reader read;
};

constexpr std::array quantiles = std::to_array<quantile>({
    {R"(,quantile="0.5")", seconds<&load_figures::p50>},
    {R"(,quantile="0.95")", seconds<&load_figures::p95>},
    {R"(,quantile="0.99")", seconds<&load_figures::p99>},
});

/// Writes one metric after the other. One without series is left out, as client
/// libraries do.
class page_writer {
public:
  explicit page_writer(const test_census& of) : of_(of) {
    text_.reserve(of.own.size() * usual_size);
    labels_.reserve(of.own.size());
    // Names in Kubernetes contain nothing that must be escaped.
    for (const auto& one : of.own)
      labels_.push_back("namespace=\"" + one.key.ns + "\",test=\"" +
                        one.key.name + '"');
  }

  std::string write() {
    begin({"locust_operator_other_tests", "gauge",
           "LocustTests without series of their own; _others sums them up.",
           nullptr});
    line({}, {},
         static_cast<double>(std::accumulate(
             of_.others.phases.begin(), of_.others.phases.end(), size_t{0})));
    write_phases();
    for (const auto& one : metrics) {
      begin(one);
      write_each(one.read, {});
      if (one.sum != nullptr)
        line(others_labels, {}, of_.others.*one.sum);
    }
    begin({"locust_operator_test_response_time_seconds", "summary",
           "Response times of a test, in the last 10 s if Locust says that.",
           nullptr});
    for (const auto& one : quantiles)
      write_each(one.read, one.label);
    return std::move(text_);
  }

private:
  void write_phases() {
    begin({"locust_operator_test_phase", "gauge",
           "1 for the phase of a test; of _others, the number of tests.",
           nullptr});
    for (size_t i = 0; i < of_.own.size(); ++i)
      line(labels_[i], phase_label(static_cast<size_t>(of_.own[i].phase)), 1);
    for (size_t i = 0; i < test_phase_count; ++i)
      if (of_.others.phases[i] > 0)
        line(others_labels, phase_label(i),
             static_cast<double>(of_.others.phases[i]));
  }

  static std::string phase_label(size_t phase) {
    return ",phase=\"" + std::string(test_phase_labels[phase]) + '"';
  }

  void write_each(reader read, std::string_view more) {
    for (size_t i = 0; i < of_.own.size(); ++i)
      line(labels_[i], more, read(of_.own[i]));
  }

  void begin(const metric& next) {
    current_ = next;
    begun_ = false;
  }

  void line(std::string_view labels, std::string_view more,
            std::optional<double> value) {
    if (!value)
      return;
    if (!std::exchange(begun_, true))
      put({"# HELP ", current_.name, " ", current_.help, "\n# TYPE ",
           current_.name, " ", current_.type, "\n"});
    put({current_.name});
    if (!labels.empty())
      put({"{", labels, more, "}"});
    std::array<char, 32> digits{};
    auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), *value).ptr;
    put({" ", {digits.data(), static_cast<size_t>(end - digits.data())}, "\n"});
  }

  void put(std::initializer_list<std::string_view> words) {
    for (auto word : words)
      text_ += word;
  }

  const test_census& of_;
  std::vector<std::string> labels_;
  metric current_{};
  bool begun_ = false;
  std::string text_;
};

} // namespace

void add_figures(other_tests& to, const test_view& one) {
  for (const auto& each : metrics)
    if (each.sum != nullptr)
      if (auto value = each.read(one)) {
        auto& sum = to.*each.sum;
        sum = sum.value_or(0) + *value;
      }
}

std::string text_of(const test_census& census) {
  return page_writer(census).write();
}

} // namespace locust
