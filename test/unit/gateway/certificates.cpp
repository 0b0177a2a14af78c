#include "certificates.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

namespace locust::test {

namespace {

using key_ptr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using x509_ptr = std::unique_ptr<X509, decltype(&X509_free)>;
using bio_ptr = std::unique_ptr<BIO, decltype(&BIO_free)>;

constexpr long an_hour = 3600;

void need(bool ok) {
  if (!ok)
    throw std::runtime_error("OpenSSL makes no certificate");
}

key_ptr fresh_key() {
  key_ptr key{EVP_EC_gen("P-256"), EVP_PKEY_free};
  need(key != nullptr);
  return key;
}

std::string taken(const bio_ptr& bio) {
  char* data = nullptr;
  auto size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

bio_ptr writer() {
  return {BIO_new(BIO_s_mem()), BIO_free};
}

std::string pem(X509* certificate) {
  auto out = writer();
  need(PEM_write_bio_X509(out.get(), certificate) == 1);
  return taken(out);
}

std::string pem(EVP_PKEY* key, const EVP_CIPHER* cipher, char* phrase) {
  auto out = writer();
  need(PEM_write_bio_PKCS8PrivateKey(out.get(), key, cipher, nullptr, 0,
                                     nullptr, phrase) == 1);
  return taken(out);
}

void set_name(X509_NAME* entry, const std::string& name) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.c_str());
  need(X509_NAME_add_entry_by_txt(entry, "CN", MBSTRING_ASC, bytes, -1, -1,
                                  0) == 1);
}

x509_ptr certificate(const std::string& name, EVP_PKEY* key,
                     const std::string& issuer, EVP_PKEY* signer) {
  x509_ptr made{X509_new(), X509_free};
  need(X509_set_version(made.get(), 2) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -an_hour);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), an_hour);
  set_name(X509_get_subject_name(made.get()), name);
  set_name(X509_get_issuer_name(made.get()), issuer);
  need(X509_set_pubkey(made.get(), key) == 1);
  need(X509_sign(made.get(), signer, EVP_sha256()) > 0);
  return made;
}

} // namespace

pem_pair make_pair_for(const std::string& name) {
  auto key = fresh_key();
  auto own = certificate(name, key.get(), name, key.get());
  return {pem(own.get()), pem(key.get(), nullptr, nullptr)};
}

pem_pair make_chain_for(const std::string& name) {
  auto signer = fresh_key();
  auto authority =
      certificate("authority", signer.get(), "authority", signer.get());
  auto key = fresh_key();
  auto own = certificate(name, key.get(), "authority", signer.get());
  return {pem(own.get()) + pem(authority.get()),
          pem(key.get(), nullptr, nullptr)};
}

std::string encrypted_key(const pem_pair& pair) {
  bio_ptr in{
      BIO_new_mem_buf(pair.key.data(), static_cast<int>(pair.key.size())),
      BIO_free};
  key_ptr key{PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr),
              EVP_PKEY_free};
  need(key != nullptr);
  std::string phrase = "secret";
  return pem(key.get(), EVP_aes_128_cbc(), phrase.data());
}

} // namespace locust::test
