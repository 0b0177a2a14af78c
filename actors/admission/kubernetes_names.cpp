#include "actors/admission/kubernetes_names.hpp"

#include "protocol/kubernetes/dns_name.hpp"

#include <algorithm>
#include <string>

namespace locust {

namespace {

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= longest_dns_label &&
         is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
         });
}

std::string in_lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

} // namespace

bool is_label_key(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return is_name(text);
  return is_dns_subdomain(text.substr(0, slash)) &&
         is_name(text.substr(slash + 1));
}

bool is_annotation_key(std::string_view text) {
  return is_label_key(in_lower_case(text));
}

bool is_label_value(std::string_view text) {
  return text.empty() || is_name(text);
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c <= '~' && c != '=';
  });
}

} // namespace locust
