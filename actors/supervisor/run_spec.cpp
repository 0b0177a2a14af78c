#include "actors/supervisor/run_spec.hpp"

#include "protocol/basics/base64.hpp"
#include "protocol/basics/compression.hpp"

#include <utility>

namespace locust {

packed_spec pack_spec(std::string_view spec) {
  if (spec.size() <= plain_spec_limit)
    return {std::string(spec), {}};
  auto compressed = encode_base64(compress(spec));
  if (compressed.size() > compressed_spec_limit)
    return {};
  return {{}, std::move(compressed)};
}

std::string unpack_spec(const packed_spec& packed) {
  if (!packed.plain.empty() || packed.compressed.empty() ||
      packed.compressed.size() > compressed_spec_limit)
    return packed.plain;
  auto bytes = decode_base64(packed.compressed);
  if (!bytes)
    return {};
  return decompress(*bytes, unpacked_spec_limit).value_or("");
}

} // namespace locust
