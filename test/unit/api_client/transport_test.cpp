#include "actors/api_client/transport.hpp"
#include "scripted_server.hpp"
#include "transport_client.hpp"

using namespace locust;
using namespace locust::test;
using namespace std::chrono_literals;

namespace {

using then = scripted_reply::then;

scripted_reply raw(const std::string& bytes, then after = then::close) {
  return {{{bytes, {}}}, after};
}

} // namespace

BOOST_AUTO_TEST_SUITE(carrying_out_transfers)

BOOST_AUTO_TEST_CASE(a_request_arrives_as_ordered) {
  scripted_server server{[](const seen_request&) {
    return whole(201, "{}");
  }};
  transport_client c{server.url()};
  struct row {
    http_verb verb;
    const char* method;
    const char* type;
  };
  const row rows[] = {
      {http_verb::get, "GET", nullptr},
      {http_verb::post, "POST", "application/json"},
      {http_verb::put, "PUT", "application/json"},
      {http_verb::merge_patch, "PATCH", "application/merge-patch+json"},
      {http_verb::json_patch, "PATCH", "application/json-patch+json"},
      {http_verb::remove, "DELETE", nullptr},
  };
  uint64_t id = 0;
  for (const auto& r : rows) {
    auto order = transport_client::order(++id, server.url() + "/a?b=c");
    order.verb = r.verb;
    if (r.type != nullptr)
      order.body = std::make_shared<const std::string>("{\"x\":1}");
    order.as = std::make_shared<const credential>(credential{"abc", {}, {}});
    c.send(order);
    auto end = c.end_of(id);
    BOOST_TEST(end.status == 201);
    BOOST_TEST(end.failure == "");
    auto seen = server.requests().back();
    BOOST_TEST(seen.method == r.method);
    BOOST_TEST(seen.target == "/a?b=c");
    BOOST_TEST(seen.body == (r.type != nullptr ? "{\"x\":1}" : ""));
    BOOST_TEST(seen.has("Authorization: Bearer abc"));
    BOOST_TEST(seen.has("Accept: application/json"));
    BOOST_TEST(seen.has("User-Agent: locust-operator/test"));
    BOOST_TEST((r.type == nullptr ||
                seen.has(std::string("Content-Type: ") + r.type)));
  }
  // One after the other over one connection.
  BOOST_TEST(server.connections() == 1);
}

BOOST_AUTO_TEST_CASE(pods_get_neither_credential_nor_proxy) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  scripted_server server{[](const seen_request&) {
    return whole(200, "{}");
  }};
  transport_client c{"https://127.0.0.1:1"};
  auto order = transport_client::order(1, server.url() + "/stats/requests");
  order.via = channel::pods;
  order.as = std::make_shared<const credential>(credential{"abc", {}, {}});
  c.send(order);
  BOOST_TEST(c.end_of(1).status == 200);
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  unsetenv("http_proxy");
  BOOST_TEST(server.requests().at(0).head.find("Authorization") ==
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_proxy_of_the_kubeconfig_is_used) {
  scripted_server proxy{[](const seen_request&) {
    return whole(200, "{}");
  }};
  cluster_access access;
  access.server = "http://api.invalid:80";
  access.proxy = proxy.url();
  transport_client c{access};
  BOOST_TEST(c.get(1, "http://api.invalid:80/version").status == 200);
  BOOST_TEST(proxy.requests().at(0).target == "http://api.invalid/version");
}

BOOST_AUTO_TEST_CASE(other_protocols_are_refused) {
  transport_client c{"http://127.0.0.1:1"};
  BOOST_TEST(c.get(1, "file:///etc/passwd").status == 0);
  auto order = transport_client::order(2, "https://127.0.0.1:1/");
  order.via = channel::pods;
  c.send(order);
  auto end = c.end_of(2);
  BOOST_TEST(end.failure.find("not supported") != std::string::npos,
             end.failure);
}

BOOST_AUTO_TEST_CASE(a_redirect_is_an_answer) {
  scripted_server server{[](const seen_request&) {
    return whole(302, "", "Location: http://127.0.0.1:1/\r\n");
  }};
  transport_client c{server.url()};
  BOOST_TEST(c.get(1, server.url() + "/").status == 302);
  BOOST_TEST(server.requests().size() == 1u);
}

BOOST_AUTO_TEST_CASE(retry_after_is_passed_on) {
  scripted_server server{[](const seen_request&) {
    return whole(429, "{}", "Retry-After: 7\r\n");
  }};
  transport_client c{server.url()};
  auto end = c.get(1, server.url() + "/");
  BOOST_TEST(end.status == 429);
  BOOST_TEST((end.retry_after == 7s));
}

BOOST_AUTO_TEST_CASE(a_truncated_answer_is_no_answer) {
  const std::string head =
      "HTTP/1.1 200 X\r\nContent-Type: application/json\r\n";
  struct row {
    const char* what;
    scripted_reply reply;
    const char* failure;
  };
  const row rows[] = {
      {"shorter than announced", raw(head + "Content-Length: 9\r\n\r\n{\"a\":"),
       "transfer closed"},
      {"the last chunk is missing", raw(chunked_head() + chunk("{\"a\":")),
       "transfer closed"},
      {"no length, no end of the object", raw(head + "\r\n{\"a\":"),
       "truncated after 5 bytes"},
      {"no length, nothing at all", raw(head + "\r\n"),
       "truncated after 0 bytes"},
      {"headers alone", raw(head), ""},
      {"no HTTP", raw("hello\r\n"), "HTTP/0.9"},
      {"nothing", raw(""), "Empty reply"},
  };
  for (const auto& r : rows)
    BOOST_TEST_CONTEXT(r.what) {
      scripted_server server{[&](const seen_request&) {
        return r.reply;
      }};
      transport_client c{server.url()};
      auto end = c.get(1, server.url() + "/");
      BOOST_TEST(end.status == 0);
      BOOST_TEST(end.failure.find(server.endpoint()) != std::string::npos,
                 end.failure);
      BOOST_TEST(end.failure.find(r.failure) != std::string::npos, end.failure);
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_may_be_truncated) {
  scripted_server server{[](const seen_request&) {
    return raw(
        "HTTP/1.1 503 X\r\nRetry-After: 2\r\nContent-Length: 9\r\n\r\nbus");
  }};
  transport_client c{server.url()};
  auto end = c.get(1, server.url() + "/");
  BOOST_TEST(end.status == 503);
  BOOST_TEST(*end.body == "bus");
  BOOST_TEST((end.retry_after == 2s));
}

BOOST_AUTO_TEST_CASE(an_answer_without_length_may_be_whole) {
  scripted_server server{[](const seen_request& r) {
    return r.target == "/json"
               ? raw("HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n"
                     "{\"a\":1}\n")
               : raw("HTTP/1.1 200 X\r\nContent-Type: text/plain\r\n\r\nok");
  }};
  transport_client c{server.url()};
  BOOST_TEST(c.get(1, server.url() + "/json").status == 200);
  BOOST_TEST(*c.get(2, server.url() + "/healthz").body == "ok");
}

BOOST_AUTO_TEST_CASE(an_answer_has_a_longest_length) {
  scripted_server server{[](const seen_request&) {
    return whole(200, std::string(2000, 'x'));
  }};
  transport_client c{server.url()};
  auto order = transport_client::order(1, server.url() + "/");
  order.largest_answer = 1999;
  c.send(order);
  BOOST_TEST(c.end_of(1).failure == "the answer of " + server.endpoint() +
                                        " is longer than 1999 bytes");
  order.id = 2;
  order.largest_answer = 2000;
  c.send(order);
  BOOST_TEST(c.end_of(2).body->size() == 2000u);
}

BOOST_AUTO_TEST_CASE(a_deadline_is_kept) {
  scripted_server server{[](const seen_request&) {
    return raw("", then::hang);
  }};
  transport_client c{server.url()};
  auto order = transport_client::order(1, server.url() + "/");
  order.deadline = 200ms;
  c.send(order);
  BOOST_TEST(c.end_of(1).failure ==
             "no answer from " + server.endpoint() + " within 200 ms");
}

BOOST_AUTO_TEST_CASE(a_closed_port_is_named) {
  transport_client c{"http://127.0.0.1:1"};
  auto end = c.get(1, "http://127.0.0.1:1/");
  BOOST_TEST(end.status == 0);
  BOOST_TEST(end.failure.starts_with("no answer from 127.0.0.1:1: "),
             end.failure);
}

BOOST_AUTO_TEST_CASE(a_refused_connection_is_told_from_other_failures) {
  transport_client c{"http://127.0.0.1:1"};
  BOOST_TEST(c.get(1, "http://127.0.0.1:1/").refused);
  scripted_server server{[](const seen_request&) {
    return raw("nonsense\r\n\r\n");
  }};
  auto end = c.get(2, server.url());
  BOOST_TEST(end.status == 0);
  BOOST_TEST(!end.refused);
}

BOOST_AUTO_TEST_CASE(a_connection_alone_sends_nothing_and_is_closed) {
  scripted_server server{[](const seen_request&) {
    return whole(200, "{}");
  }};
  transport_client c{"http://127.0.0.1:1"};
  auto connect = [&](uint64_t id, const std::string& url) {
    auto order = transport_client::order(id, url);
    order.via = channel::pods;
    order.connect_only = true;
    c.send(order);
    return c.end_of(id);
  };
  auto end = connect(1, server.url());
  BOOST_TEST(end.status == 204);
  BOOST_TEST(end.failure == "");
  BOOST_TEST(server.wait_for_closed(1));
  BOOST_TEST(server.requests().empty());
  BOOST_TEST(connect(2, "http://127.0.0.1:1").refused);
}

BOOST_AUTO_TEST_CASE(many_requests_share_a_few_connections) {
  scripted_server server{[](const seen_request&) {
    return whole(200, "{}");
  }};
  transport_client c{server.url()};
  for (uint64_t id = 1; id <= 500; ++id)
    c.send(transport_client::order(id, server.url() + "/"));
  for (uint64_t id = 1; id <= 500; ++id)
    BOOST_REQUIRE(c.end_of(id).status == 200);
  BOOST_TEST(server.connections() <= 16);
}

BOOST_AUTO_TEST_CASE(the_end_answers_requests_in_flight) {
  scripted_server server{[](const seen_request&) {
    return raw("", then::hang);
  }};
  transport_client c{server.url()};
  c.send(transport_client::order(1, server.url() + "/"));
  c.send(transport_client::order(2, "http://api.invalid/"));
  c.network.reset();
  BOOST_TEST(c.end_of(1).failure == "the operator is stopping");
  BOOST_TEST(c.end_of(2).status == 0);
}

BOOST_AUTO_TEST_CASE(answers_of_pods_are_limited_together) {
  scripted_server server{[](const seen_request&) {
    return whole(200, std::string(500'000, 'x'));
  }};
  transport_client c{server.url()};
  // Masters that keep sending almost as much as one answer may have.
  std::vector<std::unique_ptr<scripted_server>> hostile;
  auto ask = [&](uint64_t id, const std::string& url) {
    auto order = transport_client::order(id, url);
    order.via = channel::pods;
    order.largest_answer = 4'000'000;
    order.deadline = 5s;
    c.send(order);
  };
  for (uint64_t id = 1; id <= 12; ++id) {
    hostile.push_back(
        std::make_unique<scripted_server>([](const seen_request&) {
          scripted_reply reply{{}, scripted_reply::then::hang};
          reply.parts.push_back({chunked_head(), {}});
          for (int i = 0; i < 4; ++i)
            reply.parts.push_back({chunk(std::string(900'000, 'x')), {}});
          return reply;
        }));
    ask(id, hostile.back()->url() + "/stats/requests");
  }
  ask(100, server.url() + "/small");
  BOOST_TEST(c.end_of(100).status == 200);
  size_t cut = 0;
  for (uint64_t id = 1; id <= 12; ++id)
    cut += c.end_of(id).failure.find("together") != std::string::npos ? 1 : 0;
  // 12 of 3.6 MB are 43 MB: three have to go, the others meet their deadline.
  BOOST_TEST(cut >= 3);
  BOOST_TEST(cut <= 6);
}

BOOST_AUTO_TEST_SUITE_END()
