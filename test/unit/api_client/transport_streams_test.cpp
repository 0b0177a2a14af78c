#include "scripted_server.hpp"
#include "transport_client.hpp"

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

BOOST_AUTO_TEST_SUITE_END()
