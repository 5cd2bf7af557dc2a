// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "language/wanted.h"

#include <algorithm>

#include "language/syntax.h"

namespace inlay::filter {

namespace {

using Guess = std::optional<Type>;

class Wanted {
 public:
  Wanted(const Syntax& syntax, const Schema& schema, const std::vector<bool>& unknown, const Registry& registry)
      : syntax_(syntax),
        schema_(schema),
        unknown_(unknown),
        registry_(registry),
        types_(syntax.nodes.size()),
        columns_(syntax.nodes.size()),
        wanted_(schema.size()) {}

  std::vector<Guess> find(bool is_condition) {
    for (std::uint32_t i = 0; i < syntax_.nodes.size(); ++i) look_at(i);
    if (is_condition) ask(static_cast<std::uint32_t>(syntax_.nodes.size() - 1), Type::Boolean);
    return wanted_;
  }

 private:
  void look_at(std::uint32_t number) {
    const SyntaxNode& node = syntax_.nodes[number];
    const std::span<const std::uint32_t> operands = syntax_.operands_of(node);
    switch (node.form) {
      case Form::Null:
        return;
      case Form::Literal:
        types_[number] = syntax_.values[node.index].type;
        return;
      case Form::Typed:
      case Form::Cast:
        types_[number] = node.type;
        return;
      case Form::Column: {
        const std::optional<ColumnId> column = schema_.find(syntax_.names[node.index]);
        if (!column) return;
        if (unknown_[column->value - 1])
          columns_[number] = column;
        else
          types_[number] = schema_[*column].type;
        return;
      }
      case Form::Call:
        types_[number] = call(syntax_.names[node.index], operands);
        return;
      case Form::Case: {
        const std::size_t first = node.subject ? 1 : 0, last = operands.size() - (node.otherwise ? 1 : 0);
        std::vector<std::uint32_t> compared, values;
        if (node.subject) compared.push_back(operands[0]);
        for (std::size_t i = first; i < last; i += 2) {
          if (node.subject)
            compared.push_back(operands[i]);
          else
            ask(operands[i], Type::Boolean);
          values.push_back(operands[i + 1]);
        }
        if (node.otherwise) values.push_back(operands.back());
        alike(compared);
        types_[number] = alike(values);
        return;
      }
      case Form::Between:
      case Form::In:
      case Form::Distinct:
        alike(operands);
        break;
      case Form::IsNull:
        break;
      case Form::And:
      case Form::Or:
      case Form::Not:
      case Form::IsTrue:
      case Form::IsFalse:
        for (const std::uint32_t operand : operands) ask(operand, Type::Boolean);
        break;
    }
    types_[number] = Type::Boolean;
  }

  Guess call(std::string_view name, std::span<const std::uint32_t> operands) {
    for (const std::string_view same : {"coalesce", "nullif", "greatest", "least"})
      if (name == same) return alike(operands);
    for (const std::string_view compares : {"=", "<>", "<", "<=", ">", ">="})
      if (name == compares) {
        alike(operands);
        return Type::Boolean;
      }
    for (const std::string_view counts : {"+", "-", "*", "/", "%", "negate"})
      if (name == counts) {
        const Guess type = known_among(operands);
        const Type other = type && *type != Type::Text ? *type : Type::Integer;
        // A date is calculated with days.
        for (const std::uint32_t operand : operands) ask(operand, other == Type::Date ? Type::Integer : other);
        return other;
      }
    // Another function: what its overloads agree on, or the first one.
    Guess result;
    bool first = true;
    for (const Function& function : registry_.functions()) {
      if (function.name != name || function.parameters.size() != operands.size()) continue;
      if (first)
        for (std::size_t i = 0; i < operands.size(); ++i) ask(operands[i], function.parameters[i]);
      result = first || result == function.result ? Guess(function.result) : std::nullopt;
      first = false;
    }
    return result;
  }

  Guess known_among(std::span<const std::uint32_t> operands) const {
    Guess type;
    for (const std::uint32_t operand : operands) {
      const Guess next = types_[operand] ? types_[operand] : asked(operand);
      if (!type || (type == Type::Integer && next == Type::Real)) type = next;
    }
    return type;
  }

  Guess asked(std::uint32_t operand) const {
    return columns_[operand] ? wanted_[columns_[operand]->value - 1] : std::nullopt;
  }

  /// The operands have one type: that of those which have one.
  Guess alike(std::span<const std::uint32_t> operands) {
    const Guess type = known_among(operands);
    if (type)
      for (const std::uint32_t operand : operands) ask(operand, *type);
    return type;
  }

  void ask(std::uint32_t operand, Type type) {
    if (!columns_[operand]) return;
    Guess& wanted = wanted_[columns_[operand]->value - 1];
    if (!wanted || (wanted == Type::Integer && type == Type::Real) || (wanted == Type::Date && type == Type::Timestamp))
      wanted = type;
  }

  const Syntax& syntax_;
  const Schema& schema_;
  const std::vector<bool>& unknown_;
  const Registry& registry_;
  std::vector<Guess> types_;                      // by number of the syntax node
  std::vector<std::optional<ColumnId>> columns_;  // of those that are such a column
  std::vector<Guess> wanted_;
};

}  // namespace

std::vector<std::optional<Type>> wanted_types(std::string_view text, const Schema& schema,
                                              const std::vector<bool>& unknown, const Registry& registry,
                                              bool is_condition) {
  const Result<Syntax> syntax = parse_syntax(text);
  if (!syntax) return std::vector<std::optional<Type>>(schema.size());
  return Wanted(*syntax, schema, unknown, registry).find(is_condition);
}

}  // namespace inlay::filter
