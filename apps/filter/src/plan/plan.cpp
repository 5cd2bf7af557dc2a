// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "plan/plan.h"

#include "plan/emit.h"
#include "plan/order.h"
#include "plan/rewrite.h"

namespace inlay::filter {

Result<Plan> plan_condition(Expressions& expressions, NodeId condition, const PlanOptions& options) {
  if (expressions[condition].type != Type::Boolean) {
    return Error(ErrorKind::InvalidProgram,
                 "a condition is boolean, and this is " + std::string(to_string(expressions[condition].type)));
  }
  const NodeId root = simplify(expressions, condition, Context::Holds, options.merge);
  PreparedObjects objects;
  Ordered ordered = order_tests(expressions, root, options, objects);
  ordered.decisions.straight = is_straight(expressions, root);
  Plan plan;
  INLAY_TRY(plan.program, emit(expressions, root, Wanted::Condition, ordered.decisions, objects));
  plan.tests = std::move(ordered.tests);
  return plan;
}

Result<Plan> plan_value(Expressions& expressions, NodeId value, const PlanOptions& options) {
  const NodeId root = simplify(expressions, value, Context::Value, options.merge);
  PreparedObjects objects;
  Decisions decisions;
  decisions.straight = is_straight(expressions, root);
  Plan plan;
  INLAY_TRY(plan.program, emit(expressions, root, Wanted::Value, decisions, objects));
  return plan;
}

}  // namespace inlay::filter
