#include "actors/certificates/log_deduplicator.hpp"

#include <utility>

namespace locust {

void log_deduplicator::note(const std::string& topic, std::string key,
                            log_message what) {
  now_.insert_or_assign(topic, noted{std::move(key), std::move(what)});
}

std::vector<log_message> log_deduplicator::take_new() {
  std::vector<log_message> result;
  for (const auto& [topic, found] : now_) {
    auto known = before_.find(topic);
    if (known == before_.end() || known->second.key != found.key)
      result.push_back(found.what);
  }
  for (const auto& [topic, known] : before_)
    if (known.what.level != message_level::info && !now_.contains(topic))
      result.push_back(
          {message_level::info, topic + ": the problem is resolved"});
  before_ = std::exchange(now_, {});
  return result;
}

} // namespace locust
