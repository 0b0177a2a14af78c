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

/// A cache whose entries expire. When it is full, a new entry replaces the
/// least recently used one.
template <class Value>
class expiring_map {
public:
  explicit expiring_map(size_t capacity) : all_(capacity) {
    // nop
  }

  void store(const std::string& key, Value value, monotonic_time until) {
    all_[key] = {std::move(value), until};
  }

  /// Returns null when there is no entry or it has expired.
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

/// Authorizes requests for metrics by asking the API server
/// (docs/behaviour/process.md#metrics-access). Pure: the caller passes in the
/// answers and the time.
///
///   asked --unknown token--> TokenReview --not authenticated--> unknown
///     |                           | authenticated
///     +----cached token-----------+
///                                 v
///                       SubjectAccessReview --> allowed, denied
///                         (or its cached answer)
///
/// A transient failure is retried. After a permanent one, or too many attempts,
/// the verdict is unauthenticated or undecided.
class access_guard {
public:
  static constexpr std::chrono::minutes token_counts_for{1};
  static constexpr std::chrono::minutes permission_counts_for{5};
  static constexpr std::chrono::seconds refusal_counts_for{30};
  static constexpr unsigned most_attempts = 5;
  static constexpr back_off pauses{std::chrono::milliseconds(500),
                                   std::chrono::seconds(2), 1.5};
  /// Entries per cache. Rejected tokens have a cache of their own, so that they
  /// cannot evict those of users.
  static constexpr size_t most_remembered = 1024;
  /// Open questions. A further one that the caches cannot answer ends as
  /// unauthenticated or undecided at once.
  static constexpr size_t most_open = 64;

  /// What to do next about one question: exactly one of `send`, `pause` and
  /// `verdict` is set.
  struct step {
    std::optional<api_request> send;
    /// Call `again` after this time.
    std::optional<std::chrono::milliseconds> pause;
    std::optional<access_verdict> verdict;
    /// A sentence for the log; empty if there is none.
    std::string trouble;
  };

  /// `id` must be unique among open questions.
  step ask(uint64_t id, std::string token, std::string path, std::string verb,
           monotonic_time now);

  /// The API server answered the request that `step::send` held.
  step answered(uint64_t id, const api_response& got, monotonic_time now);

  /// The pause has ended.
  step retry(uint64_t id);

  size_t open_questions() const {
    return open_.size();
  }

private:
  struct question {
    std::string token;
    std::string path;
    std::string verb;
    std::string digest{};
    /// Set once the token has been reviewed.
    std::optional<token_owner> who{};
    unsigned attempts = 0;
  };

  step next_review(uint64_t id, monotonic_time now);
  step review(question& q);
  step token_reviewed(uint64_t id, std::string_view body, monotonic_time now);
  step access_reviewed(uint64_t id, std::string_view body, monotonic_time now);
  step failed(uint64_t id, const std::string& why,
              answer_class answer = answer_class::success);
  step give_up(uint64_t id);
  step close(uint64_t id, access_verdict::kind what);

  std::unordered_map<uint64_t, question> open_;
  /// Keyed by a digest of the token, so that memory holds no tokens.
  expiring_map<token_owner> owners_{most_remembered};
  expiring_map<bool> rejected_{most_remembered};
  /// Keyed by the body of the review.
  expiring_map<bool> decisions_{most_remembered};
  /// The trouble that was logged last.
  std::string reported_;
};

} // namespace locust
