// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What verify() checks of functions and data themselves: names, flags, signatures, parameters and arguments of
// generics, where instructions and blocks lie, bytes and relocations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"
#include "ir/symbol_names.h"
#include "ir/verify/types.h"

namespace inlay::ir {

class SymbolFacts {
 public:
  /// The scope of what cannot be used at all: a generic without arguments.
  static constexpr Scope Unusable = ~Scope{0};

  SymbolFacts(Module& module, TypeFacts& types)
      : m_(module), types_(types), own_names_(are_own_names_allowed(module)) {}

  /// Functions and data that it has not seen yet; false: `error` tells.
  bool catch_up();

  Scope scope(FunctionId id) const { return function_scopes_[id.value]; }
  Scope scope(DataId id) const { return data_scopes_[id.value]; }
  std::uint32_t function_count() const { return static_cast<std::uint32_t>(function_scopes_.size()); }
  std::uint32_t data_count() const { return static_cast<std::uint32_t>(data_scopes_.size()); }
  /// Whether the location is unknown or in a file of the module.
  bool contains(Location location) const { return location.file().value <= file_count_; }

  std::optional<Error> error;

 private:
  bool fail(FunctionId id, std::string_view text);
  bool fail(DataId id, std::string_view text);
  bool add_name(StringId name);  // false: it is there already
  bool check_function(FunctionId id);
  bool check_flags(FunctionId id, const Function& f);
  bool check_ranges(FunctionId id, const Function& f);
  bool check_no_overlaps(std::uint32_t first_function);
  bool check_instance(FunctionId id, Function& f);
  bool check_assembly(FunctionId id, const Function& f);
  bool check_data(DataId id);
  bool check_instance(DataId id, const Data& d);
  bool check_object(DataId id, const Data& d);
  bool check_table(DataId id, const Data& d);
  bool check_relocations(DataId id, const Data& d);
  bool check_relocation(DataId id, const Data& d, std::uint32_t number, std::uint64_t& least);
  bool check_no_instance_names();
  bool check_method(DataId id, const Data& d, std::uint32_t number, FunctionId function);
  std::string name(StringId id) const;

  Module& m_;
  TypeFacts& types_;
  bool own_names_;
  std::vector<Scope> function_scopes_{0};
  std::vector<Scope> data_scopes_{0};
  std::vector<Value> like_instances_;  // functions and data whose names may be those of instances
  std::vector<std::uint64_t> names_;   // a bit for each StringId that names a function or data
  std::uint32_t file_count_ = 0;
  bool counted_files_ = false;
  std::uint64_t words_ = 0;  // of the lists of all data
  // Where the instructions and blocks of the last function end; whether all so far lay one behind the other.
  std::uint32_t end_ = 0, end_block_ = 0;
  bool in_order_ = true;
};

/// Whether a function can stand where `signature` is called with a pointer before its arguments.
bool takes_pointer_first(const Module& module, const Type& function, const Type& signature);

}  // namespace inlay::ir
