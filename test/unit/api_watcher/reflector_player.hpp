#pragma once

#include "actors/api_watcher/reflector.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Plays the API server, the network and the clock for a reflector, and writes
// the JSON that it reads.

namespace locust::test {

/// A Job with nothing but metadata.
inline std::string job(std::string_view name, std::string_view version,
                       std::string_view uid = {}) {
  std::string result = R"({"metadata":{"namespace":"perf","name":")";
  result.append(name).append(R"(","uid":")");
  if (uid.empty())
    result.append(name).append("-uid");
  else
    result.append(uid);
  return result.append(R"(","resourceVersion":")")
      .append(version)
      .append(R"("}})");
}

inline std::string list_of(const std::vector<std::string>& items,
                           std::string_view version,
                           std::string_view continue_from = {}) {
  std::string result = R"({"kind":"JobList","metadata":{"resourceVersion":")";
  result.append(version).append(R"(","continue":")");
  result.append(continue_from).append(R"("},"items":[)");
  for (size_t i = 0; i < items.size(); ++i)
    result.append(i == 0 ? "" : ",").append(items[i]);
  return result + "]}";
}

inline std::string event(std::string_view type, std::string_view object) {
  std::string result = R"({"type":")";
  return result.append(type).append(R"(","object":)").append(object) + "}\n";
}

inline std::string bookmark_at(std::string_view version) {
  return event("BOOKMARK", R"({"kind":"Job","metadata":{"resourceVersion":")" +
                               std::string(version) + R"("}})");
}

inline std::string status_body(int code, std::string_view reason,
                               std::string_view message = {},
                               std::string_view cause = {}) {
  std::string result = R"({"kind":"Status","status":"Failure","message":")";
  result.append(message).append(R"(","reason":")").append(reason);
  result.append(R"(","details":{"causes":[{"reason":")").append(cause);
  return result.append(R"("}]},"code":)").append(std::to_string(code)) + "}";
}

/// The answer of an API server that lags behind the requested version.
inline std::string too_large_body() {
  return status_body(504, "Timeout", "Timeout: Too large resource version: 9",
                     "ResourceVersionTooLarge");
}

struct player {
  explicit player(watched_kind kind = watched_kind::jobs, uint64_t seed = 1)
      : core({kind}, seed) {
    last = core.start();
  }

  // -- inputs -----------------------------------------------------------------

  void list(std::string body) {
    answer_list(200, std::move(body));
  }

  void answer_list(int status, std::string body = {}, std::string failure = {},
                   std::optional<std::chrono::seconds> retry_after = {}) {
    last = core.on_list_answer(
        response(status, std::move(body), std::move(failure), retry_after),
        now);
  }

  /// The answer was longer than allowed.
  void answer_too_large() {
    auto answer = response(0, {}, "the answer is longer than allowed", {});
    answer.too_large = true;
    last = core.on_list_answer(answer, now);
  }

  void open() {
    last = core.on_opened(stream_id(), now);
  }

  void bytes(std::string_view what) {
    last = core.on_bytes(stream_id(), what, now);
  }

  void close(int status = 200, std::string body = {}, std::string failure = {},
             std::optional<std::chrono::seconds> retry_after = {}) {
    last = core.on_closed(
        stream_id(),
        response(status, std::move(body), std::move(failure), retry_after),
        now);
  }

  void pass(std::chrono::nanoseconds time) {
    now += time;
  }

  /// Fires the timer that was started last.
  void due() {
    const auto* timer = find<watcher::start_timer>();
    if (timer == nullptr)
      throw std::logic_error("no timer was started");
    auto copy = *timer;
    pass(copy.delay);
    last = core.on_timer(copy.generation);
  }

  /// Completes an empty first list and opens the watch from `version`.
  void reach_watch(std::string_view version = "10") {
    list(list_of({}, version));
    open();
  }

  // -- effects ----------------------------------------------------------------

  /// The effect of this type that came last; null when there was none.
  template <class T>
  const T* find() const {
    const T* result = nullptr;
    for (const auto& effect : last)
      if (const auto* x = std::get_if<T>(&effect))
        result = x;
    return result;
  }

  template <class T>
  bool did() const {
    return find<T>() != nullptr;
  }

  /// Path of the request for a page (of the watch); empty when there was none.
  std::string page() const {
    const auto* x = find<watcher::fetch_page>();
    return x == nullptr ? std::string{} : x->path;
  }

  std::string watch() const {
    const auto* x = find<watcher::start_stream>();
    return x == nullptr ? std::string{} : x->path;
  }

  /// The value of a query parameter; empty when it is not there.
  static std::string parameter(std::string_view path, std::string_view name) {
    auto at = path.find('?');
    while (at != std::string_view::npos) {
      path.remove_prefix(at + 1);
      if (path.starts_with(name) && path.substr(name.size(), 1) == "=")
        return std::string(
            path.substr(name.size() + 1, path.find('&') - name.size() - 1));
      at = path.find('&');
    }
    return {};
  }

  std::chrono::milliseconds delay() const {
    const auto* x = find<watcher::start_timer>();
    return x == nullptr ? std::chrono::milliseconds(0) : x->delay;
  }

  const watcher::report_trouble* trouble() const {
    return find<watcher::report_trouble>();
  }

  /// The observations, each in a word: `+a@5`, `-a`, `=10`; `-a!` when the last
  /// state is known.
  std::vector<std::string> told() const {
    std::vector<std::string> result;
    for (const auto& effect : last)
      if (const auto* x = std::get_if<watcher::report_observations>(&effect))
        for (const auto& what : x->batch)
          result.push_back(word(what));
    return result;
  }

  static std::string word(const observation& what) {
    if (const auto* there = std::get_if<present>(&what))
      return '+' + key_of(*there->object).name + '@' +
             watcher::resource_version_of(*there->object);
    if (const auto* absent = std::get_if<gone>(&what))
      return '-' + absent->key.name + (absent->last ? "!" : "");
    return '=' + std::get<listed>(what).resource_version;
  }

  static api_response
  response(int status, std::string body, std::string failure,
           std::optional<std::chrono::seconds> retry_after) {
    return {status, std::make_shared<const std::string>(std::move(body)),
            std::move(failure), retry_after};
  }

  uint64_t stream_id() const {
    if (const auto* x = std::get_if<watcher::opening>(&core.state()))
      return x->id;
    if (const auto* x = std::get_if<watcher::watching>(&core.state()))
      return x->id;
    throw std::logic_error("there is no stream");
  }

  monotonic_time now{std::chrono::hours(1)};
  watcher::reflector core;
  watcher::reflector_effects last;
};

using words = std::vector<std::string>;

} // namespace locust::test
