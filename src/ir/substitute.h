// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generics as keys: parameters, arguments, and types and constants with arguments put in for parameters.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// Lists in Module::extra, as Function::parameters and Function::arguments are.
ExtraId add_parameters(Module& module, std::span<const GenericParameter> parameters);
ExtraId add_arguments(Module& module, std::span<const GenericArgument> arguments);

/// Whether a word of Function::arguments is a type: constants and symbols have one of the highest two bits. So it is
/// known before the generic is declared, and whatever it asks for.
constexpr bool is_type_argument(std::uint32_t word) { return word >> 30 == 0; }

struct InstanceKey {
  std::uint64_t hash = 0;       // of the handles, for the index of this module
  std::uint64_t name_hash = 0;  // of what the arguments say, the same in every module
  bool dependent = false;       // an argument mentions parameters
};
InstanceKey instance_key(const Module& module, SymbolKind kind, std::uint32_t generic,
                         std::span<const GenericArgument> arguments);
bool same_arguments(const Module& module, std::uint32_t generic, std::uint32_t wanted_generic, ExtraId arguments,
                    std::span<const GenericArgument> wanted);

/// Whether the value mentions parameters of a generic.
bool mentions_parameters(const Module& module, Value value);
/// Of what a value says that is no instruction: the same in every module.
std::uint64_t content_hash(const Module& module, Value value);

/// A size or alignment as a number, if the type has a layout; else, and any other value, as it is. Never in place of a
/// value that needs a type of its own.
Value folded(Module& module, Value value);

/// Types, constants and symbols with arguments in place of parameters. What mentions none is itself. Each is made once:
/// parts that occur again and again cost nothing. Nesting that no program has is an error of the module.
class Substitution {
 public:
  explicit Substitution(Module& module) : module_(module) {}

  /// With these from now on: words, as behind the count of Function::arguments.
  void begin(std::span<const std::uint32_t> arguments);
  TypeId type(TypeId type);
  Value value(Value value);
  /// Arguments of an instance; sizes become numbers, so that `Vec<i8, sizeof(i64)>` is `Vec<i8, 8>`.
  std::vector<GenericArgument> arguments(ExtraId list);
  std::vector<NamedType> fields(const Type& type);

 private:
  struct Known {
    std::uint32_t from = 0, to = 0, round = 0;
  };
  static constexpr unsigned Deepest = 500;

  template <class Make>
  std::uint32_t once(std::uint32_t from, Make&& make);
  Known& place(std::uint32_t from);
  TypeId make_type(TypeId type);
  Value make_value(Value value);
  std::vector<TypeId> types(const Type& type);

  Module& module_;
  std::vector<std::uint32_t> arguments_;
  std::vector<Known> known_;  // open addressing; entries of other rounds are free
  std::uint32_t round_ = 0, used_ = 0;
  unsigned depth_ = 0;
};

/// Whether two signatures pass and return the same words: where one has a slice or the address of a function so has the
/// other, of whatever. So it is with instances of a shared generic.
bool passed_alike(const Module& module, TypeId signature, TypeId other);

/// A type, once.
TypeId substitute(Module& module, TypeId type, std::span<const std::uint32_t> arguments);

/// Size and alignment of a type whose parts are laid out on the way; completes instances.
bool lay_out_parts(Module& module, TypeId type, std::uint64_t& size, std::uint64_t& align_log2);

/// Texts of types and names end here: a few types may spell out as more than fits any memory.
inline constexpr std::size_t LongestText = std::size_t{4} << 20;
void cut_text(std::string& text);
/// As in the text form; what lies deeper than `depth` is left out. Parameters are called as in `scope` (a list as
/// Function::parameters), or by their numbers.
std::string type_text(const Module& module, TypeId type, unsigned depth, ExtraId scope = {});
std::string value_text(const Module& module, Value value, ExtraId scope = {});
std::string arguments_text(const Module& module, ExtraId arguments, unsigned depth, ExtraId scope = {});
std::string parameter_text(const Module& module, std::uint32_t number, ExtraId scope);
/// `@name`, with arguments for an instance.
std::string symbol_text(const Module& module, Symbol symbol, ExtraId scope = {});
/// In quotes, with escapes: \n \t \\ \" \xHH.
std::string quoted(std::string_view text);
/// A name, in quotes if it needs them; that of a type also if it is a word of the language.
std::string name_text(std::string_view name);
std::string type_name_text(std::string_view name);
/// The shortest number that reads back as the same bits; a NaN or infinity as `0x` and its bits.
std::string float_text(TypeId type, std::uint64_t bits);

}  // namespace inlay::ir
