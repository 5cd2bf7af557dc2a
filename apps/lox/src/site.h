// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// An inline cache: what a place in the program has learned about the shapes that it meets. Plain closures use it to
// save a lookup. Compiled code knows what it says: the host promises that sites change rarely (session.cpp).
//
// Everything in an entry follows from its shape, for ever, and entries are only added. So code that was made of some
// entries stays right when the site learns more, which happens while it runs.
#pragma once

#include "object.h"

#include <array>
#include <cstdint>

namespace lox {

/// Nothing has this one, not even what has no_shape. There are no more than 2^32 - 1 others.
constexpr Shape shape_of_nothing = 0xffff'ffff;

struct SiteEntry {
  Shape shape = shape_of_nothing;
  /// Get, Set: which field. Method calls: which method of the class.
  std::uint32_t index = 0;
  /// Set: the shape with the new field, if it is one. Calls of classes: the shape of new instances.
  Shape next = no_shape;
  /// Calls: what is entered. Of classes: the initializer, or null.
  const Function* function = nullptr;
};

/// What a site has learned.
struct SiteEntries {
  static constexpr unsigned capacity = 4;
  static constexpr unsigned too_many = capacity + 1;

  unsigned count = 0;                       // too_many: not worth a cache
  std::array<SiteEntry, capacity> entries;  // from `count` on of nothing
};

struct Site : SiteEntries {
  enum class Kind : std::uint8_t {
    Compiled,  // compiled code is made for its entries, and made anew when it learns
    Searched,  // compiled code looks its entries up
    Complete,  // it knows all that it ever will, and is constant
  };
  Kind kind = Kind::Compiled;

  /// hit(entry) for the entry of this shape, or miss().
  template <class Hit, class Miss>
  auto dispatch(Shape shape, const Hit& hit, const Miss& miss) const {
    if (kind != Kind::Searched) return dispatch_from<0>(shape, hit, miss);
    for (const SiteEntry& entry : entries)
      if (entry.shape == shape) return hit(entry);
    return miss();
  }

 private:
  /// A chain of comparisons, each with code of its own behind it.
  template <unsigned I, class Hit, class Miss>
  auto dispatch_from(Shape shape, const Hit& hit, const Miss& miss) const {
    if constexpr (I == capacity) {
      return miss();
    } else {
      if (count <= I || count == too_many) return miss();
      if (entries[I].shape == shape) return hit(entries[I]);
      return dispatch_from<I + 1>(shape, hit, miss);
    }
  }
};

}  // namespace lox
