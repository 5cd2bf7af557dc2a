// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Generics as keys: parameters, arguments, and types and constants with arguments put in for parameters.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "inlay/ir/module.h"

namespace inlay::ir {

/// Lists in Module::extra, as Function::parameters and Function::arguments are.
ExtraId add_parameters(Module& module, std::span<const GenericParameter> parameters);
ExtraId add_arguments(Module& module, std::span<const GenericArgument> arguments);

struct InstanceKey {
  std::uint64_t hash = 0;       // of the handles, for the index of this module
  std::uint64_t name_hash = 0;  // of what the arguments say, the same in every module
  bool dependent = false;       // an argument mentions parameters
};
InstanceKey instance_key(const Module& module, SymbolKind kind, std::uint32_t generic,
                         std::span<const GenericArgument> arguments);
bool same_arguments(const Module& module, std::uint32_t generic, std::uint32_t wanted_generic, ExtraId arguments,
                    std::span<const GenericArgument> wanted);

/// Parameters of a generic of that kind and handle.
ExtraId parameters_of(const Module& module, SymbolKind kind, std::uint32_t generic);

/// The type, constant or symbol with the arguments (words, as behind the count of Function::arguments) in place of
/// parameters. What mentions none is itself.
TypeId substitute(Module& module, TypeId type, std::span<const std::uint32_t> arguments);
Value substitute(Module& module, Value value, std::span<const std::uint32_t> arguments);

/// Size and alignment of a type whose parts are laid out on the way; completes instances.
bool lay_out_parts(Module& module, TypeId type, std::uint64_t& size, std::uint64_t& align_log2);

/// As in the text form; what lies deeper than `depth` is left out. Parameters are called as in `scope` (a list as
/// Function::parameters), or by their numbers.
std::string type_text(const Module& module, TypeId type, unsigned depth, ExtraId scope = {});
std::string value_text(const Module& module, Value value, ExtraId scope = {});
std::string arguments_text(const Module& module, ExtraId parameters, ExtraId arguments, unsigned depth,
                           ExtraId scope = {});
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
