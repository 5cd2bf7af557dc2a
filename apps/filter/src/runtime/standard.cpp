// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What the language brings along.
#include "runtime/register.h"

namespace inlay::filter {

namespace {

Registry make_standard() {
  Registry registry;
  add_comparisons(registry);
  add_numbers(registry);
  add_texts(registry);
  add_cases(registry);
  add_patterns(registry);
  add_expressions(registry);
  add_dates(registry);
  add_casts(registry);
  add_nulls(registry);
  add_sets(registry);
  return registry;
}

}  // namespace

const Registry& Registry::standard() {
  static const Registry registry = make_standard();
  return registry;
}

}  // namespace inlay::filter
