#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

// Under which names the API server reaches the webhook server.

namespace locust {

/// DNS names in lower case and IP addresses in the form that `canonical_host`
/// gives them. Sorted, so that equal sets have equal texts.
using host_names = std::set<std::string>;

/// Returns the host as it stands in a certificate: a DNS name in lower case, or
/// an address as `inet_ntop` writes it (an IPv6 address may come in brackets).
/// Nothing for what is neither.
std::optional<std::string> canonical_host(std::string_view text);

/// Returns whether a canonical host is an IP address.
bool is_address(const std::string& host);

/// Returns the 4 or 16 bytes of an IP address in network order, or nothing when
/// `text` is no address.
std::optional<std::string> address_bytes(const std::string& text);

/// Returns the text of an address of 4 or 16 bytes; nothing for other sizes.
std::optional<std::string> address_text(std::string_view bytes);

/// Returns the names that a Service has inside a cluster, from the shortest
/// (for its own namespace) to the one with the usual cluster domain. The API
/// server itself asks for `<service>.<ns>.svc`.
host_names service_hosts(const std::string& service, const std::string& ns);

/// Returns the hosts joined by `, `.
std::string in_words(const host_names& hosts);

} // namespace locust
