#include "protocol/kubernetes/object_path.hpp"

#include <utility>

namespace locust {

namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
}

/// Percent-encoding of RFC 3986.
void append_encoded(std::string& to, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (char c : text) {
    if (is_unreserved(c)) {
      to += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    to += '%';
    to += digits[byte >> 4];
    to += digits[byte & 15];
  }
}

} // namespace

std::string collection_path(const api_resource& resource, std::string_view ns) {
  std::string path = resource.group.empty() ? "/api/" : "/apis/";
  path += api_version_of(resource);
  if (!ns.empty()) {
    path += "/namespaces/";
    append_encoded(path, ns);
  }
  path += '/';
  path += resource.plural;
  return path;
}

std::string object_path(const api_resource& resource, std::string_view ns,
                        std::string_view name) {
  auto path = collection_path(resource, ns) + '/';
  append_encoded(path, name);
  return path;
}

path_with_query::path_with_query(std::string path) : text_(std::move(path)) {
  // nop
}

path_with_query& path_with_query::add(std::string_view name,
                                      std::string_view value) {
  text_ += std::exchange(has_query_, true) ? '&' : '?';
  text_ += name;
  text_ += '=';
  append_encoded(text_, value);
  return *this;
}

} // namespace locust
