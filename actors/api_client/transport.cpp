#include "actors/api_client/transport.hpp"

#include "actors/api_client/transport_worker.hpp"

#include <mutex>

namespace locust {

namespace {

void start_libcurl_once() {
  static std::once_flag flag;
  std::call_once(flag, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

} // namespace

transport::transport(cluster_access access, std::string user_agent,
                     on_events callback, write_rule writes,
                     const silence_limits& silence) {
  start_libcurl_once();
  transfer_settings settings;
  settings.server = parse_server_url(access.server).value_or(server_url{});
  settings.access = std::move(access);
  settings.user_agent = std::move(user_agent);
  settings.silence = silence;
  worker_ = std::make_unique<worker>(std::move(settings), std::move(callback),
                                     write_fence(writes));
}

transport::~transport() {
  // Out of line: `worker` is complete only here.
}

void transport::start(transfer_order order) {
  worker_->post(std::move(order));
}

void transport::permit(boot_time until) {
  worker_->post(worker::permit_writes{until});
}

void transport::cancel(uint64_t id) {
  worker_->post(worker::cancel_one{id});
}

} // namespace locust
