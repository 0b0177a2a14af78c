#include "actors/api_client/cluster_access.hpp"

#include <algorithm>
#include <charconv>

namespace locust {

namespace {

constexpr std::string_view scheme_mark = "://";

tl::unexpected<error> unusable(std::string_view url, std::string_view why) {
  return fail(errc::bad_setting, "the server URL '" + std::string(url) +
                                     "' is unusable: " + std::string(why) +
                                     "; it should look like "
                                     "https://10.0.0.1:6443");
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_address_character(char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
         (c >= '0' && c <= '9') || c == ':' || c == '.' || c == '%';
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return std::all_of(host.begin(), host.end(), is_address_character);
  }
  return !host.empty() &&
         std::all_of(host.begin(), host.end(), is_host_character);
}

} // namespace

std::string server_url::to_string() const {
  return (tls ? "https://" : "http://") + endpoint() + path;
}

std::string server_url::endpoint() const {
  return host + ":" + std::to_string(port);
}

result<server_url> parse_server_url(std::string_view text) {
  server_url url;
  auto rest = text;
  if (auto mark = rest.find(scheme_mark); mark != std::string_view::npos) {
    auto scheme = rest.substr(0, mark);
    if (scheme != "https" && scheme != "http")
      return unusable(text, "it is neither https nor http");
    url.tls = scheme == "https";
    rest.remove_prefix(mark + scheme_mark.size());
  } else {
    url.tls = false;
  }
  url.port = url.tls ? 443 : 80;
  if (rest.find_first_of("?#") != std::string_view::npos)
    return unusable(text, "it has a query or a fragment");
  for (auto c : rest)
    if (c <= ' ' || c == 0x7f)
      return unusable(text, "it has a space or a control character");
  if (auto slash = rest.find('/'); slash != std::string_view::npos) {
    url.path = rest.substr(slash);
    while (!url.path.empty() && url.path.back() == '/')
      url.path.pop_back();
    rest = rest.substr(0, slash);
  }
  if (rest.find('@') != std::string_view::npos)
    return unusable(text, "it has a user name");
  // The colon after the brackets of an IPv6 address, or the only one.
  auto colon = rest.rfind(':');
  if (colon != std::string_view::npos && rest.back() != ']') {
    auto port = rest.substr(colon + 1);
    auto end = port.data() + port.size();
    auto parsed = std::from_chars(port.data(), end, url.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end || url.port == 0)
      return unusable(text, "its port is not a number from 1 to 65535");
    rest = rest.substr(0, colon);
  }
  if (!is_host(rest))
    return unusable(text, "the host is neither a name nor an IP address");
  url.host = rest;
  return url;
}

} // namespace locust
