// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What types, constants and symbols say, as numbers of 128 bits that are the same in every process.
#pragma once

#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/hash.h"
#include "inlay/ir/module.h"

namespace inlay::ir {

/// Bytes to be hashed, put together piece by piece. What is written must tell where it ends: no two different things
/// may write the same bytes.
class Bytes {
 public:
  void clear() { size_ = 0; }
  template <class T>
  void add(const T& value) {
    static_assert(std::has_unique_object_representations_v<T>);
    add(&value, sizeof value);
  }
  void add(std::string_view text) {
    add(std::uint64_t{text.size()});
    add(text.data(), text.size());
  }
  void add(const void* data, std::size_t size) {
    if (bytes_.size() - size_ < size) bytes_.resize(bytes_.size() * 2 + size + 256);
    if (size != 0) std::memcpy(bytes_.data() + size_, data, size);
    size_ += size;
  }
  base::Hash128 hash() const { return base::hash128(std::span(bytes_.data(), size_)); }

 private:
  std::vector<std::byte> bytes_;  // of which the first size_ are said
  std::size_t size_ = 0;
};

/// Works each out once; for a module that does not change.
class Contents {
 public:
  explicit Contents(const Module& module);

  /// What the type says: `Point` for a struct with that name, whatever it consists of.
  const base::Hash128& named(TypeId type) const;
  /// What code that handles values of it, or lays it out in memory, depends on: also the fields of structs, all the way
  /// down, and the methods of an interface. For what a slice or pointer leads to, only the name.
  const base::Hash128& laid_out(TypeId type) {
    const Known& known = laid_out_[type.value];
    return known.progress == Progress::Done ? known.hash : lay_out(type);
  }
  /// Of a slice, with what its elements are.
  const base::Hash128& with_elements(TypeId type);
  /// Of a constant or symbol.
  const base::Hash128& of(Value value) {
    Known& known = value.is_const()      ? consts_[value.constant().value]
                   : value.is_function() ? functions_[value.function().value]
                                         : data_[value.data().value];
    if (known.progress != Progress::Done) {
      known.hash = value.is_const() ? constant(value.constant()) : symbol(value);
      known.progress = Progress::Done;
    }
    return known.hash;
  }

 private:
  enum class Progress : std::uint8_t { None, Busy, Done };
  struct Known {
    base::Hash128 hash;
    Progress progress = Progress::None;
  };
  const base::Hash128& lay_out(TypeId type);
  base::Hash128 named_now(TypeId type);
  bool parts_are_done(TypeId type);
  base::Hash128 definition(TypeId type);
  base::Hash128 constant(ConstId id);
  void add_argument(std::uint32_t word);
  base::Hash128 symbol(Value value);

  const Module& m_;
  Bytes bytes_;
  std::vector<TypeId> stack_;
  std::vector<base::Hash128> named_;
  std::vector<Known> laid_out_, with_elements_, consts_, functions_, data_;  // by handle
};

}  // namespace inlay::ir
