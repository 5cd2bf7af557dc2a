// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What verify() knows about the types and constants of a module: that each is what module.h promises, and a few words
// about it that make the checks of instructions cheap. Nothing that lies in a type or constant is used before it was
// checked: handles against their tables, parts for having been there before the whole, lists against Module::extra.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// Which parameters of a generic something mentions, or a generic has: four bits for each number. 0: not this one;
/// 1: as a type; otherwise as a constant, whose type is that handle (bool to f64: 2 to 8); 15: in several ways.
using Scope = std::uint64_t;
inline constexpr std::uint32_t MostGenericParameters = 16;

constexpr Scope scope_of(std::uint32_t number, std::uint64_t kind) { return kind << number * 4; }

/// All four bits of each number that is mentioned.
constexpr Scope mentioned(Scope scope) {
  const Scope any = (scope | scope >> 1 | scope >> 2 | scope >> 3) & 0x1111111111111111u;
  return any * 15;
}

constexpr Scope join(Scope a, Scope b) {
  const Scope both = mentioned(a) & mentioned(b);
  return a | b | mentioned((a ^ b) & both);
}

/// Whether all that is mentioned is declared, and of the kind that it is used as.
constexpr bool within(Scope used, Scope declared) { return (declared & mentioned(used)) == used; }

class TypeFacts {
 public:
  static constexpr std::uint32_t Dependent = 1u << 31;  // mentions parameters of a generic
  static constexpr std::uint32_t Usable = 1u << 30;  // laid out with all that it consists of, or of what it points to

  static constexpr std::uint32_t LargestType = 1 << 16;  // in parts, named types being one
  static constexpr std::uint32_t MostParameters = 255;
  static constexpr std::uint32_t MostNewTypes = 1'000'000;

  /// `trusted`: layouts that are there were made by Module::lay_out.
  TypeFacts(Module& module, bool trusted) : m_(module), trusted_(trusted) {}

  /// Checks the types and constants that it has not seen yet; false: `reason` tells. All that is not dependent is laid
  /// out, but for instances of generics that nothing asks for.
  bool catch_up();
  /// Likewise, for types only, without laying them out: after types were made.
  bool see_new_types();
  /// Lays a type out, and what it points to, for use by an instruction. True for what is dependent.
  bool make_usable(TypeId type);
  /// A list of parameters, as Function::parameters.
  bool check_parameters(ExtraId parameters, Scope& declared);
  /// Arguments for them; types among them must have handles below `type_limit`. Adds to `scope` what they mention.
  bool check_arguments(ExtraId parameters, ExtraId arguments, std::uint32_t type_limit, Scope& scope);

  /// One more than the highest type that was checked.
  std::uint32_t type_count() const { return static_cast<std::uint32_t>(sets_.size()); }
  std::uint32_t const_count() const { return static_cast<std::uint32_t>(const_scopes_.size()); }
  /// TypeSet, and Dependent and Usable. Of a generic without arguments: nothing.
  std::uint32_t set(TypeId type) const { return sets_[type.value]; }
  Scope scope(TypeId type) const { return facts_[type.value].scope; }
  Scope scope(ConstId constant) const { return const_scopes_[constant.value]; }
  /// Whether a number is a value of the type: only integers and bools have such.
  static bool holds(TypeId type, std::int64_t number) {
    if (type == I64) return true;
    if (type == I32) return number == static_cast<std::int32_t>(number);
    if (type == I16) return number == static_cast<std::int16_t>(number);
    if (type == I8) return number == static_cast<std::int8_t>(number);
    return type == Bool && (number == 0 || number == 1);
  }

  /// Whether [list, list + words) lies in Module::extra. No list lies at 0, unless it is empty.
  bool contains(ExtraId list, std::uint64_t words) const {
    return words == 0 || (list && list.value + words <= m_.extra.count());
  }

  std::string reason;

 private:
  struct Fact {
    Scope scope = 0;
    std::uint32_t size = 1;  // in parts
    std::uint8_t depth = 1;
    bool was_laid_out = false;
    bool checked_contents = false;
  };

  bool fail(std::string text) {
    reason = std::move(text);
    return false;
  }
  bool fail(TypeId type, std::string_view text);
  bool add_type(TypeId id);
  bool add_basic(TypeId id, const Type& type);
  bool add_vector(TypeId id, const Type& type);
  bool add_array(TypeId id, const Type& type);
  bool add_signature(TypeId id, const Type& type);
  bool add_struct(TypeId id, const Type& type);
  bool add_part(TypeId whole, TypeId part, std::uint32_t wanted, std::string_view role);
  bool add_words(std::uint64_t words);
  bool add_name(TypeId id, const Type& type);
  bool check_members(TypeId id);
  bool check_fields(TypeId id, const Type& type, Scope declared);
  bool check_methods(TypeId id, const Type& type);
  bool lay_out(TypeId id);
  bool check_contents(TypeId id);
  bool add_const(ConstId id);
  bool add_lanes(ConstId id, const Const& c);
  bool check_argument(Value value, TypeId type, std::uint32_t type_limit, Scope& scope);
  bool in_memory(TypeId type) const { return (set(type) & TypesInMemory) != 0; }

  Module& m_;
  bool trusted_;
  std::vector<std::uint32_t> sets_;
  std::vector<Fact> facts_;
  std::vector<Scope> const_scopes_;
  std::vector<std::uint64_t> names_;  // a bit for each StringId that names a type
  TypeId at_hand_;                    // is being checked: messages must not read it
  std::uint32_t members_seen_ = 1;
  std::uint32_t first_count_ = 0;  // types when it began
  std::uint64_t words_ = 0;        // of all lists
  std::uint32_t new_depth_ = 1;    // of the type at hand
  std::uint64_t new_size_ = 1;
  Scope new_scope_ = 0;
};

}  // namespace inlay::ir
