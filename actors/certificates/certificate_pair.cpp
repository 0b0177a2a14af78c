#include "actors/certificates/certificate_pair.hpp"

#include "actors/certificates/openssl_handles.hpp"

#include <openssl/pem.h>

#include <array>

namespace locust {

namespace {

using openssl::certificate;
using openssl::private_key;

/// RFC 5280 allows 20 octets and requires a positive number.
constexpr int serial_bits = 159;

/// X.509 counts versions from 0.
constexpr long version_3 = 2;

constexpr const char* organisation = "locust-operator";

struct extension_text {
  int id;
  const char* value;
};

constexpr std::array authority_extensions = {
    extension_text{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    extension_text{NID_key_usage, "critical,keyCertSign"},
    extension_text{NID_subject_key_identifier, "hash"},
};

constexpr std::array server_extensions = {
    extension_text{NID_basic_constraints, "critical,CA:FALSE"},
    extension_text{NID_key_usage, "critical,digitalSignature"},
    extension_text{NID_ext_key_usage, "serverAuth"},
    extension_text{NID_subject_key_identifier, "hash"},
    extension_text{NID_authority_key_identifier, "keyid:always"},
};

/// Sets a random serial number. Returns its first hexadecimal digits; empty on
/// failure.
std::string set_random_serial(X509* x) {
  openssl::bignum number{BN_new()};
  if (!number ||
      BN_rand(number.get(), serial_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) !=
          1 ||
      BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x)) == nullptr)
    return {};
  auto* digits = BN_bn2hex(number.get());
  std::string result(digits == nullptr ? "" : digits);
  OPENSSL_free(digits);
  return result.substr(0, 16);
}

bool set_name(X509* x, const std::string& common_name) {
  auto* name = X509_get_subject_name(x);
  auto add = [name](const char* field, const char* value) {
    return X509_NAME_add_entry_by_txt(
               name, field, MBSTRING_UTF8,
               reinterpret_cast<const unsigned char*>(value), -1, -1, 0) == 1;
  };
  return add("O", organisation) && add("CN", common_name.c_str());
}

bool set_life(X509* x, timestamp now) {
  auto begin = now - backdated_by;
  auto seconds_of = [](timestamp t) {
    return std::chrono::floor<std::chrono::seconds>(t)
        .time_since_epoch()
        .count();
  };
  return ASN1_TIME_set(X509_getm_notBefore(x), seconds_of(begin)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(x),
                       seconds_of(begin + certificate_lifetime)) != nullptr;
}

template <class Extensions>
bool add_extensions(X509* x, X509* issuer, const Extensions& extensions) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, x, nullptr, nullptr, 0);
  for (const auto& [id, value] : extensions) {
    openssl::extension made{X509V3_EXT_conf_nid(nullptr, &context, id, value)};
    if (!made || X509_add_ext(x, made.get(), -1) != 1)
      return false;
  }
  return true;
}

/// Returns a string of OpenSSL's type for DNS names (IA5String) or addresses
/// (OCTET STRING); null on failure.
ASN1_STRING* asn1_of(int type, const std::string& bytes) {
  auto* made = ASN1_STRING_type_new(type);
  if (made != nullptr &&
      ASN1_STRING_set(made, bytes.data(), static_cast<int>(bytes.size())) == 1)
    return made;
  ASN1_STRING_free(made);
  return nullptr;
}

bool add_host(GENERAL_NAMES* names, const std::string& host) {
  auto address = address_bytes(host);
  auto* value = address ? asn1_of(V_ASN1_OCTET_STRING, *address)
                        : asn1_of(V_ASN1_IA5STRING, host);
  auto* name = GENERAL_NAME_new();
  if (value == nullptr || name == nullptr ||
      sk_GENERAL_NAME_push(names, name) == 0) {
    ASN1_STRING_free(value);
    GENERAL_NAME_free(name);
    return false;
  }
  GENERAL_NAME_set0_value(name, address ? GEN_IPADD : GEN_DNS, value);
  return true;
}

/// Not built from a text like the other extensions, where a comma in a host
/// would start another name.
bool add_hosts(X509* x, const host_names& hosts) {
  openssl::general_names names{GENERAL_NAMES_new()};
  if (!names)
    return false;
  for (const auto& host : hosts)
    if (!add_host(names.get(), host))
      return false;
  return X509_add1_ext_i2d(x, NID_subject_alt_name, names.get(), 0,
                           X509V3_ADD_DEFAULT) == 1;
}

/// Returns a certificate for `key` without name, issuer, extensions and
/// signature.
certificate begin_certificate(EVP_PKEY* key, timestamp now) {
  certificate x{X509_new()};
  if (x && X509_set_version(x.get(), version_3) == 1 &&
      X509_set_pubkey(x.get(), key) == 1 && set_life(x.get(), now))
    return x;
  return {};
}

certificate make_authority(EVP_PKEY* key, timestamp now) {
  auto x = begin_certificate(key, now);
  if (!x)
    return {};
  auto number = set_random_serial(x.get());
  // A unique name, so that a client that builds a chain finds the right CA.
  if (!number.empty() && set_name(x.get(), "authority " + number) &&
      X509_set_issuer_name(x.get(), X509_get_subject_name(x.get())) == 1 &&
      add_extensions(x.get(), x.get(), authority_extensions) &&
      X509_sign(x.get(), key, EVP_sha256()) != 0)
    return x;
  return {};
}

certificate make_server(EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key,
                        const host_names& hosts, timestamp now) {
  auto x = begin_certificate(key, now);
  if (x && !set_random_serial(x.get()).empty() && set_name(x.get(), "server") &&
      X509_set_issuer_name(x.get(), X509_get_subject_name(issuer)) == 1 &&
      add_extensions(x.get(), issuer, server_extensions) &&
      add_hosts(x.get(), hosts) &&
      X509_sign(x.get(), issuer_key, EVP_sha256()) != 0)
    return x;
  return {};
}

std::string key_to_pem(const EVP_PKEY* key) {
  openssl::bio to{BIO_new(BIO_s_mem())};
  if (!to || PEM_write_bio_PKCS8PrivateKey(to.get(), key, nullptr, nullptr, 0,
                                           nullptr, nullptr) != 1)
    return {};
  return openssl::written_to(to.get());
}

host_names hosts_in(const X509* x) {
  host_names hosts;
  openssl::general_names names{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(x, NID_subject_alt_name, nullptr, nullptr))};
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
    if (type != GEN_DNS && type != GEN_IPADD)
      continue;
    std::string bytes(
        reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
        static_cast<size_t>(ASN1_STRING_length(value)));
    auto host = type == GEN_DNS ? canonical_host(bytes) : address_text(bytes);
    if (host)
      hosts.insert(*host);
  }
  return hosts;
}

/// Verifies `x` against the authorities; returns the one that signed it.
result<authority> verify(X509* x, const std::string& authorities,
                         timestamp now) {
  openssl::store trusted{X509_STORE_new()};
  openssl::store_context context{X509_STORE_CTX_new()};
  if (!trusted || !context)
    return openssl::failure("OpenSSL cannot verify the certificate");
  for (const auto& one : openssl::read_certificates(authorities))
    X509_STORE_add_cert(trusted.get(), one.get());
  if (X509_STORE_CTX_init(context.get(), trusted.get(), x, nullptr) != 1)
    return openssl::failure("OpenSSL cannot verify the certificate");
  auto* how = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(
      how, std::chrono::system_clock::to_time_t(
               std::chrono::floor<std::chrono::seconds>(now)));
  X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_SERVER);
  if (X509_verify_cert(context.get()) != 1)
    return fail(errc::refused,
                std::string("the certificate is not valid: ") +
                    X509_verify_cert_error_string(
                        X509_STORE_CTX_get_error(context.get())));
  const auto* chain = X509_STORE_CTX_get0_chain(context.get());
  const auto* root = sk_X509_value(chain, sk_X509_num(chain) - 1);
  return authority{openssl::to_pem(root),
                   openssl::to_timestamp(X509_get0_notBefore(root)),
                   openssl::to_timestamp(X509_get0_notAfter(root))};
}

} // namespace

result<certificate_pair> issue_pair(const host_names& hosts, timestamp now) {
  openssl::error_scope scope;
  private_key authority_key{EVP_EC_gen("P-256")};
  private_key server_key{EVP_EC_gen("P-256")};
  if (!authority_key || !server_key)
    return openssl::failure("OpenSSL cannot create a key");
  auto issuer = make_authority(authority_key.get(), now);
  if (!issuer)
    return openssl::failure("OpenSSL cannot create a CA");
  auto server = make_server(server_key.get(), issuer.get(), authority_key.get(),
                            hosts, now);
  if (!server)
    return openssl::failure("OpenSSL cannot create a certificate for " +
                            in_words(hosts));
  certificate_pair made{openssl::to_pem(server.get()),
                        key_to_pem(server_key.get()),
                        openssl::to_pem(issuer.get())};
  if (made.certificate.empty() || made.key.empty() || made.authorities.empty())
    return openssl::failure("OpenSSL cannot write the certificate");
  return made;
}

result<pair_facts> check_pair(const certificate_pair& pair, timestamp now) {
  openssl::error_scope scope;
  auto found = openssl::read_certificates(pair.certificate);
  if (found.empty())
    return fail(errc::malformed, "there is no certificate in PEM format");
  auto key = openssl::read_key(pair.key);
  if (!key)
    return fail(errc::malformed, "there is no private key in PEM format");
  auto* server = found.front().get();
  if (X509_check_private_key(server, key.get()) != 1)
    return fail(errc::refused,
                "the private key does not belong to the certificate");
  auto issuer = verify(server, pair.authorities, now);
  if (!issuer)
    return tl::unexpected(issuer.error());
  return pair_facts{openssl::to_timestamp(X509_get0_notBefore(server)),
                    openssl::to_timestamp(X509_get0_notAfter(server)),
                    hosts_in(server), std::move(*issuer)};
}

} // namespace locust
