// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What Registry::standard() is made of: each source adds its own functions, in tables at its end.
#pragma once

#include "inlay/filter/function.h"

namespace inlay::filter {

void add_comparisons(Registry& registry);
void add_numbers(Registry& registry);
void add_texts(Registry& registry);
void add_cases(Registry& registry);
void add_patterns(Registry& registry);
void add_expressions(Registry& registry);
void add_dates(Registry& registry);
void add_casts(Registry& registry);
void add_nulls(Registry& registry);
void add_sets(Registry& registry);

}  // namespace inlay::filter
