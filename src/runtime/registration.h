// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// How a runtime's object file makes itself known; `inlay embed` generates the other side as LLVM IR (embed/object.cpp),
// so this layout is part of the image format.
#pragma once

#include <cstdint>

namespace inlay::runtime {

struct RuntimeDescriptor {
  const void* image;
  std::uint64_t image_size;
  const void* const* addresses;  // of the image's symbols, in their order; null where the linker has none
  std::uint64_t address_count;
};

}  // namespace inlay::runtime

/// Called from a constructor of the runtime's object, through a weak reference: a program without Inlay does not need
/// it. The descriptor and what it points to must stay until inlay_unregister_runtime.
extern "C" void inlay_register_runtime(const inlay::runtime::RuntimeDescriptor* descriptor);
extern "C" void inlay_unregister_runtime(const inlay::runtime::RuntimeDescriptor* descriptor);
