// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plan/plan.h"

#include "plan/emit.h"
#include "plan/rewrite.h"

namespace inlay::filter {

Result<Plan> plan_condition(Expressions& expressions, NodeId condition, const PlanOptions&) {
  if (expressions[condition].type != Type::Boolean) {
    return Error(ErrorKind::InvalidProgram,
                 "a condition is boolean, and this is " + std::string(to_string(expressions[condition].type)));
  }
  const NodeId root = simplify(expressions, condition, Context::Holds);
  PreparedObjects objects;
  Plan plan;
  INLAY_TRY(plan.program, emit(expressions, root, Wanted::Condition, {}, objects));
  return plan;
}

Result<Plan> plan_value(Expressions& expressions, NodeId value, const PlanOptions&) {
  const NodeId root = simplify(expressions, value, Context::Value);
  PreparedObjects objects;
  Plan plan;
  INLAY_TRY(plan.program, emit(expressions, root, Wanted::Value, {}, objects));
  return plan;
}

}  // namespace inlay::filter
