#include "h2_server.hpp"
#include "transport_client.hpp"

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(bearing_faults_of_http2)

BOOST_AUTO_TEST_CASE(a_whole_answer_comes_over_http2) {
  h2_server server{[](const h2_request& r) {
    return h2_reply{h2_headers(r.stream, 8) +
                    h2_data(r.stream, "{\"a\":1}\n", true)};
  }};
  transport_client c{server.url()};
  auto end = c.get(1, server.url() + "/");
  BOOST_TEST(end.status == 200);
  BOOST_TEST(end.http_version == 2);
  BOOST_TEST(*end.body == "{\"a\":1}\n");
}

BOOST_AUTO_TEST_CASE(a_truncated_answer_is_no_answer_over_http2) {
  struct row {
    const char* what;
    std::optional<size_t> length;
    std::function<h2_reply(uint32_t)> rest;
  };
  auto half = [](uint32_t stream) {
    return h2_data(stream, "{\"a\":", false);
  };
  const row rows[] = {
      {"closed",
       {},
       [&](uint32_t s) {
         return h2_reply{half(s), true};
       }},
      {"closed, with length", 8,
       [&](uint32_t s) {
         return h2_reply{half(s), true};
       }},
      {"reset",
       {},
       [&](uint32_t s) {
         return h2_reply{half(s) + h2_reset(s, 2)};
       }},
      {"reset without error",
       {},
       [&](uint32_t s) {
         return h2_reply{half(s) + h2_reset(s, 0)};
       }},
      {"going away, then closed",
       {},
       [&](uint32_t s) {
         return h2_reply{half(s) + h2_goaway(s), true};
       }},
      {"shorter than announced", 8,
       [&](uint32_t s) {
         return h2_reply{h2_data(s, "{\"a\":}", true)};
       }},
      {"the object has no end",
       {},
       [&](uint32_t s) {
         return h2_reply{h2_data(s, "{\"a\":", true)};
       }},
      {"nothing behind the headers",
       {},
       [](uint32_t) {
         return h2_reply{{}, true};
       }},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.what) {
      h2_server server{[&](const h2_request& q) {
        auto reply = r.rest(q.stream);
        reply.frames = h2_headers(q.stream, r.length) + reply.frames;
        return reply;
      }};
      transport_client c{server.url()};
      auto order = transport_client::order(1, server.url() + "/");
      order.deadline = 5s;
      c.send(order);
      auto end = c.end_of(1);
      BOOST_TEST(end.status == 0);
      BOOST_TEST(end.failure != "");
    }
}

BOOST_AUTO_TEST_CASE(a_truncated_refusal_is_a_refusal) {
  // Like kube-apiserver: 401, then the end of the connection.
  h2_server server{[](const h2_request& r) {
    return h2_reply{h2_headers(r.stream, 100, 401) +
                        h2_data(r.stream, "{\"code\":", false) +
                        h2_goaway(r.stream),
                    true};
  }};
  transport_client c{server.url()};
  auto end = c.get(1, server.url() + "/");
  BOOST_TEST(end.status == 401);
  BOOST_TEST(end.failure == "");
}

BOOST_AUTO_TEST_CASE(a_failed_stream_does_not_affect_others) {
  std::string first;
  h2_server server{[&](const h2_request& r) {
    if (r.stream == 1) {
      first = h2_headers(1) + h2_data(1, "{\"a\":", false);
      return h2_reply{first};
    }
    return h2_reply{h2_reset(1, 2) + h2_headers(r.stream) +
                    h2_data(r.stream, "{}", true)};
  }};
  transport_client c{server.url()};
  c.send(transport_client::order(1, server.url() + "/"));
  c.send(transport_client::order(2, server.url() + "/"));
  BOOST_TEST(c.end_of(2).status == 200);
  BOOST_TEST(c.end_of(1).status == 0);
}

BOOST_AUTO_TEST_CASE(a_dead_connection_is_not_reused) {
  h2_server server{[](const h2_request& r) {
    return r.connection == 1
               ? h2_reply{}
               : h2_reply{h2_headers(r.stream) + h2_data(r.stream, "{}", true)};
  }};
  transport_client c{server.url()};
  auto order = transport_client::order(1, server.url() + "/");
  order.deadline = 1s;
  c.send(order);
  // The handshake succeeded, so the first timeout may count as a slow answer.
  // The next one cannot.
  BOOST_TEST(c.end_of(1).status == 0);
  order.id = 2;
  c.send(order);
  c.end_of(2);
  order.id = 3;
  c.send(order);
  BOOST_TEST(c.end_of(3).status == 200);
}

BOOST_AUTO_TEST_CASE(after_goaway_a_new_connection_is_used) {
  h2_server server{[](const h2_request& r) {
    auto answer = h2_headers(r.stream) + h2_data(r.stream, "{}", true);
    return h2_reply{r.connection == 1 ? answer + h2_goaway(r.stream) : answer};
  }};
  transport_client c{server.url()};
  BOOST_TEST(c.get(1, server.url() + "/").status == 200);
  BOOST_TEST(c.get(2, server.url() + "/").status == 200);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_reset_is_a_failure) {
  h2_server server{[](const h2_request& r) {
    h2_reply reply;
    reply.frames = h2_headers(r.stream) + h2_data(r.stream, "one\n", false);
    reply.later = h2_reset(r.stream, 2);
    return reply;
  }};
  transport_client c{server.url()};
  c.send(transport_client::stream(1, server.url() + "/watch"));
  auto end = c.end_of(1);
  BOOST_TEST(end.status == 200);
  BOOST_TEST(end.failure != "");
  BOOST_TEST(c.bytes() == "one\n");
}

BOOST_AUTO_TEST_SUITE_END()
