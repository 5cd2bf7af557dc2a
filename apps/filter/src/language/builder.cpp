// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A Term is its text in the language: so it means what that means, and errors can show it. All values are written by
// to_string(Value), whose texts read back as the same values, and all names in quotes.
#include "inlay/filter/builder.h"

#include "language/scanner.h"

namespace inlay::filter {

namespace {

std::string literal(std::string_view text) { return to_string(Value::of(std::string(text))); }

std::string value_text(const Value& value) {
  return value.null ? "null::" + std::string(to_string(value.type)) : to_string(value);
}

}  // namespace

Term::Term(const Value& value) : text_(value_text(value)) {
  if (!value.null && text_[0] != '-') kind_ = Kind::Primary;
}

std::string Term::operand() const { return kind_ == Kind::Primary ? text_ : '(' + text_ + ')'; }

Term Term::followed_by(std::string_view text) const { return {operand() += text, Kind::Other}; }

Term Term::infix(Term a, std::string_view sign, const Term& b) {
  std::string text = a.kind_ == Kind::Primary ? std::move(a.text_) : a.operand();
  return {(std::move(text) += sign) += b.operand(), Kind::Other};
}

Term Term::joined(Term a, Kind kind, const Term& b) {
  // Other operators bind tighter. What is joined already is only added to: chains take linear time.
  std::string text = a.kind_ == kind || a.kind_ == Kind::Other ? std::move(a.text_) : a.operand();
  text += kind == Kind::And ? " and " : " or ";
  text += b.kind_ == kind || b.kind_ == Kind::Other ? b.text_ : b.operand();
  return {std::move(text), kind};
}

Term Term::like(std::string_view pattern) const { return followed_by(" like " + literal(pattern)); }
Term Term::like(std::string_view pattern, std::string_view escape) const {
  return followed_by(" like " + literal(pattern) + " escape " + literal(escape));
}
Term Term::ilike(std::string_view pattern) const { return followed_by(" ilike " + literal(pattern)); }
Term Term::ilike(std::string_view pattern, std::string_view escape) const {
  return followed_by(" ilike " + literal(pattern) + " escape " + literal(escape));
}
Term Term::matches(std::string_view expression) const { return followed_by(" ~ " + literal(expression)); }
Term Term::between(const Term& low, const Term& high) const {
  // Of a kind of its own: `a between 1 and 2 and b` is right, but is hard to read.
  return {operand() + " between " + low.operand() + " and " + high.operand(), Kind::Other};
}

Term Term::in(std::span<const Term> values) const {
  if (values.empty()) return {operand() + " <> " + operand(), Kind::Other};
  std::string text = operand() + " in (";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ", ";
    text += values[i].text_;
  }
  return {std::move(text) + ')', Kind::Other};
}

Term Term::is_null() const { return followed_by(" is null"); }
Term Term::is_not_null() const { return followed_by(" is not null"); }
Term Term::is_true() const { return followed_by(" is true"); }
Term Term::is_false() const { return followed_by(" is false"); }
Term Term::is_distinct_from(const Term& other) const { return followed_by(" is distinct from " + other.operand()); }
Term Term::cast(Type type) const { return followed_by("::" + std::string(to_string(type))); }

Term operator-(const Term& a) { return {"-(" + a.text_ + ')', Term::Kind::Other}; }
Term operator!(const Term& a) { return {"not " + a.operand(), Term::Kind::Other}; }

Term col(std::string_view name) { return {name_text(name), Term::Kind::Primary}; }

Term call(std::string_view function, std::span<const Term> arguments) {
  // Other than quoted ones, plain names may be in capitals, and are aliases and what the parser makes a CASE of.
  std::string text =
      function == "cast" || function == "extract" ? '"' + std::string(function) + '"' : name_text(function);
  text += '(';
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i > 0) text += ", ";
    text += arguments[i].text_;
  }
  return {std::move(text) + ')', Term::Kind::Primary};
}

Term concat(const Term& a, const Term& b) { return Term::infix(a, " || ", b); }

Term all_of(std::span<const Term> terms) {
  if (terms.empty()) return true;
  Term all = terms[0];
  for (const Term& term : terms.subspan(1)) all = std::move(all) && term;
  return all;
}
Term any_of(std::span<const Term> terms) {
  if (terms.empty()) return false;
  Term any = terms[0];
  for (const Term& term : terms.subspan(1)) any = std::move(any) || term;
  return any;
}

CaseTerm when(const Term& condition, const Term& value) { return CaseTerm("case").when(condition, value); }
CaseTerm CaseTerm::when(const Term& condition, const Term& value) && {
  text_ += " when " + condition.text_ + " then " + value.text_;
  return std::move(*this);
}
Term CaseTerm::otherwise(const Term& value) && {
  return {std::move(text_) + " else " + value.text_ + " end", Term::Kind::Primary};
}
Term CaseTerm::otherwise_null() && { return {std::move(text_) + " end", Term::Kind::Primary}; }

Result<NodeId> build(Expressions& expressions, const Term& term) { return parse(expressions, term.text()); }

}  // namespace inlay::filter
