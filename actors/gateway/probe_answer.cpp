#include "actors/gateway/probe_answer.hpp"

#include <algorithm>
#include <set>

namespace locust {

namespace {

struct probe_query {
  bool verbose = false;
  std::set<std::string, std::less<>> excluded;
};

probe_query read_query(std::string_view text) {
  probe_query query;
  while (!text.empty()) {
    auto end = text.find('&');
    auto item = text.substr(0, end);
    text = end == text.npos ? std::string_view{} : text.substr(end + 1);
    auto equals = item.find('=');
    auto name = item.substr(0, equals);
    auto value =
        equals == item.npos ? std::string_view{} : item.substr(equals + 1);
    if (name == "verbose")
      query.verbose = true;
    else if (name == "exclude" && !value.empty())
      query.excluded.emplace(value);
  }
  return query;
}

/// Returns the check that the path names; empty for all checks.
std::string_view wanted_check(const http_request& request,
                              std::string_view endpoint) {
  auto rest = std::string_view(request.path).substr(endpoint.size());
  return rest.empty() ? rest : rest.substr(1);
}

http_answer text_answer(int status, std::string body) {
  http_answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

http_answer answer_one(std::string_view name,
                       const std::vector<probe_check>& checks) {
  auto at = std::find_if(checks.begin(), checks.end(),
                         [&](const probe_check& c) { return c.name == name; });
  if (at == checks.end())
    return text_answer(404, "404 page not found\n");
  if (!at->trouble.empty())
    return text_answer(500, "internal server error: " + at->trouble + "\n");
  return text_answer(200, "ok");
}

/// Returns the excluded names that are no checks.
std::string unknown_names(const probe_query& query,
                          const std::vector<probe_check>& checks) {
  std::string names;
  for (const auto& name : query.excluded)
    if (std::none_of(checks.begin(), checks.end(),
                     [&](const probe_check& c) { return c.name == name; }))
      names += (names.empty() ? "\"" : ", \"") + name + "\"";
  return names;
}

http_answer answer_all(std::string_view endpoint, const probe_query& query,
                       const std::vector<probe_check>& checks) {
  bool failed = false;
  std::string lines;
  for (const auto& check : checks) {
    if (query.excluded.contains(check.name)) {
      lines += "[+]" + check.name + " excluded: ok\n";
    } else if (check.trouble.empty()) {
      lines += "[+]" + check.name + " ok\n";
    } else {
      // Anyone who can connect can read this; the reason is in the log.
      lines += "[-]" + check.name + " failed: reason withheld\n";
      failed = true;
    }
  }
  if (!failed && !query.verbose)
    return text_answer(200, "ok");
  if (auto names = unknown_names(query, checks); !names.empty())
    lines += "warn: some health checks cannot be excluded: no matches for " +
             names + "\n";
  lines += std::string(endpoint.substr(1)) +
           (failed ? " check failed\n" : " check passed\n");
  return text_answer(failed ? 500 : 200, lines);
}

} // namespace

bool asks_for(const http_request& request, std::string_view endpoint,
              std::string_view name) {
  auto wanted = wanted_check(request, endpoint);
  if (!wanted.empty())
    return wanted == name;
  return !read_query(request.query).excluded.contains(name);
}

http_answer answer_probe(const http_request& request, std::string_view endpoint,
                         std::vector<probe_check> checks) {
  auto wanted = wanted_check(request, endpoint);
  if (!wanted.empty())
    return answer_one(wanted, checks);
  std::sort(checks.begin(), checks.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return answer_all(endpoint, read_query(request.query), checks);
}

} // namespace locust
