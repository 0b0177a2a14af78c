#pragma once

#include <zlib.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace locust::test {

/// Returns the content of a file in the gzip format; throws if it is not whole.
inline std::string gunzip(std::string_view packed) {
  constexpr int gzip_only = 16;
  z_stream stream{};
  std::string input(packed);
  std::string out(size_t{16} << 20, '\0');
  inflateInit2(&stream, MAX_WBITS + gzip_only);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  auto result = inflate(&stream, Z_FINISH);
  auto size = stream.total_out;
  inflateEnd(&stream);
  if (result != Z_STREAM_END)
    throw std::runtime_error("not a whole gzip file");
  out.resize(size);
  return out;
}

} // namespace locust::test
