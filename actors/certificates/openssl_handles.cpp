#include "actors/certificates/openssl_handles.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>

namespace locust::openssl {

int no_password(char*, int, int, void*) {
  return 0;
}

error_scope::error_scope() {
  ERR_set_mark();
}

error_scope::~error_scope() {
  ERR_pop_to_mark();
}

tl::unexpected<error> failure(std::string_view what) {
  std::array<char, 256> words{};
  ERR_error_string_n(ERR_peek_last_error(), words.data(), words.size());
  return fail(errc::refused, std::string(what) + ": " + words.data());
}

bio reader_of(std::string_view text) {
  return bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

std::string written_to(BIO* memory) {
  char* begin = nullptr;
  auto size = BIO_get_mem_data(memory, &begin);
  return {begin, static_cast<size_t>(size)};
}

std::vector<certificate> read_certificates(std::string_view pem) {
  std::vector<certificate> found;
  auto from = reader_of(pem);
  while (from && BIO_eof(from.get()) == 0)
    if (certificate one{
            PEM_read_bio_X509(from.get(), nullptr, no_password, nullptr)})
      found.push_back(std::move(one));
  return found;
}

private_key read_key(std::string_view pem) {
  auto from = reader_of(pem);
  if (!from)
    return {};
  return private_key{
      PEM_read_bio_PrivateKey(from.get(), nullptr, no_password, nullptr)};
}

std::string to_pem(const X509* x) {
  bio to{BIO_new(BIO_s_mem())};
  if (!to || PEM_write_bio_X509(to.get(), x) != 1)
    return {};
  return written_to(to.get());
}

timestamp to_timestamp(const ASN1_TIME* t) {
  tm parts{};
  if (ASN1_TIME_to_tm(t, &parts) != 1)
    return {};
  using namespace std::chrono;
  auto day = year(parts.tm_year + 1900) /
             month(static_cast<unsigned>(parts.tm_mon + 1)) /
             std::chrono::day(static_cast<unsigned>(parts.tm_mday));
  return sys_days(day) + hours(parts.tm_hour) + minutes(parts.tm_min) +
         seconds(parts.tm_sec);
}

} // namespace locust::openssl
