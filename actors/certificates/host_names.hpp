#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

// Names under which the API server reaches the webhook server.

namespace locust {

/// DNS names in lower case, and IP addresses as `canonical_host` formats them.
/// Sorted, so that equal sets have equal texts.
using host_names = std::set<std::string>;

/// Returns the host as written in a certificate: a DNS name in lower case, or
/// an address as formatted by `inet_ntop` (brackets around IPv6 are accepted).
/// Nothing if it is neither.
std::optional<std::string> canonical_host(std::string_view text);

/// Returns whether a canonical host is an IP address.
bool is_address(const std::string& host);

/// Returns the 4 or 16 bytes of an IP address in network order; nothing if
/// `text` is no address.
std::optional<std::string> address_bytes(const std::string& text);

/// Returns the text of an address of 4 or 16 bytes; nothing for other sizes.
std::optional<std::string> address_text(std::string_view bytes);

/// Returns the in-cluster names of a Service, from the shortest to the one with
/// the default cluster domain. The API server uses `<service>.<ns>.svc`.
host_names service_hosts(const std::string& service, const std::string& ns);

/// Returns the hosts, separated by `, `.
std::string in_words(const host_names& hosts);

} // namespace locust
