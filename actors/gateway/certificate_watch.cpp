#include "actors/gateway/certificate_watch.hpp"

#include "actors/configuration/duration.hpp"
#include "actors/gateway/tls_pair.hpp"

namespace locust {

namespace {

using namespace std::chrono_literals;

/// Checks each second; logs at once and then every 10 s
/// (docs/behaviour/process.md#certificate-files).
constexpr auto waiting_pause = 1s;
constexpr auto line_pause = 10s;

/// docs/behaviour/process.md#certificate-files allows 10 s from a change to its
/// effect; a pair that looks broken takes one second more.
constexpr auto pause_in_use = 5s;

constexpr auto hint = "check that it was issued (for example by cert-manager) "
                      "and that its Secret is mounted, ";

certificate_watch::outcome ends(std::string sentence) {
  certificate_watch::outcome what;
  what.log_line = std::move(sentence);
  what.fatal = true;
  return what;
}

} // namespace

certificate_watch::certificate_watch(certificate_place place,
                                     monotonic_time now)
    : place_(std::move(place)), begin_(now) {
  // nop
}

std::string certificate_watch::subject() const {
  return "the " + place_.use + " certificate";
}

certificate_watch::outcome
certificate_watch::check(const certificate_view& seen, monotonic_time now) {
  bool again = last_ == seen;
  last_ = seen;
  if (in_use_ == seen) {
    reported_.clear();
    return {{}, {}, false, pause_in_use};
  }
  if (seen.chain && seen.key)
    return judge(seen, again, now);
  const auto& missing = seen.chain ? seen.key.error() : seen.chain.error();
  if (in_use_)
    return keep_current(missing.message);
  if (missing.code != errc::not_found)
    return ends(subject() + ": " + missing.message);
  return still_waiting(missing.message, now);
}

certificate_watch::outcome
certificate_watch::judge(const certificate_view& seen, bool again,
                         monotonic_time now) {
  auto made = make_tls_pair(*seen.chain, *seen.key);
  if (made) {
    in_use_ = seen;
    reported_.clear();
    return {seen, {}, false, pause_in_use};
  }
  auto trouble =
      place_.chain + " with " + place_.key + ": " + made.error().message;
  if (!again && in_use_)
    return {{}, {}, false, waiting_pause};
  if (in_use_)
    return keep_current(trouble);
  if (again)
    return ends(subject() + " cannot be used: " + trouble);
  return still_waiting(trouble, now);
}

certificate_watch::outcome
certificate_watch::still_waiting(const std::string& trouble,
                                 monotonic_time now) {
  if (place_.wait_limit > 0ns && now - begin_ >= place_.wait_limit)
    return ends("no " + place_.use + " certificate after " +
                duration_in_units(place_.wait_limit) + ": " + trouble + "; " +
                hint + place_.alternative);
  outcome what;
  what.next = waiting_pause;
  if (!last_line_ || now - *last_line_ >= line_pause) {
    last_line_ = now;
    what.log_line = "waiting for " + subject() + ": " + trouble;
  }
  return what;
}

certificate_watch::outcome
certificate_watch::keep_current(const std::string& trouble) {
  outcome what;
  what.next = pause_in_use;
  if (reported_ != trouble) {
    reported_ = trouble;
    what.log_line =
        "keeping the current " + place_.use + " certificate: " + trouble;
  }
  return what;
}

} // namespace locust
