#pragma once

#include <string_view>

// Values of the `Accept` header. A server that cannot send metadata only sends
// whole objects as plain JSON.

namespace locust {

/// The metadata of one object or of watch events.
inline constexpr std::string_view metadata_only =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, "
    "application/json";

/// The metadata of a list.
inline constexpr std::string_view metadata_only_list =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, "
    "application/json";

} // namespace locust
