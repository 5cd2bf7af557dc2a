// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The reader of the text form. Declarations are cut out first (split()) and read by kind: files, names of types, types,
// signatures, then data and bodies, so that each may mention what stands below it.
//
// The first error makes all that follow do nothing: the scanner stands at its end then, where no loop goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/ir/module.h"
#include "inlay/ir/text.h"
#include "ir/text/names.h"
#include "ir/text/scanner.h"

namespace inlay::ir {

class Parser {
 public:
  /// `first_line`: where the text begins in its file.
  Parser(Module& module, std::string_view text, const ParseOptions& options, std::uint32_t first_line = 1);

  Result<void> run();
  Result<FunctionId> run_function();

 private:
  /// A name where it stands. The text lives as long as the parser, or the module.
  struct Name {
    std::string_view text;
    bool quoted = false;
    std::size_t at = 0;
  };
  struct ScopeEntry {
    std::string_view name;
    TypeId type;  // of a constant; none: the parameter is a type
  };
  /// A declaration whose head was read.
  struct Pending {
    std::size_t at = 0, end = 0;
    std::uint32_t line = 1;        // there
    std::uint32_t first_line = 1;  // where it begins
    std::uint32_t id = 0;
    std::vector<ScopeEntry> scope;
    std::vector<Name> parameters;  // of a function; an empty text: without a name
    std::uint32_t flags = 0;
    TypeId signature;
    Name name;
  };
  struct Fixup {
    InstId inst;
    std::uint32_t word, entry;
  };
  /// Text that can be read only when the function's end is reached.
  struct Later {
    InstId inst;
    std::uint32_t word;
    std::uint32_t argument;  // of a block's
    std::uint32_t entry;     // of the block; of the value whose method it is
    bool method;
    std::size_t at;
  };

  // Errors (parser.cpp)
  void fail(std::size_t at, std::string message);
  /// What stands here stands where that should be.
  void fail_expected(std::string_view wanted);
  std::string seen();
  Error error_at(std::size_t at, std::string message) const;
  bool check_module(std::size_t at);
  bool failed() const { return error_.has_value(); }
  bool expect(char c, std::string_view what);

  // Names and texts (parser.cpp)
  StringId intern(std::string_view text);
  bool name(Name& name, std::string_view what);
  bool sigil_name(char sigil, Name& name, std::string_view what);
  std::string_view text(std::string_view what);
  std::optional<std::uint32_t> plain_number(std::string_view what, std::uint64_t most);

  // Declarations (declarations.cpp)
  void file(const Declaration& declaration);
  void type_head(const Declaration& declaration);
  void type_rest(Pending& pending);
  void function_head(Pending& pending);
  void declare_function(Pending pending);
  void function_rest(Pending& pending);
  void assembly(FunctionId function);
  void symbol_head(const Declaration& declaration);
  void data_head(Pending pending);
  void data_rest(Pending& pending);
  void table_rest(Pending& pending);
  std::vector<ScopeEntry> generic_parameters();
  void end_of_declaration();
  Location location(std::uint32_t line);

  // Types (types.cpp)
  TypeId type();
  TypeId word_type(std::string_view word, std::size_t at);
  TypeId named_type(const Name& name);
  TypeId bracket_type();
  TypeId vector_type();
  TypeId struct_type();
  TypeId signature_type(bool closure);
  std::vector<GenericArgument> generic_arguments(ExtraId parameters);
  /// Number of the parameter in scope, whose name is behind a '!'.
  std::optional<std::uint32_t> parameter(bool type);

  // Values (values.cpp)
  bool at_number();
  Value literal(TypeId type);
  Value number_of(TypeId type, std::string_view text, std::size_t at);
  Value float_of(TypeId type, const Number& number, std::string_view text, std::size_t at);
  Value lanes_of(TypeId type);
  Value symbol();
  Value constant_parameter();
  TypeId type_in_parentheses();

  // Data (data.cpp)
  void initial(TypeId type, std::uint64_t offset);
  void pointer(std::uint64_t offset);
  void relocation(std::uint64_t offset);
  void put(std::uint64_t offset, std::uint64_t bits, unsigned bytes);
  void put_number(TypeId type, std::uint64_t offset);
  void put_elements(TypeId element, std::uint64_t count, std::uint64_t offset);
  void put_struct(TypeId type, std::uint64_t offset);
  void put_text(std::uint64_t length, std::uint64_t offset);

  // Bodies (body.cpp, operands.cpp)
  bool body(Pending& pending, Function& into);
  void label(const Name& name, Function& into);
  void block_parameters(BlockId block);
  bool at_label(Name& name);
  bool is_bare() const;
  void instruction();
  bool end_block(std::size_t at);
  void operands(Op op, TypeId type);
  void operand(Slot slot, TypeId type);
  void value(TypeId expected);
  void value_of_own_type();
  void value_name();
  bool at_constant_parameter();
  void target();
  void argument(std::uint32_t entry, std::uint32_t number);
  void arguments(TypeId signature);
  void cases(TypeId type);
  void field(TypeId type);
  void method();
  std::uint32_t method_of(TypeId interface);
  void skip_literal();
  void define(const Name& name, InstId inst);
  InstId append(Op op, TypeId type);
  Location location_behind(std::uint32_t line);
  void resolve();
  std::uint32_t& word_of(InstId inst, std::uint32_t word);

  Module& module_;
  std::string_view text_;
  ParseOptions options_;
  std::uint32_t first_line_;
  Scanner scanner_;
  std::optional<Error> error_;
  std::string buffer_;

  std::vector<FileId> files_;  // by number
  FileId own_file_;            // where the text itself is located, if it is
  bool numbers_are_files_ = false;

  std::vector<ScopeEntry> scope_;
  unsigned depth_ = 0;  // of types within types
  std::vector<Pending> types_, functions_, data_;

  // Of the data at hand.
  std::vector<std::byte> bytes_;
  std::vector<Relocation> relocations_;

  // Of the body at hand.
  NameTable values_, blocks_;
  std::vector<Fixup> value_fixups_, block_fixups_;
  std::vector<Later> later_;
  std::vector<std::uint32_t> words_;
  BlockId block_;
};

}  // namespace inlay::ir
