#include "actors/api_client/connection_watch.hpp"

#include <algorithm>

namespace locust {

connection_watch::step connection_watch::next(monotonic_time now) {
  if (now < due())
    return step::none;
  if (asked_)
    return step::give_up;
  // Silence counts against the server only after a question. So a process that
  // was frozen for minutes asks first.
  asked_ = now;
  return step::ask;
}

monotonic_time connection_watch::due() const {
  if (asked_)
    return std::max(*asked_, last_heard_) + limits_.after_question;
  return last_heard_ + limits_.before_question;
}

} // namespace locust
