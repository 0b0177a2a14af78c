#include "actors/certificates/remarks.hpp"

#include <utility>

namespace locust {

void recurring_remarks::note(const std::string& topic, std::string key,
                             remark what) {
  now_.insert_or_assign(topic, noted{std::move(key), std::move(what)});
}

std::vector<remark> recurring_remarks::news() {
  std::vector<remark> result;
  for (const auto& [topic, found] : now_) {
    auto known = before_.find(topic);
    if (known == before_.end() || known->second.key != found.key)
      result.push_back(found.what);
  }
  for (const auto& [topic, known] : before_)
    if (known.what.level != remark_level::info && !now_.contains(topic))
      result.push_back({remark_level::info, topic + " is in order again"});
  before_ = std::exchange(now_, {});
  return result;
}

} // namespace locust
