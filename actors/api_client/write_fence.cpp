#include "actors/api_client/write_fence.hpp"

namespace locust {

bool is_write(const transfer_order& order) {
  return order.via == channel::requests && order.verb != http_verb::get;
}

transfer_event refused_by_fence(uint64_t id) {
  transfer_event event;
  event.id = id;
  event.body = std::make_shared<const std::string>();
  event.failure = "this replica is not the leader and must not write";
  return event;
}

} // namespace locust
