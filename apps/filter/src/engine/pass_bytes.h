// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bytes of a filter's rows, 0 or 1 each, in other forms.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "inlay/filter/batch.h"

namespace inlay::filter {

std::int64_t count_of(std::span<const std::uint8_t> pass);
/// The numbers of the ones, ascending.
Selection selection_of(std::span<const std::uint8_t> pass);
/// A bit each, low bits first; the last byte is filled up with zeros.
std::vector<std::uint8_t> bitmap_of(std::span<const std::uint8_t> pass);

}  // namespace inlay::filter
