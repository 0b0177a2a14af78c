#include "actors/gateway/tls_pair.hpp"

#include "actors/certificates/openssl_handles.hpp"
#include "protocol/time.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <limits>

namespace locust {

namespace {

using openssl::certificate;
using openssl::no_password;
using openssl::reader_of;

bool reached_end_of_pem() {
  return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

std::string openssl_reason() {
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown error";
}

auto bad(std::string sentence) {
  ERR_clear_error();
  return fail(errc::bad_setting, std::move(sentence));
}

/// Adds the certificates in `text` to the context; returns the first one.
result<certificate> take_chain(SSL_CTX* context, std::string_view text) {
  auto in = reader_of(text);
  certificate own{
      PEM_read_bio_X509_AUX(in.get(), nullptr, no_password, nullptr)};
  if (!own)
    return bad(reached_end_of_pem()
                   ? "it contains no certificate in PEM format"
                   : "its certificate cannot be read: " + openssl_reason());
  if (SSL_CTX_use_certificate(context, own.get()) != 1)
    return bad("its certificate is not accepted: " + openssl_reason());
  for (;;) {
    certificate next{
        PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr)};
    if (!next && !reached_end_of_pem())
      return bad("a later certificate of its chain cannot be read: " +
                 openssl_reason());
    if (!next)
      break;
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1)
      return bad("its chain is not accepted: " + openssl_reason());
    // NOLINTNEXTLINE(bugprone-unused-return-value): the context owns it now.
    next.release();
  }
  ERR_clear_error();
  return own;
}

result<void> take_key(SSL_CTX* context, const X509* own,
                      std::string_view text) {
  auto key = openssl::read_key(text);
  if (!key)
    return bad("it contains no unencrypted key in PEM format");
  if (X509_check_private_key(own, key.get()) != 1)
    return bad("the key does not belong to the certificate");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return bad("the key is not accepted: " + openssl_reason());
  return {};
}

std::shared_ptr<SSL_CTX> new_context() {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()),
                                   SSL_CTX_free};
  if (!context)
    return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // API servers keep their connections, so there are no sessions to resume.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  // Frees the buffers of idle connections.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

} // namespace

result<tls_pair> make_tls_pair(std::string_view chain, std::string_view key) {
  constexpr size_t most = std::numeric_limits<int>::max();
  if (chain.size() > most || key.size() > most)
    return bad("it is too long");
  ERR_clear_error();
  tls_pair made;
  made.context = new_context();
  if (!made.context)
    return bad("cannot create a TLS context: " + openssl_reason());
  auto own = take_chain(made.context.get(), chain);
  if (!own)
    return tl::unexpected(own.error());
  if (auto taken = take_key(made.context.get(), own->get(), key); !taken)
    return tl::unexpected(taken.error());
  made.valid_until =
      to_rfc3339(openssl::to_timestamp(X509_get0_notAfter(own->get())));
  return made;
}

} // namespace locust
