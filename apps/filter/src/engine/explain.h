// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What was decided and measured, for people and for programs.
#pragma once

#include <string>

#include "engine/planned.h"

namespace inlay::filter {

std::string explain(const Planned& planned);
/// One JSON object.
std::string explain_json(const Planned& planned);

/// The same of a runner alone, for those who plan by themselves. `text` is the expression.
std::string explain(const Runner& runner, std::string_view text, std::int64_t sampled_rows = 0);
std::string explain_json(const Runner& runner, std::string_view text, std::int64_t sampled_rows = 0);

}  // namespace inlay::filter
