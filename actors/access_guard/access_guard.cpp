#include "actors/access_guard/access_guard.hpp"

#include "protocol/kubernetes/failure_text.hpp"

#include <openssl/evp.h>

#include <array>

namespace locust {

namespace {

using verdict = access_verdict::kind;

/// Returns nothing when OpenSSL fails: with one digest for all tokens, all
/// callers would share one identity.
std::optional<std::string> digest_of(std::string_view token) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(token.data(), token.size(), bytes.data(), &size, EVP_sha256(),
                 nullptr) != 1)
    return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes.data()), size);
}

} // namespace

access_guard::step access_guard::ask(uint64_t id, std::string token,
                                     std::string path, std::string verb,
                                     monotonic_time now) {
  auto digest = digest_of(token);
  auto& q = open_[id];
  q = {std::move(token), std::move(path), std::move(verb)};
  if (!digest)
    return failed(id, "cannot hash the token");
  q.digest = std::move(*digest);
  if (const auto* who = owners_.find(q.digest, now))
    q.who = *who;
  else if (rejected_.find(q.digest, now) != nullptr)
    return close(id, verdict::unknown);
  auto next = next_review(id, now);
  return next.send && open_.size() > most_open ? give_up(id) : next;
}

access_guard::step access_guard::answered(uint64_t id, const api_response& got,
                                          monotonic_time now) {
  auto at = open_.find(id);
  if (at == open_.end())
    return {};
  auto& q = at->second;
  if (is_success(got))
    return q.who ? access_reviewed(id, *got.body, now)
                 : token_reviewed(id, *got.body, now);
  if (!is_transient(class_of(got)) || q.attempts >= most_attempts)
    return failed(id, in_words(got), class_of(got));
  step next;
  // The API client itself honours Retry-After.
  next.pause = pauses.delay(q.attempts);
  return next;
}

access_guard::step access_guard::retry(uint64_t id) {
  auto at = open_.find(id);
  return at == open_.end() ? step{} : review(at->second);
}

/// Sends the next review, unless its answer is cached.
access_guard::step access_guard::next_review(uint64_t id, monotonic_time now) {
  auto& q = open_.at(id);
  q.attempts = 0;
  auto next = review(q);
  if (q.who)
    if (const auto* allowed = decisions_.find(*next.send->body, now))
      return close(id, *allowed ? verdict::allowed : verdict::denied);
  return next;
}

access_guard::step access_guard::review(question& q) {
  ++q.attempts;
  step next;
  next.send = q.who ? subject_access_review(*q.who, q.path, q.verb)
                    : token_review(q.token);
  return next;
}

access_guard::step access_guard::token_reviewed(uint64_t id,
                                                std::string_view body,
                                                monotonic_time now) {
  auto said = read_token_review(body);
  if (!said)
    return failed(id, "unexpected answer: " + said.error().message);
  reported_.clear();
  auto& q = open_.at(id);
  auto until = now + token_counts_for;
  if (!*said) {
    rejected_.store(q.digest, true, until);
    return close(id, verdict::unknown);
  }
  owners_.store(q.digest, **said, until);
  q.who = std::move(**said);
  return next_review(id, now);
}

access_guard::step access_guard::access_reviewed(uint64_t id,
                                                 std::string_view body,
                                                 monotonic_time now) {
  auto allowed = read_subject_access_review(body);
  if (!allowed)
    return failed(id, "unexpected answer: " + allowed.error().message);
  reported_.clear();
  const auto& q = open_.at(id);
  auto key = *subject_access_review(*q.who, q.path, q.verb).body;
  if (*allowed)
    decisions_.store(key, true, now + permission_counts_for);
  else
    decisions_.store(key, false, now + refusal_counts_for);
  return close(id, *allowed ? verdict::allowed : verdict::denied);
}

access_guard::step access_guard::failed(uint64_t id, const std::string& why,
                                        answer_class answer) {
  const auto& review = open_.at(id).who ? resources::subject_access_reviews
                                        : resources::token_reviews;
  auto next = give_up(id);
  auto trouble = "cannot authorize requests for metrics: creating " +
                 qualified_name(review) + " failed: " + why;
  if (answer == answer_class::forbidden)
    trouble +=
        "; " + permission_to_grant("create", review) + " with a ClusterRole";
  if (std::exchange(reported_, trouble) != trouble)
    next.trouble = std::move(trouble);
  return next;
}

access_guard::step access_guard::give_up(uint64_t id) {
  return close(id, open_.at(id).who ? verdict::undecided
                                    : verdict::unauthenticated);
}

access_guard::step access_guard::close(uint64_t id, verdict what) {
  auto at = open_.find(id);
  step last;
  last.verdict = {what, at->second.who ? at->second.who->name : ""};
  open_.erase(at);
  return last;
}

} // namespace locust
