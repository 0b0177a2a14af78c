#include "protocol/basics/compression.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

namespace locust {

namespace {

/// How much output is made room for at a time.
constexpr size_t step = size_t{64} * 1024;

/// zlib does not change its input, but takes it as not const.
Bytef* input_of(std::string_view bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
}

} // namespace

std::string compress(std::string_view bytes) {
  auto size = compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  if (::compress(reinterpret_cast<Bytef*>(out.data()), &size, input_of(bytes),
                 static_cast<uLong>(bytes.size())) != Z_OK)
    throw std::bad_alloc(); // its only possible failure
  out.resize(size);
  out.shrink_to_fit();
  return out;
}

std::string gzip(std::string_view bytes) {
  constexpr int gzip_format = 16; // added to the size of the window
  constexpr int memory_level = 8; // zlib's default
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
                   MAX_WBITS + gzip_format, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::unique_ptr<z_stream, decltype(&deflateEnd)> ended(&stream, &deflateEnd);
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())),
                  '\0');
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END)
    throw std::bad_alloc(); // more than 4 GiB
  out.resize(stream.total_out);
  return out;
}

std::optional<std::string> decompress(std::string_view bytes, size_t limit) {
  if (bytes.size() > std::numeric_limits<uInt>::max())
    return std::nullopt;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK)
    throw std::bad_alloc();
  std::unique_ptr<z_stream, decltype(&inflateEnd)> ended(&stream, &inflateEnd);
  stream.next_in = input_of(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  for (;;) {
    auto done = out.size();
    // One byte more than allowed tells a text of that size from a longer one.
    auto room = std::min(step, limit + 1 - done);
    out.resize(done + room);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(room);
    auto result = inflate(&stream, Z_NO_FLUSH);
    out.resize(done + room - stream.avail_out);
    if (out.size() > limit)
      return std::nullopt;
    if (result == Z_STREAM_END && stream.avail_in == 0) {
      out.shrink_to_fit();
      return out;
    }
    if (result != Z_OK || (stream.avail_in == 0 && stream.avail_out > 0))
      return std::nullopt;
  }
}

} // namespace locust
