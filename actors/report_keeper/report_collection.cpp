#include "actors/report_keeper/report_collection.hpp"

#include "protocol/children.hpp"
#include "protocol/kubernetes/answer.hpp"
#include "protocol/kubernetes/api_object.hpp"
#include "protocol/kubernetes/failure_text.hpp"
#include "protocol/kubernetes/retry_delay.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace locust {

namespace {

const std::string ended_text = "the Locust master had ended";

/// How much of a uid makes a name unique within a namespace.
constexpr size_t uid_part = 8;

bool exists(const api_response& answer) {
  return class_of(answer) == answer_class::conflict &&
         status_of(answer).reason == "AlreadyExists";
}

} // namespace

std::string report_name(std::string_view test_name) {
  return sanitised(test_name) + "-report";
}

std::string second_report_name(std::string_view test_name,
                               std::string_view test_uid) {
  return report_name(test_name) + '-' +
         std::string(test_uid.substr(0, uid_part));
}

report_collection::report_collection(keep_report what, monotonic_time now)
    : what_(std::move(what)), document_(what_.test, what_.test_uid),
      name_(report_name(what_.test.name)), due_(now + what_.delay) {
  // nop
}

std::optional<api_request> report_collection::next(monotonic_time now) {
  if (!fetch_until_)
    fetch_until_ = now + longest_fetch;
  if (!has_all() && now >= *fetch_until_)
    leave_out_rest("not fetched within " +
                       std::to_string(longest_fetch.count()) + " s",
                   now);
  if (!has_all())
    return fetch(report_files[file_], *fetch_until_ - now);
  finish_if_empty();
  if (!store_until_)
    store_until_ = now + longest_store;
  if (result_)
    return std::nullopt;
  return store();
}

void report_collection::answered(const api_response& answer,
                                 monotonic_time now) {
  due_ = now;
  if (std::exchange(pending_, awaited::none) == awaited::file)
    fetched(answer, now);
  else
    stored(answer, now);
}

void report_collection::master_ended(monotonic_time now) {
  master_ended_ = true;
  if (!is_pending() && !has_all())
    leave_out_rest(ended_text, now);
}

// -- fetching -----------------------------------------------------------------

api_request report_collection::fetch(const report_file& file,
                                     monotonic_time::duration left) {
  pending_ = awaited::file;
  api_request request;
  request.target = what_.web_url + std::string(file.path);
  request.in = lane::load;
  request.deadline = std::min<std::chrono::milliseconds>(
      file_deadline, std::chrono::ceil<std::chrono::milliseconds>(left));
  request.accept = "*/*";
  return request;
}

void report_collection::fetched(const api_response& answer,
                                monotonic_time now) {
  const auto& file = report_files[file_];
  if (answer.refused) {
    master_ended_ = true;
  } else if (answer.status == 200 && answer.failure.empty()) {
    document_.add(file, body_of(answer));
    ++file_;
    failures_ = 0;
  } else if (answer.status >= 300 && answer.status < 500) {
    leave_out("the Locust master answered " + std::to_string(answer.status));
  } else if (++failures_ == most_attempts) {
    leave_out(answer.failure.empty() ? in_words(answer) : answer.failure);
  } else {
    due_ = now + pause;
  }
  if (master_ended_)
    leave_out_rest(ended_text, now);
}

/// Goes on without the next file.
void report_collection::leave_out(const std::string& why) {
  document_.leave_out(report_files[file_++], why);
  failures_ = 0;
}

void report_collection::leave_out_rest(const std::string& why,
                                       monotonic_time now) {
  while (!has_all())
    leave_out(why);
  due_ = now;
  finish_if_empty();
}

// -- storing ------------------------------------------------------------------

api_request report_collection::store() {
  pending_ = awaited::creation;
  api_request request;
  request.verb = http_verb::post;
  request.target = collection_path(resources::config_maps, what_.test.ns);
  request.body = std::make_shared<const std::string>(document_.render(name_));
  request.in = lane::background;
  request.deadline = store_deadline;
  return request;
}

/// The operator may only create ConfigMaps, so it cannot look whose an existing
/// one is. One with the second name is this run's own.
void report_collection::stored(const api_response& answer, monotonic_time now) {
  auto what = class_of(answer);
  bool taken = exists(answer);
  bool may_pass = is_transient(what) || what == answer_class::conflict;
  if (what == answer_class::success || (taken && is_second_name_)) {
    finish(name_, document_.remarks());
  } else if (taken) {
    name_ = second_report_name(what_.test.name, what_.test_uid);
    is_second_name_ = true;
  } else if (may_pass && now < *store_until_) {
    due_ = now + transient_delay(++failures_, what_.test_uid);
  } else {
    finish({}, describe_failure("create",
                                {resources::config_maps, what_.test.ns, name_},
                                answer));
  }
}

/// Without a file there is nothing to store.
void report_collection::finish_if_empty() {
  if (document_.empty())
    finish({}, document_.remarks());
}

void report_collection::finish(std::string config_map, std::string message) {
  if (config_map.empty())
    result_ = report_result{{}, {}, std::move(message)};
  else
    result_ = report_result{std::move(config_map), document_.omitted(),
                            std::move(message)};
}

} // namespace locust
