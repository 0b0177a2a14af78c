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

bool only_its_end_was_met() {
  return ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
}

std::string last_words() {
  const auto* reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "unknown error";
}

auto bad(std::string sentence) {
  ERR_clear_error();
  return fail(errc::bad_setting, std::move(sentence));
}

/// Puts the certificates of `text` into the context; returns the first.
result<certificate> take_chain(SSL_CTX* context, std::string_view text) {
  auto in = reader_of(text);
  certificate own{
      PEM_read_bio_X509_AUX(in.get(), nullptr, no_password, nullptr)};
  if (!own)
    return bad(only_its_end_was_met()
                   ? "there is no certificate in PEM form in it"
                   : "its certificate cannot be read: " + last_words());
  if (SSL_CTX_use_certificate(context, own.get()) != 1)
    return bad("its certificate is not accepted: " + last_words());
  for (;;) {
    certificate next{
        PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr)};
    if (!next && !only_its_end_was_met())
      return bad("a later certificate of its chain cannot be read: " +
                 last_words());
    if (!next)
      break;
    if (SSL_CTX_add0_chain_cert(context, next.get()) != 1)
      return bad("its chain is not accepted: " + last_words());
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
    return bad("there is no key in it in PEM form and without a pass phrase");
  if (X509_check_private_key(own, key.get()) != 1)
    return bad("the key is not that of the certificate");
  if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
    return bad("the key is not accepted: " + last_words());
  return {};
}

std::shared_ptr<SSL_CTX> new_context() {
  std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()),
                                   SSL_CTX_free};
  if (!context)
    return nullptr;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Clients that count keep their connections: nothing to resume.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(),
                      SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  // Idle connections keep no buffers.
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
    return bad("OpenSSL has no TLS: " + last_words());
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
