#include "actors/api_client/duration_text.hpp"
#include "actors/api_client/transport_worker.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

// The part of the network thread that notices streams and connections from
// which nothing comes any more.

namespace locust {

namespace {

using clock = std::chrono::steady_clock;

/// The question to a silent connection. Any answer is a sign of life. This path
/// is exempt from API Priority and Fairness, and every user may read it.
constexpr auto question_path = "/livez";
/// Ends a question that nothing else ends, on a connection that lives.
constexpr std::chrono::minutes question_deadline{1};
constexpr size_t largest_livez = 64 * 1024;

} // namespace

void transport::worker::end_silent_streams() {
  if (!reads_streams_)
    return;
  auto now = clock::now();
  auto silent = [&](const transfer* t) {
    return now - t->last_byte() >= t->order().silence_limit;
  };
  for (;;) {
    auto found = std::find_if(streams_.begin(), streams_.end(), silent);
    if (found == streams_.end())
      return;
    auto& t = **found;
    flush(t);
    retire_if_dead(t);
    t.pool().remove(t);
    finish(t, t.give_up("no data from " + settings_.server.endpoint() +
                        " for " + duration_text(t.order().silence_limit)));
  }
}

bool transport::worker::speaks_http2(channel via) const {
  return via != channel::pods && settings_.server.tls && !is_http1_;
}

bool transport::worker::is_watched(const curl_pool& pool) const {
  // With HTTP/1 a question would use a connection of its own and prove nothing.
  auto reads = reads_streams_ || pool.via() != channel::streams;
  return reads && pool.size() > 0 && speaks_http2(pool.via());
}

void transport::worker::check_connections() {
  auto now = clock::now();
  for (auto& [number, pool] : pools_) {
    if (!is_watched(*pool))
      continue;
    auto step = pool->watch().next(now);
    if (step == connection_watch::step::ask)
      ask(*pool);
    else if (step == connection_watch::step::give_up)
      give_up(*pool);
  }
}

void transport::worker::ask(curl_pool& pool) {
  transfer_order order;
  order.id = question_bit | pool.number();
  order.via =
      pool.via() == channel::proxied ? channel::proxied : channel::requests;
  order.url = settings_.server.to_string() + question_path;
  order.deadline = question_deadline;
  order.largest_answer = largest_livez;
  order.as = credential_;
  start_on(pool, std::move(order));
}

void transport::worker::give_up(curl_pool& pool) {
  auto silence =
      settings_.silence.before_question + settings_.silence.after_question;
  auto why = "the connection to " + settings_.server.endpoint() +
             " is dead: no data for " + duration_text(silence) +
             ", not even an answer to GET " + question_path;
  spdlog::warn("{}; opening a new connection", why);
  retire(pool);
  std::vector<transfer*> ends;
  for (const auto& [id, t] : transfers_)
    if (&t->pool() == &pool)
      ends.push_back(t.get());
  for (auto* t : ends) {
    flush(*t);
    pool.remove(*t);
    finish(*t, t->give_up(why));
  }
}

} // namespace locust
