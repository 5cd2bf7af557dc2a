// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include "common/output.h"
#include "users.h"

namespace bench {

/// How speed depends on how many rows pass, how many values are NULL, how many terms there are, how many rows come.
void sweep_selectivity(Output& output, const std::vector<User>& users, const Columns& columns);
void sweep_nulls(Output& output, const Columns& columns);
void sweep_terms(Output& output, const std::vector<User>& users);
void sweep_rows(Output& output, const std::vector<User>& users, const Columns& columns);

}  // namespace bench
