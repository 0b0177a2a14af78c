#include "tools/lib/bench/player/client.hpp"

namespace locust::bench {

namespace {

constexpr int most_attempts = 5;
constexpr auto pause_before_retry = std::chrono::seconds(1);
constexpr auto deadline = std::chrono::seconds(60);
constexpr auto silence_limit = std::chrono::minutes(10);
constexpr size_t largest_answer = size_t{64} << 20;
constexpr size_t shown_of_answer = 400;

std::shared_ptr<const credential> credential_of(const cluster_access& access) {
  credential found;
  if (const auto* fixed = std::get_if<static_token>(&access.token))
    found.token = fixed->token;
  return std::make_shared<const credential>(std::move(found));
}

bool may_repeat(int status) {
  return status == 0 || status == 429 || status >= 500;
}

} // namespace

client::client(reactor& loop, const cluster_access& access,
               std::string user_agent, size_t in_flight)
    : loop_(loop), server_(parse_server_url(access.server)->to_string()),
      credential_(credential_of(access)), most_in_flight_(in_flight),
      handler_([this](transfer_event& event) { take(event); }),
      transport_(access, std::move(user_agent),
                 [this](std::vector<transfer_event> events) {
                   loop_.post(&handler_, std::move(events));
                 }) {
  // nop
}

void client::send(http_verb verb, std::string path, std::string body,
                  on_answer done) {
  request what;
  what.verb = verb;
  what.path = std::move(path);
  if (!body.empty())
    what.body = std::make_shared<const std::string>(std::move(body));
  what.done = std::move(done);
  waiting_.push_back(std::move(what));
  fill();
}

void client::watch(const std::string& path, on_line line,
                   std::function<void()> ended) {
  auto opening = order(http_verb::get, path);
  opening.via = channel::streams;
  opening.deadline = {};
  opening.silence_limit = silence_limit;
  streams_.emplace(opening.id,
                   stream{std::move(line), std::move(ended), line_splitter()});
  transport_.start(std::move(opening));
}

void client::fill() {
  while (in_flight_ < most_in_flight_ && !waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    start(std::move(next));
  }
}

void client::start(request what) {
  auto next = order(what.verb, what.path);
  next.body = what.body;
  ++what.attempts;
  ++in_flight_;
  requests_.emplace(next.id, std::move(what));
  transport_.start(std::move(next));
}

transfer_order client::order(http_verb verb, const std::string& path) {
  transfer_order made;
  made.id = ++last_id_;
  made.verb = verb;
  made.url = server_ + path;
  made.deadline = deadline;
  made.largest_answer = largest_answer;
  made.as = credential_;
  return made;
}

void client::take(transfer_event& event) {
  if (auto at = streams_.find(event.id); at != streams_.end()) {
    auto& from = at->second;
    if (event.what == transfer_event::kind::data) {
      from.splitter.feed(*event.body);
      while (auto line = from.splitter.next())
        from.line(*line);
    } else if (event.what == transfer_event::kind::ended) {
      auto ended = std::move(from.ended);
      streams_.erase(at);
      if (event.status != 200)
        throw failure(
            "a watch could not be opened: " + std::to_string(event.status) +
            ' ' + event.failure + event.body->substr(0, shown_of_answer));
      ended();
    }
    return;
  }
  if (event.what != transfer_event::kind::ended)
    return;
  auto found = requests_.extract(event.id);
  if (found.empty())
    return;
  --in_flight_;
  take_answer(std::move(found.mapped()), event);
  fill();
}

void client::take_answer(request what, const transfer_event& event) {
  auto is_repeated = what.attempts > 1;
  if (event.status == 200 || event.status == 201 ||
      (event.status == 409 && is_repeated && what.verb == http_verb::post))
    return what.done(*event.body);
  if (!may_repeat(event.status) || what.attempts > most_attempts)
    throw failure("the API server refused a request to " + what.path + ": " +
                  std::to_string(event.status) + ' ' + event.failure +
                  event.body->substr(0, shown_of_answer));
  auto kept = std::make_shared<request>(std::move(what));
  loop_.after(pause_before_retry, [this, kept] {
    waiting_.push_front(std::move(*kept));
    fill();
  });
}

} // namespace locust::bench
