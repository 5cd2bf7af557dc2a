// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A program as data. Everything lies in tables of one kind each, in virtual memory of their own, and refers to each
// other by 32-bit handles, of which 0 is none: an instruction takes 16 bytes and 4 more for its location.
//
// What is said here is not checked here. A program may be put together in any order (a function may call one that is
// declared later); verify() in inlay/ir/verify.h tells whether it makes sense, and whoever runs or compiles a module
// asks it first. Handles that a module did not hand out must not be given to it. One thread at a time may change a
// module; any number may read it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inlay/architecture.h"
#include "inlay/arena.h"
#include "inlay/id.h"
#include "inlay/ir/ops.h"
#include "inlay/result.h"

namespace inlay::ir {

using StringId = Id<struct StringTag>;
using FileId = Id<struct FileTag>;
using TypeId = Id<struct TypeTag>;
using ConstId = Id<struct ConstTag>;
using DataId = Id<struct DataTag>;
using FunctionId = Id<struct FunctionTag>;
using BlockId = Id<struct BlockTag>;
using InstId = Id<struct InstTag>;
using ExtraId = Id<struct ExtraTag>;  // the first of some words in Module::extra
using BytesId = Id<struct BytesTag>;  // the first of some bytes in Module::bytes

/// What an operand is. Two bits say of which kind, 30 which one.
///
///   00 result of an instruction   01 constant   10 small number, signed   11 symbol: bit 29 data, else a function
///
/// A small number has no type of its own: it takes that of the place where it is used, which must be an integer or
/// bool. All zero is none.
struct Value {
  std::uint32_t bits = 0;

  static constexpr std::int64_t LeastNumber = -(std::int64_t{1} << 29);
  static constexpr std::int64_t GreatestNumber = (std::int64_t{1} << 29) - 1;
  static constexpr bool is_small(std::int64_t number) { return number >= LeastNumber && number <= GreatestNumber; }

  constexpr Value() = default;
  constexpr Value(InstId inst) : bits(inst.value) {}
  constexpr Value(ConstId constant) : bits(1u << 30 | constant.value) {}
  constexpr Value(FunctionId function) : bits(3u << 30 | function.value) {}
  constexpr Value(DataId data) : bits(3u << 30 | 1u << 29 | data.value) {}
  /// Of a number for which is_small() holds.
  static constexpr Value number(std::int64_t number) {
    return of_bits(2u << 30 | (static_cast<std::uint32_t>(number) & 0x3fffffffu));
  }
  static constexpr Value of_bits(std::uint32_t bits) {
    Value value;
    value.bits = bits;
    return value;
  }

  constexpr explicit operator bool() const { return bits != 0; }
  constexpr bool is_inst() const { return bits >> 30 == 0; }
  constexpr bool is_const() const { return bits >> 30 == 1; }
  constexpr bool is_number() const { return bits >> 30 == 2; }
  constexpr bool is_function() const { return bits >> 29 == 6; }
  constexpr bool is_data() const { return bits >> 29 == 7; }
  constexpr bool is_symbol() const { return bits >> 30 == 3; }

  constexpr InstId inst() const { return InstId{bits}; }
  constexpr ConstId constant() const { return ConstId{bits & 0x3fffffffu}; }
  constexpr FunctionId function() const { return FunctionId{bits & 0x1fffffffu}; }
  constexpr DataId data() const { return DataId{bits & 0x1fffffffu}; }
  constexpr std::int64_t number() const { return static_cast<std::int32_t>(bits << 2) >> 2; }

  friend constexpr bool operator==(Value, Value) = default;
};

/// A line of a source file: 12 bits for the file, 20 for the line. All zero is unknown; so is a line that does not fit.
struct Location {
  std::uint32_t bits = 0;

  constexpr Location() = default;
  constexpr Location(FileId file, std::uint32_t line)
      : bits(file.value < (1u << 12) && line < (1u << 20) && line != 0 ? file.value << 20 | line : 0) {}
  static constexpr Location of_bits(std::uint32_t bits) {
    Location location;
    location.bits = bits;
    return location;
  }
  constexpr FileId file() const { return FileId{bits >> 20}; }
  constexpr std::uint32_t line() const { return bits & 0xfffffu; }
  constexpr explicit operator bool() const { return bits != 0; }
  friend constexpr bool operator==(Location, Location) = default;
};

//   31        8 7    0
//  +-----------+------+---------+---------+---------+
//  |   type    |  op  |    a    |    b    |  next   |
//  +-----------+------+---------+---------+---------+
/// An instruction. Which words its operands take is said by the letters of its operation (Slot): the first word is `a`;
/// if there is one more and it is not a list, it is `b`; otherwise `b` says where the rest lies in Module::extra. Where
/// the rest is one empty list, `b` may be 0. Words in inlay/ir/walk.h reads them all alike.
struct Inst {
  std::uint32_t op_and_type = 0;
  std::uint32_t a = 0, b = 0;
  InstId next;  // in its block; none: the last one

  Op op() const { return static_cast<Op>(op_and_type & 0xff); }
  TypeId type() const { return TypeId{op_and_type >> 8}; }
  Value value_a() const { return Value::of_bits(a); }
  Value value_b() const { return Value::of_bits(b); }
  static std::uint32_t pack(Op op, TypeId type) { return type.value << 8 | static_cast<std::uint32_t>(op); }
};
static_assert(sizeof(Inst) == 16);

/// A row of instructions that are run one after another. Its parameters are instructions (Op::Param), its first ones.
struct Block {
  InstId first, last;
  std::uint32_t parameters = 0;
  StringId name;  // for people; may be none, and the same as another's
};
static_assert(sizeof(Block) == 16);

enum class TypeKind : std::uint8_t {
  Void,
  Bool,
  I8,
  I16,
  I32,
  I64,
  F32,
  F64,
  Ptr,        // an address; what lies there is said where it is used
  Fn,         // a signature; as the type of a value, the address of a function of that signature
  Vector,     // `count` lanes of `element`
  Array,      // `length` times `element`, in memory
  Struct,     // in memory, laid out as C does
  Slice,      // a pair: address and how many `element`s lie there
  Interface,  // a pair: object and table of its methods
  Closure,    // a pair: a function that takes ptr first, and what that is; parameters and result as Fn
  TypeParam,  // of a generic: parameter number `count`
};

enum TypeFlags : std::uint16_t {
  TypeDependent = 1,   // mentions parameters of a generic
  TypeLaidOut = 2,     // size and alignment are there
  TypeIncomplete = 4,  // named but not defined yet; or an instance whose fields nobody asked for
  TypeInvalid = 8,     // cannot be laid out: contains itself, is too large, has an element that is not in memory
  TypeBusy = 16,       // being laid out
};

/// Types that are alike are the same: compare handles. Structs and interfaces with a name are alike if it is the same.
struct Type {
  TypeKind kind = TypeKind::Void;
  std::uint8_t align_log2 = 0;
  std::uint16_t flags = 0;
  std::uint32_t count = 0;  // lanes; parameters of a signature; fields; methods; number of a TypeParam
  TypeId element;           // of vector, array and slice; the result of a signature or closure
  ExtraId list;             // parameters: a TypeId each; fields: name, type, offset; methods: name, signature
  StringId name;            // of a struct or interface, if it has one
  Value length;             // of an array: a number or constant
  ExtraId parameters;       // of a generic struct: see Function::parameters
  TypeId generic;           // of an instance: of what; of a vector: the vector of as many bools
  ExtraId arguments;        // of an instance: with what; see Function::arguments
  std::uint32_t size = 0;   // bytes
  std::uint64_t hash = 0;   // of what it says, the same in every module
};

/// How many types within each other there may be, the innermost counted; a name begins anew.
inline constexpr unsigned DeepestType = 60;

/// Numbers of TypeIds that every module begins with.
inline constexpr TypeId Void{1}, Bool{2}, I8{3}, I16{4}, I32{5}, I64{6}, F32{7}, F64{8}, Ptr{9};

enum class ConstKind : std::uint8_t {
  Int,         // that is no small number, or whose place gives it no type; the value, sign-extended
  Float,       // its bits; of an f32 in the low half
  Zero,        // of any type: null, an empty slice, zero in every lane
  Lanes,       // of a vector: where its Values lie in Module::extra, one a lane
  SizeOf,      // i64: bytes of a type
  AlignOf,     // i64: alignment of a type
  TypeRecord,  // ptr: to what describes a type at run time (TypeRecord in inlay/ir/layout.h)
  Param,       // parameter number `bits` of a generic
};

/// A constant; those that are alike are the same.
struct Const {
  ConstKind kind = ConstKind::Zero;
  TypeId type;
  std::uint64_t bits = 0;
};
static_assert(sizeof(Const) == 16);

enum FunctionFlags : std::uint32_t {
  FunctionDefined = 1,     // has blocks
  FunctionExported = 2,    // others see its name
  FunctionExtern = 4,      // of a runtime, a library, or what it is linked with
  FunctionAssembly = 8,    // its body is assembly
  FunctionInline = 16,     // to be inlined wherever it is called
  FunctionNoInline = 32,   // never to be inlined
  FunctionCold = 64,       // hardly ever called
  FunctionShared = 128,    // a generic: instances whose type arguments are laid out alike are one
  FunctionGeneric = 256,   // a pattern: has parameters
  FunctionReserved = 512,  // named but not declared yet
};

struct Function {
  StringId name;
  TypeId signature;
  InstId first, end;               // its instructions are those from `first` up to, not including, `end`
  BlockId first_block, end_block;  // and its blocks likewise, in order; the first one is where it begins
  std::uint32_t flags = 0;         // of FunctionFlags
  ExtraId parameters;              // of a generic: how many, then for each its name and the type of a constant, or 0
  FunctionId generic;              // of an instance: of what
  ExtraId arguments;               // and with what: how many, then a TypeId or a Value for each parameter
  ExtraId assembly;                // how many, then an Architecture and the text (StringId) for each
  Location location;
};

enum DataFlags : std::uint32_t {
  DataDefined = 1,
  DataMutable = 2,
  DataExported = 4,
  DataExtern = 8,
  DataZero = 16,     // all zero: takes no bytes
  DataTable = 32,    // pointers to functions only: the methods of an interface, or of virtual calls
  DataGeneric = 64,  // a pattern: has parameters (tables only)
  DataReserved = 128,
};

/// A variable or a constant object.
struct Data {
  StringId name;
  TypeId type;              // of a table: its interface, or none
  std::uint32_t flags = 0;  // of DataFlags
  std::uint32_t size = 0;   // bytes
  BytesId bytes;            // what it holds at first
  ExtraId relocations;      // how many, then for each: offset, symbol (a Value), what is added to it
  ExtraId parameters;       // as those of Function
  DataId generic;
  ExtraId arguments;
  Location location;
};

/// What a name stands for.
enum class SymbolKind : std::uint8_t { None, Function, Data, Type };
struct Symbol {
  SymbolKind kind = SymbolKind::None;
  std::uint32_t id = 0;
};

/// A parameter of a generic: a type, or a constant of a type.
struct GenericParameter {
  std::string_view name;
  TypeId type;  // none: the parameter is a type
};

/// An argument for one: a type or a constant, as the parameter asks.
struct GenericArgument {
  std::uint32_t bits = 0;
  GenericArgument(TypeId type) : bits(type.value) {}
  GenericArgument(Value value) : bits(value.bits) {}
};

struct NamedType {
  std::string_view name;
  TypeId type;
};

struct Relocation {
  std::uint32_t offset = 0;
  Value symbol;
  std::int32_t addend = 0;
};

class Module {
 public:
  /// An error if the system has no address space or memory left.
  static Result<Module> create();
  Module(Module&&) noexcept;
  Module& operator=(Module&&) noexcept;
  ~Module();

  /// Forgets everything, keeping memory for the next program: some microseconds.
  void reset();

  /// The first thing that went wrong while it was put together (out of memory, a name declared twice…). Whoever runs,
  /// compiles or writes the module answers with it.
  const std::optional<Error>& error() const;
  /// Notes an error, if it is the first.
  void fail(Error error);

  // The tables, to be read. Change them through the functions below and through Builder, or know what you do.
  Arena<Inst, InstId> insts;
  Arena<Location, InstId> locations;  // of the instruction of the same handle
  Arena<Block, BlockId> blocks;
  Arena<Function, FunctionId> functions;
  Arena<Data, DataId> data;
  Arena<Type, TypeId> types;
  Arena<Const, ConstId> consts;
  Arena<std::uint32_t, ExtraId> extra;
  Arena<std::byte, BytesId> bytes;

  // Text. A string is kept once, however often it is asked for.
  StringId string(std::string_view text);
  /// Without copying: the text must stay as long as the module is not reset.
  StringId string_in_place(std::string_view text);
  std::string_view text(StringId id) const;
  FileId file(std::string_view path);
  std::string_view path(FileId id) const;
  /// Where that is, as errors have it; unknown for a location that is, or in a file that there is not.
  Place place(Location location) const;
  /// The name of what an instruction yields, for people; none at first. Several may have the same.
  void set_name(InstId inst, StringId name);
  StringId name_of(InstId inst) const;

  // Types
  TypeId vector(TypeId element, std::uint32_t lanes);
  TypeId array(TypeId element, std::uint64_t length);
  TypeId array(TypeId element, Value length);  // a number, or a parameter of a generic
  TypeId slice(TypeId element);
  TypeId signature(std::span<const TypeId> parameters, TypeId result = Void);
  TypeId signature(std::initializer_list<TypeId> parameters, TypeId result = Void) {
    return signature(std::span(parameters.begin(), parameters.size()), result);
  }
  TypeId closure(std::span<const TypeId> parameters, TypeId result = Void);
  TypeId closure(std::initializer_list<TypeId> parameters, TypeId result = Void) {
    return closure(std::span(parameters.begin(), parameters.size()), result);
  }
  /// A struct without a name: alike if its fields are.
  TypeId struct_type(std::span<const NamedType> fields);
  /// A named type, to be defined by the next function, before or after it is used. Asking again gives the same.
  TypeId named_struct(std::string_view name);
  void define_struct(TypeId type, std::span<const NamedType> fields);
  void define_struct(TypeId type, std::initializer_list<NamedType> fields) {
    define_struct(type, std::span(fields.begin(), fields.size()));
  }
  TypeId named_interface(std::string_view name);
  /// Signatures without the object, which is passed first.
  void define_interface(TypeId type, std::span<const NamedType> methods);
  void define_interface(TypeId type, std::initializer_list<NamedType> methods) {
    define_interface(type, std::span(methods.begin(), methods.size()));
  }
  TypeId type_parameter(std::uint32_t number);
  /// Makes a named struct generic; then it is used through instance().
  void make_generic(TypeId type, std::span<const GenericParameter> parameters);
  TypeId instance(TypeId generic, std::span<const GenericArgument> arguments);

  /// Lays the type out (C's rules for 64-bit machines) and completes instances; false if that is impossible, see
  /// TypeInvalid. After that size, alignment and offsets stand in `types`.
  bool lay_out(TypeId type);
  std::uint32_t size_of(TypeId type) { return lay_out(type) ? types[type].size : 0; }

  bool is_int(TypeId type) const { return type >= I8 && type <= I64; }
  bool is_float(TypeId type) const { return type == F32 || type == F64; }
  /// Of an integer or bool.
  unsigned bits_of(TypeId type) const { return type == Bool ? 1 : 8u << (type.value - I8.value); }
  bool is_dependent(TypeId type) const { return (types[type].flags & TypeDependent) != 0; }
  std::span<const std::uint32_t> words(ExtraId list, std::size_t count) const { return {&extra[list], count}; }
  /// The elements of a list that begins with how many there are; empty for none.
  std::span<const std::uint32_t> list(ExtraId id) const {
    return id ? std::span(&extra[id] + 1, extra[id]) : std::span<const std::uint32_t>();
  }
  ExtraId add_list(std::span<const std::uint32_t> words);
  TypeId parameter_type(TypeId signature, std::size_t number) const {
    return TypeId{(&extra[types[signature].list])[number]};
  }

  // Constants
  /// A small number where it fits, otherwise a constant of the type.
  Value integer(TypeId type, std::int64_t number);
  Value boolean(bool value) const { return Value::number(value ? 1 : 0); }
  Value floating(TypeId type, double number);
  Value float_bits(TypeId type, std::uint64_t bits);
  Value zero(TypeId type);
  Value null() { return zero(Ptr); }
  Value lanes(TypeId vector, std::span<const Value> lanes);
  Value size_constant(TypeId type);
  Value align_constant(TypeId type);
  Value type_record(TypeId type);
  Value constant_parameter(std::uint32_t number, TypeId type);
  Value constant(const Const& constant);

  /// The type of a value; none for a small number, which has none.
  TypeId type_of(Value value) const {
    return value.is_inst() && value ? result_type(insts[value.inst()]) : type_of_other(value);
  }
  /// The type of what an instruction yields; Void if nothing.
  TypeId result_type(const Inst& inst) const {
    return info(inst.op()).yields == Yields::Same ? inst.type() : other_result_type(inst);
  }
  /// Of a comparison: bool, or for a vector as many of them.
  TypeId truth_type(TypeId type) const { return types[type].kind == TypeKind::Vector ? types[type].generic : Bool; }

  // Symbols. Functions and data share one name space; names of types are apart.
  /// What a name stands for, in functions and data.
  Symbol find(std::string_view name) const;
  Symbol find(StringId name) const;
  TypeId find_type(std::string_view name) const;
  /// A function of that name: declares it, or completes one that was only used so far. Declared twice is an error
  /// unless both are external and alike.
  FunctionId function(std::string_view name, TypeId signature, std::uint32_t flags = 0);
  /// The function of that name, declared or to be declared.
  FunctionId function_named(std::string_view name);
  void make_generic(FunctionId function, std::span<const GenericParameter> parameters);
  /// The function with arguments for its parameters, which may mention those of the generic where it is used. It gets a
  /// body when it is reached (expand() in inlay/ir/expand.h).
  FunctionId instance(FunctionId generic, std::span<const GenericArgument> arguments);
  void set_assembly(FunctionId function, Architecture architecture, std::string_view text);

  DataId data_named(std::string_view name);
  /// A constant object, or with DataMutable a variable. Without bytes it is zero; with DataExtern it lies elsewhere.
  DataId add_data(std::string_view name, TypeId type, std::span<const std::byte> bytes = {},
                  std::span<const Relocation> relocations = {}, std::uint32_t flags = 0);
  /// A constant array of bytes, named after what it holds if `name` is empty.
  DataId add_text(std::string_view name, std::string_view text);
  /// Functions in a row. With an interface, its methods in order.
  DataId add_table(std::string_view name, TypeId interface, std::span<const FunctionId> functions,
                   std::uint32_t flags = 0);
  void make_generic(DataId table, std::span<const GenericParameter> parameters);
  DataId instance(DataId generic, std::span<const GenericArgument> arguments);

  /// The name by which others know it: with arguments for an instance, as `max<i32>`.
  std::string full_name(FunctionId function) const;
  std::string full_name(DataId data) const;
  /// As in the text form: `[4]i32`.
  std::string to_string(TypeId type) const;

  /// Bytes of all tables together.
  std::size_t memory() const;

 private:
  struct State;
  friend void allow_own_names(Module& module);
  friend bool are_own_names_allowed(const Module& module);
  Module();
  TypeId type_of_other(Value value) const;
  TypeId other_result_type(const Inst& inst) const;
  TypeId intern(Type type);
  TypeId new_named(std::string_view name, TypeKind kind);
  template <class Entry, class Handle>
  Handle instance_in(Arena<Entry, Handle>& table, Handle generic, std::span<const GenericArgument> arguments);

  std::unique_ptr<State> state_;
};

}  // namespace inlay::ir
