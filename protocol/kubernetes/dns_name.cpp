#include "protocol/kubernetes/dns_name.hpp"

#include <algorithm>

namespace locust {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Without a length limit: labels of a subdomain have none.
bool is_label(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) &&
         is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

} // namespace

bool is_dns_label(std::string_view text) {
  return text.size() <= longest_dns_label && is_label(text);
}

bool is_dns_subdomain(std::string_view text) {
  if (text.size() > longest_dns_subdomain)
    return false;
  while (true) {
    auto dot = text.find('.');
    if (!is_label(text.substr(0, dot)))
      return false;
    if (dot == std::string_view::npos)
      return true;
    text.remove_prefix(dot + 1);
  }
}

} // namespace locust
