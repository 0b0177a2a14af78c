#pragma once

#include "actors/access_guard/reviews.hpp"
#include "protocol/access.hpp"
#include "protocol/api_call.hpp"
#include "protocol/basics/back_off.hpp"
#include "protocol/basics/lru_map.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace locust {

/// Remembers values for a time each, and at most so many: what nobody asked
/// for the longest time makes room.
template <class Value>
class expiring_map {
public:
  explicit expiring_map(size_t capacity) : all_(capacity) {
    // nop
  }

  void store(const std::string& key, Value value, monotonic_time until) {
    all_[key] = {std::move(value), until};
  }

  /// Null when there is none that still holds.
  const Value* find(const std::string& key, monotonic_time now) {
    auto* found = all_.find(key);
    return found != nullptr && now < found->second ? &found->first : nullptr;
  }

  size_t size() const {
    return all_.size();
  }

private:
  lru_map<std::pair<Value, monotonic_time>> all_;
};

/// Decides who may read our pages, by asking the API server
/// (docs/behaviour/process.md#metrics-access). Pure: is told what it answered
/// and how late it is.
///
///   asked --unknown token--> TokenReview --is nobody's--> unknown
///     |                           | is somebody's
///     +----known token------------+
///                                 v
///                       SubjectAccessReview --> allowed, denied
///                         (or what it said a moment ago)
///
/// An attempt that fails for a moment is repeated; one that cannot be helped
/// ends as unauthenticated or undecided.
class access_guard {
public:
  static constexpr std::chrono::minutes token_counts_for{1};
  static constexpr std::chrono::minutes permission_counts_for{5};
  static constexpr std::chrono::seconds refusal_counts_for{30};
  static constexpr unsigned most_attempts = 5;
  static constexpr back_off pauses{std::chrono::milliseconds(500),
                                   std::chrono::seconds(2), 1.5};
  /// Entries of each memory. Tokens of strangers are kept apart, so that they
  /// cannot push out those of users.
  static constexpr size_t most_remembered = 1024;
  /// Questions without a verdict. One more that memory cannot answer ends as
  /// unauthenticated or undecided at once.
  static constexpr size_t most_open = 64;

  /// What to do next about one question; one of the three.
  struct step {
    std::optional<api_request> send;
    /// Call `again` after this time.
    std::optional<std::chrono::milliseconds> pause;
    std::optional<access_verdict> verdict;
    /// A sentence for the log; empty for none.
    std::string trouble;
  };

  /// `id`: unique among the questions that have no verdict.
  step ask(uint64_t id, std::string token, std::string path, std::string verb,
           monotonic_time now);

  /// The answer to the request.
  step answered(uint64_t id, const api_response& got, monotonic_time now);

  /// The pause is over.
  step again(uint64_t id);

  size_t open_questions() const {
    return open_.size();
  }

private:
  struct question {
    std::string token;
    std::string path;
    std::string verb;
    std::string digest{};
    /// Known once the token was reviewed.
    std::optional<token_owner> who{};
    unsigned attempts = 0;
  };

  step go_on(uint64_t id, monotonic_time now);
  step review(question& q);
  step token_reviewed(uint64_t id, std::string_view body, monotonic_time now);
  step access_reviewed(uint64_t id, std::string_view body, monotonic_time now);
  step failed(uint64_t id, const std::string& why,
              answer_class answer = answer_class::success);
  step give_up(uint64_t id);
  step close(uint64_t id, access_verdict::kind what);

  std::unordered_map<uint64_t, question> open_;
  /// By a digest of the token: nobody finds tokens in our memory later.
  expiring_map<token_owner> owners_{most_remembered};
  expiring_map<bool> strangers_{most_remembered};
  /// By the text of the review.
  expiring_map<bool> decisions_{most_remembered};
  /// The last trouble that was told.
  std::string told_;
};

} // namespace locust
