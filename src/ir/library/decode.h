// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Chunks of a library as definitions in a module (format.h). Nothing that a chunk says is believed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/serial.h"
#include "inlay/ir/module.h"
#include "ir/library/format.h"

namespace inlay::ir {

/// What a body mentions, to be declared once the types are there.
struct NamedElsewhere {
  Value symbol;
  std::uint32_t flags = 0;
  TypeId type;
};

/// One chunk, into a module. Named types and symbols that the module lacks become named there, nothing more.
class ChunkDecoder {
 public:
  /// `chunk` is without its checksum; `subject` names definition and library, for messages.
  ChunkDecoder(Module& module, std::span<const std::byte> chunk, std::string subject)
      : m_(module), in_(chunk), subject_(std::move(subject)) {}

  /// Reads data up to where the module is asked for layouts: the types must be there then, see finish().
  Result<void> function(std::string_view name);
  Result<void> data(std::string_view name);
  Result<void> type_definition(std::string_view name);
  /// Adds data to the module; there is nothing to do for others.
  Result<void> finish();

  /// Names of types that were mentioned, within the chunk.
  const std::vector<std::string_view>& types() const { return type_names_; }
  const std::vector<NamedElsewhere>& declarations() const { return declarations_; }

 private:
  struct Pending {  // data, as read
    std::string_view name;
    std::uint32_t flags = 0;
    TypeId type;
    Location location;
    std::span<const std::byte> bytes;
    std::vector<Relocation> relocations;
    std::optional<std::vector<GenericParameter>> parameters;
  };

  void read_function(std::string_view name);
  void read_data(std::string_view name);
  void read_type(std::string_view name);
  void read_declarations();
  void assembly(FunctionId function);
  void blocks(FunctionId function, bool named);
  void block(BlockId id);
  void instruction(Op op, std::uint32_t parameter, bool located);
  void operands(Op op);
  void operand(Slot slot);
  void names();
  void target();
  std::optional<std::vector<GenericParameter>> parameters();
  std::vector<GenericArgument> arguments();
  void check_arguments(std::string_view name, ExtraId parameters, std::span<const GenericArgument> arguments);
  std::vector<NamedType> fields();
  TypeId type();
  TypeId required_type();
  TypeId new_type();
  TypeId named_type(std::string_view name, TypeKind kind);
  StringId string();
  std::string_view text();
  Value value();
  Value constant();
  Value new_constant();
  Value symbol(bool function, std::uint64_t number);
  Value new_symbol(bool function);
  Location location();
  std::uint32_t word();
  /// A count of things that take at least a byte each.
  std::uint32_t count();
  void fail(std::string message);
  Result<void> result();
  bool good() const { return in_.good(); }

  Module& m_;
  base::Reader in_;
  std::string subject_;
  std::optional<Error> error_;
  unsigned depth_ = 0;
  std::size_t body_left_ = 0;  // what in_ has left where the body ends
  std::vector<TypeId> types_;
  std::vector<StringId> strings_;
  std::vector<Value> constants_, functions_, data_;
  std::vector<Value> mentioned_;
  std::vector<std::string_view> type_names_;
  std::vector<NamedElsewhere> declarations_;
  std::optional<Pending> pending_;
  // Of the function at hand.
  Location location_;
  InstId first_;
  BlockId first_block_;
  std::uint32_t insts_ = 0, blocks_ = 0, at_ = 0;
  std::vector<std::uint32_t> words_;
};

}  // namespace inlay::ir
