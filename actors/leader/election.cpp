#include "actors/leader/election.hpp"

#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/failure_text.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

using std::chrono::nanoseconds;

/// As in client-go (JitterFactor): an attempt is delayed by up to this share of
/// the retry period.
constexpr double jitter = 1.2;

/// For the release: the process is shutting down and has little time.
constexpr std::chrono::seconds release_deadline{1};

/// As in client-go: other replicas may acquire the Lease at once.
constexpr int64_t released_seconds = 1;

nanoseconds whole_milliseconds(nanoseconds d) {
  return std::max(std::chrono::floor<std::chrono::milliseconds>(d),
                  std::chrono::milliseconds(1));
}

} // namespace

election::election(election_settings settings, uint64_t seed)
    : settings_(std::move(settings)), lease_(lease_in(settings_.ns)),
      random_(static_cast<std::minstd_rand::result_type>(seed)) {
  // nop
}

// -- inputs -------------------------------------------------------------------

election_step election::begin(election_time now) {
  election_step out;
  attempt(now, out);
  return out;
}

election_step election::answered(const api_response& response,
                                 election_time now) {
  election_step out;
  auto what = std::exchange(in_flight_, request_kind::none);
  if (over_ || give_up_in_time(now, out))
    return out;
  switch (what) {
  case request_kind::none:
    break;
  case request_kind::read:
    read(response, now, out);
    break;
  case request_kind::create:
  case request_kind::update:
    written(what, response, now, out);
    break;
  case request_kind::free:
    freed(response, now, out);
  }
  return out;
}

election_step election::wake(election_time now) {
  election_step out;
  if (over_ || give_up_in_time(now, out))
    return out;
  if (in_flight_ == request_kind::none && !releasing_ && now.boot >= next_)
    attempt(now, out);
  return out;
}

election_step election::seen(std::string_view line, election_time now) {
  election_step out;
  if (over_ || leads_ || !watches_)
    return out;
  auto event = read_lease_event(line);
  if (!event) {
    watches_ = false;
    out.unfollow = true;
    schedule_retry(now);
    return out;
  }
  if (event->lease)
    learn(std::move(*event->lease), now, out);
  else
    on_absent();
  if (in_flight_ != request_kind::none || releasing_)
    return out;
  if (!event->lease || is_free(now))
    attempt(now, out);
  else
    next_ = expiry();
  return out;
}

election_step election::closed(int status, election_time now) {
  election_step out;
  if (over_ || !std::exchange(watches_, false))
    return out;
  if (class_of(status) == answer_class::forbidden &&
      std::exchange(may_watch_, false))
    out.messages.push_back({message_level::info, "not permitted to watch " +
                                                     in_words(lease_) +
                                                     "; polling it instead"});
  schedule_retry(now);
  return out;
}

election_step election::release(election_time now) {
  election_step out;
  releasing_ = true;
  if (over_ || give_up_in_time(now, out))
    out.released = false;
  else if (in_flight_ == request_kind::none && leads_)
    free(now, out);
  else if (in_flight_ == request_kind::none ||
           (in_flight_ == request_kind::read && !leads_))
    out.released = true; // this replica does not hold it
  // Otherwise the answer to the request in flight decides.
  return out;
}

std::optional<boot_time> election::wakes_at() const {
  if (over_)
    return std::nullopt;
  auto deadline = renewed_ + settings_.renew_deadline;
  bool waits = in_flight_ == request_kind::none && !releasing_;
  if (leads_)
    return waits ? std::min(next_, deadline) : deadline;
  return waits ? std::optional(next_) : std::nullopt;
}

// -- attempts -----------------------------------------------------------------

void election::attempt(election_time now, election_step& out) {
  next_ = now.boot + settings_.retry_period;
  if (leads_ && seen_)
    take(now, out); // the object that we wrote is most likely still current
  else
    send(request_kind::read, get_lease(lease_), now, out);
}

void election::take(election_time now, election_step& out) {
  auto record = claim(now);
  if (seen_)
    send(request_kind::update, update_lease(lease_, *seen_, record), now, out);
  else
    send(request_kind::create, create_lease(lease_, record), now, out);
}

void election::free(election_time now, election_step& out) {
  auto record = claim(now);
  record.holder.clear();
  record.duration_seconds = released_seconds;
  record.acquire_time = record.renew_time;
  send(request_kind::free, update_lease(lease_, *seen_, record), now, out);
}

void election::send(request_kind what, api_request request, election_time now,
                    election_step& out) {
  in_flight_ = what;
  sent_ = now.boot;
  // Half, as in client-go, so that there is time for a second attempt.
  nanoseconds limit = settings_.renew_deadline / 2;
  if (leads_)
    limit = std::min(limit, renewed_ + settings_.renew_deadline - now.boot);
  if (releasing_)
    limit = std::min<nanoseconds>(limit, release_deadline);
  request.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
      whole_milliseconds(limit));
  out.request = std::move(request);
}

// -- answers ------------------------------------------------------------------

void election::read(const api_response& response, election_time now,
                    election_step& out) {
  if (class_of(response) == answer_class::not_found) {
    on_absent();
  } else if (!is_success(response)) {
    retry_later("get", response, now, out);
    return;
  } else if (auto lease = read_lease(*response.body)) {
    learn(std::move(*lease), now, out);
  } else {
    retry_later("get", no_answer(lease.error().message), now, out);
    return;
  }
  if (leads_ && seen_ && seen_->record.holder != settings_.identity)
    lose("the Lease is held by \"" + seen_->record.holder + '"', out);
  else if (releasing_ && leads_ && seen_)
    free(now, out);
  else if (releasing_)
    out.released = true;
  else if (is_free(now))
    take(now, out);
  else
    wait(now, out);
}

void election::written(request_kind what, const api_response& response,
                       election_time now, election_step& out) {
  if (is_success(response)) {
    if (auto lease = read_lease(*response.body)) {
      observe(std::move(*lease), now, out);
      win(now, out);
      return;
    }
  }
  auto answer = class_of(response);
  bool is_changed = answer == answer_class::conflict;
  if (releasing_ && !leads_) {
    out.released = true;
  } else if (leads_ && (is_changed || answer == answer_class::not_found)) {
    send(request_kind::read, get_lease(lease_), now, out);
  } else if (is_changed) {
    schedule_retry(now); // another replica was faster
  } else {
    retry_later(what == request_kind::create ? "create" : "update", response,
                now, out);
  }
}

void election::freed(const api_response& response, election_time now,
                     election_step& out) {
  if (class_of(response) == answer_class::conflict) {
    // A renewal that had seemed to fail was stored after all.
    send(request_kind::read, get_lease(lease_), now, out);
    return;
  }
  over_ = true;
  out.released = is_success(response);
  if (!*out.released)
    out.messages.push_back({message_level::warning,
                            "the Lease could not be released; another replica "
                            "can take over only after it expires: " +
                                describe_failure("update", lease_, response)});
}

/// Answers and watch events arrive independently, so one of them may be stale.
void election::learn(stored_lease lease, election_time now,
                     election_step& out) {
  if (!seen_ || !is_older(lease, *seen_))
    observe(std::move(lease), now, out);
}

void election::observe(stored_lease lease, election_time now,
                       election_step& out) {
  if (seen_ && seen_->record == lease.record) {
    seen_ = std::move(lease);
    return;
  }
  const auto& holder = lease.record.holder;
  bool is_new = !seen_ || seen_->record.holder != holder;
  if (is_new && holder != settings_.identity)
    out.messages.push_back(
        {message_level::info,
         in_words(lease_) +
             (holder.empty() ? " is free" : " is held by " + holder)});
  seen_ = std::move(lease);
  observed_ = now.boot;
}

/// The Lease does not exist. The previous holder finds out only when it renews.
void election::on_absent() {
  if (seen_ && !is_ours_or_nobodys())
    vacant_ = expiry();
  seen_.reset();
}

void election::win(election_time now, election_step& out) {
  reported_.clear();
  renewed_ = sent_;
  auto until = sent_ + settings_.renew_deadline;
  bool first = !std::exchange(leads_, true);
  next_ = sent_ + settings_.retry_period;
  if (give_up_in_time(now, out))
    return; // the answer arrived after the renew deadline
  if (releasing_) {
    free(now, out);
    return;
  }
  out.held_until = until;
  if (!first)
    return;
  out.unfollow = std::exchange(watches_, false);
  out.won = leader_event(lease_, *seen_, settings_.identity, now.wall,
                         nanoseconds(now.wall.time_since_epoch()).count());
  out.messages.push_back(
      {message_level::info, settings_.identity + " became leader"});
}

void election::lose(std::string why, election_step& out) {
  over_ = true;
  leads_ = false;
  if (releasing_)
    out.released = false;
  else
    out.lost = std::move(why);
}

/// Logs the failure and retries later, unless the renew deadline ends first.
void election::retry_later(std::string_view verb, const api_response& response,
                           election_time now, election_step& out) {
  auto words = describe_failure(verb, lease_, response);
  if (words != reported_)
    out.messages.push_back({message_level::warning, words});
  reported_ = std::move(words);
  if (releasing_)
    out.released = false;
  else if (!leads_)
    schedule_retry(now);
}

/// Another replica holds the Lease. A watch shows when it renews, releases or
/// deletes it.
void election::wait(election_time now, election_step& out) {
  schedule_retry(now);
  if (!seen_)
    next_ = std::min(next_, vacant_);
  if (!seen_ || !may_watch_)
    return;
  next_ = expiry();
  if (!std::exchange(watches_, true))
    out.follow = watch_lease(lease_, seen_->resource_version);
}

/// Without a watch the Lease is polled, as in client-go.
void election::schedule_retry(election_time now) {
  next_ = now.boot + with_jitter(settings_.retry_period);
}

// -- time ---------------------------------------------------------------------

/// Gives up when the renew deadline has passed. Returns whether it has.
bool election::give_up_in_time(election_time now, election_step& out) {
  if (!leads_ || now.boot < renewed_ + settings_.renew_deadline)
    return false;
  lose("the Lease could not be renewed in time" +
           (reported_.empty() ? "" : ": " + reported_),
       out);
  return true;
}

bool election::is_free(election_time now) const {
  if (!seen_)
    return now.boot >= vacant_;
  return is_ours_or_nobodys() || now.boot >= expiry();
}

bool election::is_ours_or_nobodys() const {
  const auto& holder = seen_->record.holder;
  return holder.empty() || holder == settings_.identity;
}

boot_time election::expiry() const {
  return observed_ + std::chrono::seconds(seen_->record.duration_seconds);
}

nanoseconds election::with_jitter(nanoseconds d) {
  std::uniform_real_distribution<double> share(0.0, jitter);
  return d + std::chrono::duration_cast<nanoseconds>(d * share(random_));
}

/// The record that this replica writes.
lease_record election::claim(election_time now) const {
  lease_record record;
  record.holder = settings_.identity;
  record.duration_seconds =
      std::chrono::floor<std::chrono::seconds>(settings_.lease_duration)
          .count();
  record.renew_time = record.acquire_time = to_rfc3339_micro(now.wall);
  if (!seen_)
    return record;
  bool ours = seen_->record.holder == settings_.identity;
  if (ours && !seen_->record.acquire_time.empty())
    record.acquire_time = seen_->record.acquire_time;
  record.transitions = seen_->record.transitions + (ours ? 0 : 1);
  return record;
}

} // namespace locust
