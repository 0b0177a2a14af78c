#pragma once

#include "protocol/error.hpp"
#include "protocol/time.hpp"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// OpenSSL objects with owners, and helpers.

namespace locust::openssl {

/// Deleter that calls OpenSSL's function `Free`.
template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* ptr) const {
    Free(ptr);
  }
};

using bio = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using bignum = std::unique_ptr<BIGNUM, freed_by<BN_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using certificate = std::unique_ptr<X509, freed_by<X509_free>>;
using extension =
    std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using general_names =
    std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;
using store = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;
using store_context =
    std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;

/// Restores the OpenSSL error queue of this thread. Other users of the thread
/// must not see our errors.
class error_scope {
public:
  error_scope();
  ~error_scope();
  error_scope(const error_scope&) = delete;
  error_scope& operator=(const error_scope&) = delete;
};

/// Returns an error: `what`, followed by the newest entry of the error queue.
tl::unexpected<error> failure(std::string_view what);

/// Password callback: without it, OpenSSL would ask at the terminal.
int no_password(char*, int, int, void*);

/// Returns a BIO that reads `text`, which must outlive it.
bio reader_of(std::string_view text);

/// Returns the contents of a memory BIO.
std::string written_to(BIO* memory);

/// Reads all certificates of a PEM text, in order. Skips other blocks and
/// unreadable ones.
std::vector<certificate> read_certificates(std::string_view pem);

/// Reads the first private key of a PEM text; null if there is none that needs
/// no password.
private_key read_key(std::string_view pem);

/// Returns the certificate in PEM.
std::string to_pem(const X509* x);

/// Converts a time of a certificate; returns the epoch if it is invalid.
timestamp to_timestamp(const ASN1_TIME* t);

} // namespace locust::openssl
