// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which function a call means, and what becomes of operands whose types are not its parameters'.
#include <algorithm>
#include <array>

#include "language/binder.h"
#include "language/habits.h"
#include "language/nearest.h"
#include "language/scanner.h"
#include "runtime/conversions.h"
#include "runtime/utf8.h"

namespace inlay::filter {

namespace {

constexpr std::size_t MostParameters = 8;  // as an Instruction has operands

struct Alias {
  std::string_view name, means;
};
constexpr Alias Aliases[] = {
    {"substring", "substr"},        {"ceiling", "ceil"}, {"char_length", "length"},
    {"character_length", "length"}, {"pow", "power"},
};

std::string_view first_character(std::string_view text) {
  return text.substr(0, static_cast<std::size_t>(character_size(text.data(), text.data() + text.size())));
}

bool is_day(Type type) { return type == Type::Date || type == Type::Timestamp; }
bool is_number(Type type) { return type == Type::Integer || type == Type::Real; }
bool is_operator(std::string_view name) {
  return name.find_first_not_of("+-*/%|=<>~") == std::string_view::npos || name == "like" || name == "ilike";
}
bool compares(std::string_view name) { return name.find_first_of("=<>") != std::string_view::npos; }

std::string signature(const Function& function) {
  std::string text = function.name + '(';
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    if (i > 0) text += ", ";
    text += to_string(function.parameters[i]);
  }
  return text + ')';
}

}  // namespace

Type Binder::type_of(const Bound& operand) const {
  return operand.node ? expressions_[operand.node].type : Registry::AnyType;
}

std::string Binder::type_text(const Bound& operand) const {
  return operand.node ? std::string(to_string(type_of(operand))) : "NULL";
}

std::vector<FunctionId> Binder::find(std::string_view name, std::span<const Type> types) {
  auto [at, fresh] = overloads_.try_emplace({std::string(name), std::vector<Type>(types.begin(), types.end())},
                                            std::vector<FunctionId>());
  if (fresh) at->second = expressions_.registry().find(name, types);
  return at->second;
}

std::optional<FunctionId> Binder::find_exact(std::string_view name, std::span<const Type> types) {
  const std::vector<FunctionId> found = find(name, types);
  if (found.size() != 1 || !std::ranges::equal(expressions_.registry()[found[0]].parameters, types))
    return std::nullopt;
  return found[0];
}

/// Overloads are equally near only because of NULL literals, or because a user's function made them so: the one that
/// takes texts, as a literal whose type nothing tells is one; else the first.
FunctionId Binder::chosen(std::span<const FunctionId> equals) const {
  for (FunctionId id : equals)
    if (std::ranges::find(expressions_.registry()[id].parameters, Type::Text) !=
        expressions_.registry()[id].parameters.end())
      return id;
  return equals[0];
}

std::optional<Value> Binder::converted(const Value& value, Type type) {
  if (value.null) return Value::null_of(type);
  if (value.type == type) return value;
  const std::optional<FunctionId> id = find_exact("cast_" + std::string(to_string(type)), {&value.type, 1});
  if (!id) return std::nullopt;
  const Function& cast = expressions_.registry()[*id];
  if (cast.traits.allocates || cast.traits.nulls != Nulls::Strict || cast.call == nullptr) return std::nullopt;
  Slot argument, result;
  if (value.type == Type::Text) {
    argument.text = std::string_view(value.text);
  } else if (value.type == Type::Real) {
    argument.real = value.real;
  } else {
    argument.bits = value.bits;
  }
  Scope scope;
  const Slot* arguments[] = {&argument};
  cast.call(scope, arguments, nullptr, result);
  if (scope.fault == Fault::None && !result.null) {
    Value out{.type = type, .null = false};
    if (type == Type::Real) {
      out.real = result.real;
    } else {
      out.bits = result.bits;
    }
    return out;
  }
  if (value.type == Type::Text && type == Type::Timestamp) {  // a day is a timestamp: its first moment
    if (std::optional<Value> day = converted(value, Type::Date)) return converted(*day, type);
  }
  return std::nullopt;
}

Result<NodeId> Binder::as(const Bound& operand, Type type) {
  if (!operand.node) return expressions_.add_constant(Value::null_of(type));
  const Type from = type_of(operand);
  if (from == type) return operand.node;
  if (expressions_[operand.node].kind == NodeKind::Constant) {
    const Value value = expressions_.constant(operand.node);
    if (std::optional<Value> constant = converted(value, type)) return expressions_.add_constant(*std::move(constant));
    if (value.type == Type::Text) {
      std::string form = type == Type::Date ? "'2024-02-29'" : "'2024-02-29 12:30:00'";
      return fail(operand.range, quoted(value.text) + " is not a " + std::string(to_string(type)) + "; write it like " +
                                     std::move(form));
    }
  }
  const std::string name(to_string(type));
  const std::optional<FunctionId> id = find_exact("cast_" + name, {&from, 1});
  if (!id) return fail(operand.range, "there is no conversion from " + std::string(to_string(from)) + " to " + name);
  return expressions_.add_call(*id, {&operand.node, 1});
}

/// The types to look for where text literals may be days: each of them that reads as one. An error where days are
/// wanted and one does not read as such; none where texts are no days at all.
Result<std::vector<Type>> Binder::literal_types(std::string_view name, std::span<const Bound> operands) {
  std::vector<Type> types, dates;
  const Bound* unreadable = nullptr;
  bool any = false;
  for (const Bound& operand : operands) {
    types.push_back(type_of(operand));
    dates.push_back(type_of(operand));
    if (!operand.text_literal) continue;
    const Value text = expressions_.constant(operand.node);
    dates.back() = Type::Date;
    if (converted(text, Type::Date)) {
      types.back() = Type::Date;
      any = true;
    } else if (converted(text, Type::Timestamp)) {
      types.back() = Type::Timestamp;
      any = true;
    } else if (unreadable == nullptr) {
      unreadable = &operand;
    }
  }
  if (any && !find(name, types).empty()) return types;
  if (unreadable != nullptr && !find(name, dates).empty()) {
    const bool timestamps = std::ranges::any_of(operands, [&](const Bound& operand) {
      return operand.node && !operand.text_literal && type_of(operand) == Type::Timestamp;
    });
    const Type wanted = timestamps ? Type::Timestamp : Type::Date;
    if (auto read = as(*unreadable, wanted); !read) return std::move(read).error();
  }
  return std::vector<Type>();
}

Result<NodeId> Binder::call(std::string_view name, std::span<const Bound> operands, Range mark) {
  std::vector<Type> types;
  for (const Bound& operand : operands) types.push_back(type_of(operand));
  std::vector<FunctionId> found = find(name, types);
  if (found.empty() && std::ranges::any_of(operands, &Bound::text_literal)) {
    INLAY_TRY(types, literal_types(name, operands));
    if (!types.empty()) found = find(name, types);
  }
  if (found.empty()) return no_overload(name, operands, mark);
  const bool any_null = std::ranges::any_of(operands, [](const Bound& operand) { return !operand.node; });
  if (found.size() > 1 && !any_null) {
    const Registry& registry = expressions_.registry();
    return fail(mark, "this may be " + signature(registry[found[0]]) + " or " + signature(registry[found[1]]) +
                          "; cast the operands to the types that are meant");
  }
  const FunctionId id = chosen(found);
  if (const Function& function = expressions_.registry()[id]; !function.refusal.empty())
    return fail(mark, quoted(function.name) + " cannot be called: " + function.refusal);
  const std::vector<Type> parameters = expressions_.registry()[id].parameters;
  if (parameters.size() > MostParameters)
    return fail(mark, "functions of more than " + std::to_string(MostParameters) + " parameters cannot be called");
  std::vector<NodeId> nodes;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    INLAY_TRY(const NodeId node, as(operands[i], parameters[i]));
    nodes.push_back(node);
  }
  return prepared(id, operands, nodes);
}

/// What a function makes of a constant once is tried here, so that a wrong regular expression is found at once.
Result<NodeId> Binder::prepared(FunctionId id, std::span<const Bound> operands, std::span<const NodeId> nodes) {
  const Function& function = expressions_.registry()[id];
  const FunctionTraits& traits = function.traits;
  if (traits.prepare == nullptr || traits.prepared < 0) return expressions_.add_call(id, nodes);
  const auto which = static_cast<std::size_t>(traits.prepared);
  if (which >= nodes.size()) return fail(operands[0].range, "the function prepares an argument that it does not have");
  if (expressions_[nodes[which]].kind != NodeKind::Constant)
    return fail(operands[which].range, "this argument of " + quoted(function.name) + " has to be a constant");
  const Value& constant = expressions_.constant(nodes[which]);
  if (constant.null) return expressions_.add_constant(Value::null_of(function.result));
  if (auto object = traits.prepare(constant); !object) return fail(operands[which].range, object.error().message());
  return expressions_.add_call(id, nodes);
}

Result<NodeId> Binder::bind_call(const SyntaxNode& syntax) {
  std::string name = syntax_.names[syntax.index];
  const std::vector<Bound> operands = operands_of(syntax);
  const Registry& registry = expressions_.registry();
  if (!syntax.quoted) {
    for (const Alias& alias : Aliases)
      if (name == alias.name && !registry.has(name)) name = alias.means;
    if (name == "~" && !registry.has(name)) name = "regexp_matches";
    if ((name == "like" || name == "ilike") && operands.size() == 3) return like_escape(name, operands, syntax.mark);
    if (name == "coalesce" && !operands.empty()) return coalesce(operands, syntax.mark);
    if (name == "nullif" && operands.size() == 2) return null_if(operands, syntax.mark);
    if ((name == "greatest" || name == "least") && operands.size() > 2) return call_chain(name, operands, syntax.mark);
  }
  return call(name, operands, syntax.mark);
}

/// The function takes the escape character and the pattern as one text, since it prepares one argument.
Result<NodeId> Binder::like_escape(const std::string& name, std::span<const Bound> operands, Range mark) {
  std::string joined;
  for (const Bound& part : {operands[2], operands[1]}) {
    if (part.node && expressions_[part.node].kind != NodeKind::Constant)
      return fail(part.range, "this argument of " + quoted(name) + " has to be a constant");
    if (!part.node || expressions_.constant(part.node).null) {
      INLAY_TRY(const NodeId null, as(Bound{}, Type::Text));
      return call(name + "_escape", std::vector{operands[0], bound(null, part.range)}, mark);
    }
    if (type_of(part) != Type::Text)
      return fail(part.range, "a text should stand here, and this is " + type_text(part));
    const std::string& text = expressions_.constant(part.node).text;
    if (joined.empty() && (text.empty() || first_character(text) != text))
      return fail(part.range, "the escape has to be one character");
    joined += text;
  }
  const NodeId constant = expressions_.add_constant(Value::of(std::move(joined)));
  return call(name + "_escape", std::vector{operands[0], bound(constant, operands[1].range)}, mark);
}

/// f(a, b, c) as f(f(a, b), c), all of one type.
Result<NodeId> Binder::call_chain(std::string_view name, std::span<const Bound> operands, Range mark) {
  INLAY_TRY(const Type type, common_type(operands, "the arguments of " + quoted(name)));
  INLAY_TRY(NodeId id, as(operands[0], type));
  for (std::size_t i = 1; i < operands.size(); ++i) {
    INLAY_TRY(const NodeId next, as(operands[i], type));
    INLAY_TRY(id, call(name, std::vector{bound(id, mark), bound(next, operands[i].range)}, mark));
  }
  return id;
}

/// Of the standard, a CASE: what is not needed is not evaluated. Where nothing raises, that cannot be told from a call.
Result<NodeId> Binder::coalesce(std::span<const Bound> operands, Range mark) {
  INLAY_TRY(const Type type, common_type(operands, "the arguments of 'coalesce'"));
  std::vector<NodeId> nodes;
  bool raises = false;
  for (const Bound& operand : operands) {
    INLAY_TRY(const NodeId id, as(operand, type));
    nodes.push_back(id);
    raises |= expressions_[id].raises;
  }
  const std::array<Type, 2> types = {type, type};
  if (!raises && nodes.size() > 1 && find_exact("coalesce", types)) {
    // From the end, so that f(a, f(b, c)) stops where it may.
    NodeId id = nodes.back();
    for (std::size_t i = nodes.size() - 1; i-- > 0;) {
      INLAY_TRY(id, call("coalesce", std::vector{bound(nodes[i], mark), bound(id, mark)}, mark));
    }
    return id;
  }
  std::vector<NodeId> choices;
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    choices.push_back(expressions_.add_not(expressions_.add_is_null(nodes[i])));
    choices.push_back(nodes[i]);
  }
  choices.push_back(nodes.back());
  return expressions_.add_case(choices);
}

Result<NodeId> Binder::null_if(std::span<const Bound> operands, Range mark) {
  INLAY_TRY(const Type type, common_type(operands, "the arguments of 'nullif'"));
  INLAY_TRY(const NodeId a, as(operands[0], type));
  INLAY_TRY(const NodeId b, as(operands[1], type));
  const std::array<Bound, 2> pair = {bound(a, operands[0].range), bound(b, operands[1].range)};
  const std::array<Type, 2> types = {type, type};
  if (!expressions_[a].raises && !expressions_[b].raises && find_exact("nullif", types))
    return call("nullif", pair, mark);
  INLAY_TRY(const NodeId same, call("=", pair, mark));
  return expressions_.add_case(std::vector{same, expressions_.add_constant(Value::null_of(type)), a});
}

Result<Type> Binder::common_type(std::span<const Bound> operands, std::string_view what) {
  const Bound* first = nullptr;  // that is no literal of an open type
  Type type = Type::Text;
  for (const Bound& operand : operands) {
    if (!operand.node || operand.text_literal) continue;
    const Type next = type_of(operand);
    if (first == nullptr || converts(type, next)) {
      type = next;
    } else if (!converts(next, type)) {
      return fail(operand.range,
                  std::string(what) + " are of different types: " + type_text(*first) + " and " + type_text(operand));
    }
    if (first == nullptr) first = &operand;
  }
  for (const Bound& operand : operands) {
    if (!operand.text_literal || type == Type::Text) continue;
    if (!is_day(type))
      return fail(operand.range, std::string(what) + " are of different types: " + type_text(*first) + " and text");
    const Value text = expressions_.constant(operand.node);
    if (type == Type::Date && !converted(text, Type::Date) && converted(text, Type::Timestamp)) type = Type::Timestamp;
  }
  return type;
}

Error Binder::no_overload(std::string_view name, std::span<const Bound> operands, Range mark) {
  const Registry& registry = expressions_.registry();
  const std::string shown = name == "negate" ? "'-'" : quoted(name);
  if (!registry.has(name)) {
    std::vector<std::string_view> names;
    for (const Function& function : registry.functions())
      if (is_plain_name(function.name) && !function.name.starts_with("cast_")) names.push_back(function.name);
    std::string message = "no function is called " + shown;
    if (const std::optional<Habit> habit = habit_of_function(name))
      message += "; " + std::string(habit->advice);
    else if (std::optional<std::string_view> near = nearest(name, names))
      message += "; did you mean " + quoted(*near) + "?";
    return fail(mark, std::move(message));
  }
  std::string types;
  for (std::size_t i = 0; i < operands.size(); ++i)
    types += (i == 0 ? "" : i + 1 == operands.size() ? " and " : ", ") + type_text(operands[i]);

  if (is_operator(name) && operands.size() == 2) {
    std::string message = compares(name) ? types + " cannot be compared" : shown + " is not defined for " + types;
    const Type a = type_of(operands[0]), b = type_of(operands[1]);
    for (std::size_t i = 0; i < 2; ++i) {
      const Type other = i == 0 ? b : a;
      if (operands[i].text_literal && is_number(other)) {
        std::optional<Value> number = converted(expressions_.constant(operands[i].node), other);
        if (number) return fail(operands[i].range, message + "; write " + to_string(*number) + " without quotes");
      }
    }
    if (name == "||" && (a == Type::Boolean || b == Type::Boolean)) {
      message += "; conditions are joined with OR";
    } else if (a == Type::Boolean || b == Type::Boolean) {
      message += "; a condition stands alone, or after NOT";
    } else if ((a == Type::Text || b == Type::Text) && a != b) {
      const Type other = a == Type::Text ? b : a;
      message += name == "||" || name == "like" || name == "ilike" || name == "~"
                     ? "; write x::text for the text of another value"
                     : "; write x::" + std::string(to_string(other)) + " to read a text";
    }
    return fail(mark, std::move(message));
  }
  std::string message = shown + " is not defined for " + (operands.empty() ? "no arguments" : types);
  std::string known;
  std::size_t count = 0;
  for (const Function& function : registry.functions()) {
    if (function.name != name || ++count > 4) continue;
    known += (count == 1 ? "" : ", ") +
             (name == "negate" ? std::string(to_string(function.parameters[0])) : signature(function));
  }
  if (count > 4) known += " and " + std::to_string(count - 4) + " more";
  return fail(mark, message + "; there is " + known);
}

}  // namespace inlay::filter
