#include "actors/leader/election.hpp"

#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/failure_text.hpp"

#include <algorithm>
#include <utility>

namespace locust {

namespace {

using std::chrono::nanoseconds;

/// client-go's: attempts are up to so much of the retry period later.
constexpr double jitter = 1.2;

/// For the last request: who stops has little time.
constexpr std::chrono::seconds release_deadline{1};

/// As client-go writes it: others may take it at once.
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

// -- what happens -------------------------------------------------------------

election_step election::begin(election_time now) {
  election_step out;
  attempt(now, out);
  return out;
}

election_step election::answered(const api_response& response,
                                 election_time now) {
  election_step out;
  auto what = std::exchange(errand_, errand::none);
  if (over_ || give_up_in_time(now, out))
    return out;
  switch (what) {
  case errand::none:
    break;
  case errand::read:
    read(response, now, out);
    break;
  case errand::create:
  case errand::update:
    written(what, response, now, out);
    break;
  case errand::free:
    freed(response, now, out);
  }
  return out;
}

election_step election::look(election_time now) {
  election_step out;
  if (over_ || give_up_in_time(now, out))
    return out;
  if (errand_ == errand::none && !releasing_ && now.boot >= next_)
    attempt(now, out);
  return out;
}

election_step election::seen(std::string_view line, election_time now) {
  election_step out;
  if (over_ || leads_ || !follows_)
    return out;
  auto event = read_lease_event(line);
  if (!event) {
    follows_ = false;
    out.unfollow = true;
    try_later(now);
    return out;
  }
  if (event->lease)
    learn(std::move(*event->lease), now, out);
  else
    miss();
  if (errand_ != errand::none || releasing_)
    return out;
  if (!event->lease || is_free(now))
    attempt(now, out);
  else
    next_ = expiry();
  return out;
}

election_step election::closed(int status, election_time now) {
  election_step out;
  if (over_ || !std::exchange(follows_, false))
    return out;
  if (class_of(status) == answer_class::forbidden &&
      std::exchange(may_follow_, false))
    out.remarks.push_back(
        {remark_level::info, "not permitted to watch " + in_words(lease_) +
                                 "; it is read every now and then instead"});
  try_later(now);
  return out;
}

election_step election::release(election_time now) {
  election_step out;
  releasing_ = true;
  if (over_ || give_up_in_time(now, out))
    out.released = false;
  else if (errand_ == errand::none && leads_)
    free(now, out);
  else if (errand_ == errand::none || (errand_ == errand::read && !leads_))
    out.released = true; // it is not ours
  // Else the answer shows whether it is.
  return out;
}

std::optional<boot_time> election::looks_at() const {
  if (over_)
    return std::nullopt;
  auto deadline = renewed_ + settings_.renew_deadline;
  bool waits = errand_ == errand::none && !releasing_;
  if (leads_)
    return waits ? std::min(next_, deadline) : deadline;
  return waits ? std::optional(next_) : std::nullopt;
}

// -- attempts -----------------------------------------------------------------

void election::attempt(election_time now, election_step& out) {
  next_ = now.boot + settings_.retry_period;
  if (leads_ && seen_)
    take(now, out); // what we wrote is still there, as a rule
  else
    send(errand::read, get_lease(lease_), now, out);
}

void election::take(election_time now, election_step& out) {
  auto record = claim(now);
  if (seen_)
    send(errand::update, update_lease(lease_, *seen_, record), now, out);
  else
    send(errand::create, create_lease(lease_, record), now, out);
}

void election::free(election_time now, election_step& out) {
  auto record = claim(now);
  record.holder.clear();
  record.duration_seconds = released_seconds;
  record.acquire_time = record.renew_time;
  send(errand::free, update_lease(lease_, *seen_, record), now, out);
}

void election::send(errand what, api_request request, election_time now,
                    election_step& out) {
  errand_ = what;
  sent_ = now.boot;
  // client-go's half, so that there is time for a second attempt.
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
    miss();
  } else if (!is_success(response)) {
    put_off("get", response, now, out);
    return;
  } else if (auto lease = read_lease(*response.body)) {
    learn(std::move(*lease), now, out);
  } else {
    put_off("get", no_answer(lease.error().message), now, out);
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

void election::written(errand what, const api_response& response,
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
    send(errand::read, get_lease(lease_), now, out);
  } else if (is_changed) {
    try_later(now); // somebody else was quicker
  } else {
    put_off(what == errand::create ? "create" : "update", response, now, out);
  }
}

void election::freed(const api_response& response, election_time now,
                     election_step& out) {
  if (class_of(response) == answer_class::conflict) {
    // An earlier renewal was stored after all
    send(errand::read, get_lease(lease_), now, out);
    return;
  }
  over_ = true;
  out.released = is_success(response);
  if (!*out.released)
    out.remarks.push_back({remark_level::warning,
                           "the Lease could not be released; another replica "
                           "waits until it has expired: " +
                               describe_failure("update", lease_, response)});
}

/// Answers and the watch come by different ways, so one may be late.
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
  bool news = !seen_ || seen_->record.holder != holder;
  if (news && holder != settings_.identity)
    out.remarks.push_back(
        {remark_level::info,
         in_words(lease_) +
             (holder.empty() ? " is free" : " is held by " + holder)});
  seen_ = std::move(lease);
  observed_ = now.boot;
}

/// It is not there. Who had it learns that late, at the next renewal.
void election::miss() {
  if (seen_ && !is_ours_or_nobodys())
    vacant_ = expiry();
  seen_.reset();
}

void election::win(election_time now, election_step& out) {
  trouble_.clear();
  renewed_ = sent_;
  auto until = sent_ + settings_.renew_deadline;
  bool first = !std::exchange(leads_, true);
  next_ = sent_ + settings_.retry_period;
  if (give_up_in_time(now, out))
    return; // the answer took too long
  if (releasing_) {
    free(now, out);
    return;
  }
  out.held_until = until;
  if (!first)
    return;
  out.unfollow = std::exchange(follows_, false);
  out.won = leader_event(lease_, *seen_, settings_.identity, now.wall,
                         nanoseconds(now.wall.time_since_epoch()).count());
  out.remarks.push_back(
      {remark_level::info, settings_.identity + " became leader"});
}

void election::lose(std::string why, election_step& out) {
  over_ = true;
  leads_ = false;
  if (releasing_)
    out.released = false;
  else
    out.lost = std::move(why);
}

/// Tries again after a while, if there still is time.
void election::put_off(std::string_view verb, const api_response& response,
                       election_time now, election_step& out) {
  auto words = describe_failure(verb, lease_, response);
  if (words != trouble_)
    out.remarks.push_back({remark_level::warning, words});
  trouble_ = std::move(words);
  if (releasing_)
    out.released = false;
  else if (!leads_)
    try_later(now);
}

/// Another one has it: its signs of life, its release and its end are seen by a
/// watch.
void election::wait(election_time now, election_step& out) {
  try_later(now);
  if (!seen_)
    next_ = std::min(next_, vacant_);
  if (!seen_ || !may_follow_)
    return;
  next_ = expiry();
  if (!std::exchange(follows_, true))
    out.follow = watch_lease(lease_, seen_->resource_version);
}

/// Where there is no watch it is read again and again, as client-go does.
void election::try_later(election_time now) {
  next_ = now.boot + with_jitter(settings_.retry_period);
}

// -- time ---------------------------------------------------------------------

/// Gives up when it was not renewed in time. Returns whether it was so.
bool election::give_up_in_time(election_time now, election_step& out) {
  if (!leads_ || now.boot < renewed_ + settings_.renew_deadline)
    return false;
  lose("the Lease could not be renewed in time" +
           (trouble_.empty() ? "" : ": " + trouble_),
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

/// What we write into it.
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
