#include "actors/supervisor/final_table.hpp"

#include "protocol/worst_rows.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace locust {

namespace {

using words = std::vector<std::string_view>;

constexpr std::string_view spaces = " \t\r";

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(spaces);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

words split(std::string_view text) {
  words all;
  while (!(text = trimmed(text)).empty()) {
    auto end = std::min(text.find_first_of(spaces), text.size());
    all.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return all;
}

template <class Number>
std::optional<Number> number_in(std::string_view word) {
  Number value{};
  auto [end, error] =
      std::from_chars(word.data(), word.data() + word.size(), value);
  bool whole = error == std::errc() && end == word.data() + word.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

/// The method and the name of an endpoint, as the tables show them.
std::pair<std::string, std::string> endpoint_in(std::string_view text) {
  auto end = std::min(text.find(' '), text.size());
  auto method = text.substr(0, end);
  bool is_method =
      !method.empty() && std::all_of(method.begin(), method.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || c == '_';
      });
  if (!is_method || end == text.size())
    return {"", std::string(text)};
  return {std::string(method), std::string(trimmed(text.substr(end)))};
}

class table_reader {
public:
  std::optional<run_figures> read(std::string_view message) {
    while (!message.empty()) {
      auto end = std::min(message.find('\n'), message.size());
      take(message.substr(0, end));
      message.remove_prefix(std::min(end + 1, message.size()));
    }
    return finish();
  }

private:
  enum class table : uint8_t { none, statistics, percentiles, failures };

  void take(std::string_view line) {
    if (trimmed(line).starts_with("Response time percentiles")) {
      has_percentiles_ = true;
      in_ = table::none;
    } else if (trimmed(line) == "Error report") {
      has_failures_ = true;
      in_ = table::none;
    } else if (auto header = split(line); header.size() > 3 &&
                                          header[0] == "Type" &&
                                          header[1] == "Name") {
      begin(header);
    } else if (line.starts_with("# occurrences")) {
      in_ = table::failures;
    } else if (in_ == table::none && trimmed(line).starts_with("Aggregated")) {
      take_sum(line);
    } else if (in_ == table::statistics) {
      take_statistics(line);
    } else if (in_ == table::percentiles) {
      take_percentiles(line);
    } else if (in_ == table::failures) {
      take_failure(line);
    }
  }

  /// The header may be cut off. Then nobody knows which percentiles these are,
  /// but the last column is the number of requests.
  void take_sum(std::string_view line) {
    if (line.find('|') != std::string_view::npos) {
      take_statistics(line);
    } else if (auto all = split(line);
               all.size() > 2 &&
               std::all_of(all.begin() + 1, all.end(), [](auto word) {
                 return number_in<int64_t>(word).has_value();
               })) {
      has_percentiles_ = true;
      counted_ = number_in<int64_t>(all.back());
    }
  }

  /// The percentages in the header say what the columns are.
  void begin(const words& header) {
    columns_.clear();
    for (auto word : header)
      if (word.ends_with('%'))
        columns_.push_back(word);
    in_ = columns_.empty() ? table::statistics : table::percentiles;
    // Locust prints the statistics every few seconds, and once more at the end.
    if (in_ == table::statistics)
      endpoints_.clear();
  }

  /// `GET      /     40    10(25.00%) |    55    10    900    50 | ...`
  void take_statistics(std::string_view line) {
    auto bar = line.find('|');
    auto left = split(line.substr(0, bar));
    if (bar == std::string_view::npos || left.size() < 3)
      return;
    auto failed = left.back().substr(0, left.back().find('('));
    auto requests = number_in<int64_t>(left[left.size() - 2]);
    auto failures = number_in<int64_t>(failed);
    auto second = line.find('|', bar + 1);
    if (!requests || !failures || second == std::string_view::npos)
      return;
    auto times = split(line.substr(bar + 1, second - bar - 1));
    auto longest =
        times.size() < 3 ? std::nullopt : number_in<double>(times[2]);
    auto name = trimmed(line.substr(
        0, static_cast<size_t>(left[left.size() - 2].data() - line.data())));
    if (name != "Aggregated") {
      auto& row = endpoints_.emplace_back();
      std::tie(row.method, row.name) = endpoint_in(name);
      row.requests = requests;
      row.failures = failures;
      row.longest = longest;
      return;
    }
    sum_.requests = requests;
    sum_.failures = failures;
    sum_.longest = longest;
    auto rates = split(line.substr(second + 1));
    if (!rates.empty())
      sum_.average_rate = number_in<double>(rates[0]);
    in_ = table::none;
  }

  /// `GET      /          50     60 ...    900       40`
  void take_percentiles(std::string_view line) {
    auto all = split(line);
    if (all.size() < columns_.size() + 2)
      return;
    auto first = all.size() - columns_.size() - 1;
    auto at = [&](std::string_view percentage) {
      auto column = std::find(columns_.begin(), columns_.end(), percentage);
      return column == columns_.end()
                 ? std::nullopt
                 : number_in<double>(
                       all[first +
                           static_cast<size_t>(column - columns_.begin())]);
    };
    auto name = trimmed(
        line.substr(0, static_cast<size_t>(all[first].data() - line.data())));
    if (name == "Aggregated") {
      counted_ = number_in<int64_t>(all.back());
      sum_.p50 = at("50%");
      sum_.p95 = at("95%");
      sum_.p99 = at("99%");
      last_ = at("100%");
      return;
    }
    auto [method, path] = endpoint_in(name);
    for (auto& known : endpoints_)
      if (known.method == method && known.name == path)
        known.p95 = at("95%");
  }

  /// `3                  GET /: HTTPError('500 ...')`
  void take_failure(std::string_view line) {
    auto end = std::min(line.find(' '), line.size());
    auto occurrences = number_in<int64_t>(line.substr(0, end));
    if (!occurrences) {
      if (line.starts_with("---") && failed_ > 0)
        in_ = table::none;
      return;
    }
    failed_ += *occurrences;
    auto text = trimmed(line.substr(end));
    auto colon = text.find(": ");
    bool named = colon != std::string_view::npos;
    table_row row;
    std::tie(row.method, row.name) =
        endpoint_in(named ? text.substr(0, colon) : "");
    row.error = named ? text.substr(colon + 2) : text;
    row.occurrences = occurrences;
    worst_.add_error(row);
  }

  std::optional<run_figures> finish() {
    // Statistics alone are those that Locust prints during the run.
    if (!has_percentiles_ && !has_failures_)
      return std::nullopt;
    if (!sum_.requests) {
      sum_.requests = counted_;
      sum_.longest = last_;
      sum_.failures = failed_;
    }
    for (const auto& row : endpoints_)
      worst_.add_endpoint(row);
    sum_.worst = worst_.endpoints();
    sum_.errors = worst_.errors();
    return std::move(sum_);
  }

  table in_ = table::none;
  words columns_;
  bool has_percentiles_ = false;
  bool has_failures_ = false;
  run_figures sum_;
  std::vector<table_row> endpoints_;
  worst_rows worst_;
  /// Of the table of percentiles: requests, and the longest time.
  std::optional<int64_t> counted_;
  std::optional<double> last_;
  int64_t failed_ = 0;
};

} // namespace

std::optional<run_figures> read_final_table(std::string_view message) {
  return table_reader().read(message);
}

} // namespace locust
