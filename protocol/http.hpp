#pragma once

#include <string>
#include <string_view>

// Requests and answers as the HTTP(S) servers of this process exchange them
// with the code that answers. Plain values with only the headers that matter.

namespace locust {

/// A request whose body has been read to its end, within the server's limit.
struct http_request {
  /// In capitals: `GET`, `POST`.
  std::string method;
  /// Path without the query, not decoded: `/convert`.
  std::string path;
  /// Query, without the `?`; empty for none.
  std::string query;
  /// Header `Content-Type`, as sent.
  std::string content_type;
  std::string body;
  /// Header `Authorization`, as sent; secret.
  std::string authorization{};
};

struct http_answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;

  bool operator==(const http_answer&) const = default;
};

} // namespace locust
