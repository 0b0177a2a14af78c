#include "actors/gateway/request_rules.hpp"

#include <algorithm>

namespace locust {

namespace {

server_reply reply(int status, std::string sentence) {
  server_reply made;
  made.content.status = status;
  made.content.body = std::move(sentence) + "\n";
  return made;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

/// Returns whether it is `application/json`, with or without parameters.
bool is_json(std::string_view content_type) {
  auto type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t'))
    type.remove_suffix(1);
  return same_word(type, "application/json");
}

bool matches(std::string_view path, const route& r) {
  if (path == r.path)
    return true;
  return r.what == route::kind::probe && path.starts_with(r.path) &&
         path[r.path.size()] == '/';
}

std::string allowed_methods(const route& r) {
  return r.what == route::kind::review ? "POST" : "GET, HEAD";
}

bool accepts_method(const route& r, std::string_view method) {
  return r.what == route::kind::review ? method == "POST"
                                       : method == "GET" || method == "HEAD";
}

server_reply wrong_method(const request_head& head, const route& r) {
  auto made = reply(405, head.path + " accepts " + allowed_methods(r) +
                             ", not " + head.method);
  made.allow = allowed_methods(r);
  return made;
}

server_reply wrong_type(const request_head& head) {
  auto given = head.content_type.empty() ? std::string("is missing")
                                         : "is '" + head.content_type + "'";
  return reply(400,
               "Content-Type " + given + "; it must be 'application/json'");
}

} // namespace

routing_decision judge(const request_head& head,
                       const std::vector<route>& routes) {
  auto refuse = [](server_reply r) {
    return routing_decision{nullptr, std::move(r)};
  };
  auto at = std::find_if(routes.begin(), routes.end(),
                         [&](const route& r) { return matches(head.path, r); });
  if (at == routes.end())
    return refuse(reply(404, "no such path: " + head.path));
  if (!accepts_method(*at, head.method))
    return refuse(wrong_method(head, *at));
  if (!head.expect.empty() && !same_word(head.expect, "100-continue"))
    return refuse(reply(417, "the only supported Expect is '100-continue'"));
  if (at->what == route::kind::review && !is_json(head.content_type))
    return refuse(wrong_type(head));
  if (head.content_length.value_or(0) > at->body_limit)
    return refuse(body_too_large(at->body_limit));
  return {&*at, {}};
}

split_target split(std::string_view target) {
  auto mark = target.find('?');
  split_target parts;
  parts.path = target.substr(0, mark);
  if (mark != std::string_view::npos)
    parts.query = target.substr(mark + 1);
  return parts;
}

server_reply malformed_request(std::string_view reason) {
  return reply(400, "malformed HTTP request: " + std::string(reason));
}

server_reply header_too_large(uint32_t limit) {
  return reply(431, "the request headers are larger than " +
                        std::to_string(limit) + " bytes");
}

server_reply body_too_large(uint64_t limit) {
  return reply(413, "the request body is larger than " + std::to_string(limit) +
                        " bytes");
}

server_reply too_busy() {
  auto made = reply(503, "too many requests at once; try again");
  made.retry = true;
  return made;
}

server_reply not_started() {
  return reply(503, "the operator is still starting; try again");
}

server_reply handler_failed() {
  return reply(500, "internal error; see the log of the operator");
}

} // namespace locust
