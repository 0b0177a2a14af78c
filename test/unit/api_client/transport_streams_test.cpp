#include "scripted_server.hpp"
#include "transport_client.hpp"

#include <future>
#include <mutex>

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

using then = scripted_reply::then;

} // namespace

BOOST_AUTO_TEST_SUITE(carrying_out_streams)

BOOST_AUTO_TEST_CASE(a_stream_opens_brings_bytes_and_ends) {
  scripted_server server{[](const seen_request&) {
    return scripted_reply{{{chunked_head(), {}},
                           {chunk("one\ntw"), 50ms},
                           {chunk("o\n"), 50ms},
                           {chunk(""), 50ms}},
                          then::go_on};
  }};
  transport_client c{server.url()};
  c.send(transport_client::stream(1, server.url() + "/watch"));
  BOOST_TEST(c.wait_for_text("one\ntwo\n"));
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 200);
  BOOST_TEST(end.failure == "");
  BOOST_TEST(c.openings() == 1);
}

BOOST_AUTO_TEST_CASE(a_broken_stream_fails_after_its_bytes) {
  scripted_server server{[](const seen_request&) {
    return scripted_reply{
        {{chunked_head() + chunk("one\n") + "ff\r\nhalf a ch", {}}},
        then::close};
  }};
  transport_client c{server.url()};
  c.send(transport_client::stream(1, server.url() + "/watch"));
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 200);
  BOOST_TEST(end.failure.starts_with("the stream from " + server.endpoint() +
                                     " broke: "),
             end.failure);
  BOOST_TEST(c.bytes() == "one\nhalf a ch");
}

BOOST_AUTO_TEST_CASE(a_refused_stream_has_its_status_and_body) {
  scripted_server server{[](const seen_request&) {
    return whole(410, "{\"code\":410}", "Retry-After: 3\r\n");
  }};
  transport_client c{server.url()};
  c.send(transport_client::stream(1, server.url() + "/watch"));
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 410);
  BOOST_TEST(*end.body == "{\"code\":410}");
  BOOST_TEST((end.retry_after == 3s));
  BOOST_TEST(c.openings() == 0);
}

BOOST_AUTO_TEST_CASE(silence_ends_a_stream_only_when_it_lasts) {
  scripted_server server{[](const seen_request&) {
    scripted_reply reply{{{chunked_head(), {}}}, then::hang};
    for (int i = 0; i < 4; ++i)
      reply.parts.push_back({chunk("tick\n"), 200ms});
    return reply;
  }};
  transport_client c{server.url()};
  auto order = transport_client::stream(1, server.url() + "/watch");
  order.silence_limit = 500ms;
  c.send(order);
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 200);
  BOOST_TEST(end.failure ==
             "no data from " + server.endpoint() + " for 500 ms");
  BOOST_TEST(c.bytes() == "tick\ntick\ntick\ntick\n");
}

BOOST_AUTO_TEST_CASE(a_cancelled_stream_is_silent_and_its_connection_ends) {
  scripted_server server{[](const seen_request&) {
    return scripted_reply{{{chunked_head() + chunk("one\n"), {}}}, then::hang};
  }};
  transport_client c{server.url()};
  c.send(transport_client::stream(1, server.url() + "/watch"));
  BOOST_TEST(c.wait_for_text("one\n"));
  c.network->cancel(1);
  BOOST_TEST(server.wait_for_closed(1));
  c.network->cancel(2);
  c.network.reset();
  // It caused no events, not even at the end of the transport.
  BOOST_TEST(c.bytes() == "one\n");
}

BOOST_AUTO_TEST_CASE(streams_are_not_read_while_their_bytes_are_held) {
  // More than all buffers of the kernel and the bound together.
  constexpr size_t length = size_t{64} << 20;
  constexpr size_t bound = size_t{32} << 20;
  scripted_reply stream{{{chunked_head(), {}}}, then::go_on};
  for (size_t sent = 0; sent < length; sent += size_t{1} << 20)
    stream.parts.push_back({chunk(std::string(size_t{1} << 20, 'x')), {}});
  stream.parts.push_back({chunk(""), {}});
  scripted_server server{[&](const seen_request& r) {
    return r.target == "/other" ? whole(200, "{}") : stream;
  }};
  std::mutex mutex;
  std::vector<shared_text> held;
  size_t read = 0;
  bool keeps = true;
  std::promise<transfer_event> end;
  std::promise<void> other;
  cluster_access access;
  access.server = server.url();
  transport network{access, "locust-operator/test",
                    [&](const std::vector<transfer_event>& events) {
                      std::lock_guard guard{mutex};
                      for (const auto& event : events) {
                        if (event.what == transfer_event::kind::ended)
                          event.id == 1 ? end.set_value(event)
                                        : other.set_value();
                        read += event.body ? event.body->size() : 0;
                        if (keeps)
                          held.push_back(event.body);
                      }
                    }};
  auto order = transport_client::stream(1, server.url() + "/watch");
  // While it is not read, it is not silent.
  order.silence_limit = 1s;
  network.start(order);
  auto ended = end.get_future();
  BOOST_TEST((ended.wait_for(3s) == std::future_status::timeout));
  {
    std::lock_guard guard{mutex};
    BOOST_TEST(read > 0u);
    BOOST_TEST(read < bound);
  }
  // Requests go on meanwhile.
  network.start(transport_client::order(2, server.url() + "/other"));
  other.get_future().wait();
  {
    std::lock_guard guard{mutex};
    keeps = false;
    held.clear();
  }
  BOOST_TEST(ended.get().failure == "");
  std::lock_guard guard{mutex}; // the end is told before it is counted
  BOOST_TEST(read >= length);
}

BOOST_AUTO_TEST_SUITE_END()
