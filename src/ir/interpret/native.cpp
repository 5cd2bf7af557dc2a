// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/interpret/native.h"

#include <ffi.h>

#include <cstring>

#include "ir/interpret/state.h"

namespace inlay::ir {

struct NativeSignature {
  ffi_cif cif{};
  std::vector<ffi_type*> arguments;
  std::vector<TypeId> types;       // of the arguments, as the program has them
  std::vector<std::size_t> cells;  // where the argument lies in a row
  std::size_t row = 0;             // bytes of a row
  TypeId result;
  ffi_type pair{};  // a struct of two words
  ffi_type* pair_elements[3] = {};
};

struct NativeEntry {
  Interpreter::State* state = nullptr;
  FunctionId function;
  NativeSignature* signature = nullptr;
  std::optional<Error> refusal;  // why calls fail
  ffi_cif empty{};               // what a refusing entry is called as
  ffi_closure* closure = nullptr;

  ~NativeEntry() {
    if (closure) ffi_closure_free(closure);
  }
};

namespace {

using State = Interpreter::State;

// Native frames lie on the native stack, between those of libffi and ours.
constexpr std::uint32_t DeepestNative = 500;

bool is_pair(TypeKind kind) {
  return kind == TypeKind::Slice || kind == TypeKind::Interface || kind == TypeKind::Closure;
}

/// Integers are signed, as most are in C, and as compiled programs pass them.
ffi_type* scalar_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::Void:
      return &ffi_type_void;
    case TypeKind::Bool:
      return &ffi_type_uint8;
    case TypeKind::I8:
      return &ffi_type_sint8;
    case TypeKind::I16:
      return &ffi_type_sint16;
    case TypeKind::I32:
      return &ffi_type_sint32;
    case TypeKind::I64:
      return &ffi_type_sint64;
    case TypeKind::F32:
      return &ffi_type_float;
    case TypeKind::F64:
      return &ffi_type_double;
    case TypeKind::Ptr:
    case TypeKind::Fn:
      return &ffi_type_pointer;
    default:
      return nullptr;
  }
}

/// Narrow integers are whole words: clang's code takes it that its caller has extended them, also on the stack, where
/// libffi does not do that.
ffi_type* argument_type(TypeKind kind) {
  switch (kind) {
    case TypeKind::Bool:
      return &ffi_type_uint64;
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
      return &ffi_type_sint64;
    default:
      return scalar_type(kind);
  }
}

/// Extends the integer in a cell to a word.
void extend(const Module& m, TypeId type, std::byte* cell) {
  if (!m.is_int(type)) return;  // above a bool the cell has zeros
  const unsigned unused = 64 - m.bits_of(type);
  std::uint64_t bits;
  std::memcpy(&bits, cell, sizeof bits);
  const std::int64_t number = static_cast<std::int64_t>(bits << unused) >> unused;
  std::memcpy(cell, &number, sizeof number);
}

Error not_native(const Module& module, TypeId signature) {
  return Error(ErrorKind::InvalidProgram, "'" + module.to_string(signature) +
                                              "' has vectors, which native functions are not passed by the "
                                              "interpreter; pass them in memory, or compile the program");
}

bool fill(NativeSignature& out, const Module& m, TypeId type, bool object_first) {
  const auto add = [&](TypeId parameter) {
    const TypeKind kind = m.types[parameter].kind;
    ffi_type* native = is_pair(kind) ? &out.pair : argument_type(kind);
    out.arguments.push_back(native);
    out.types.push_back(parameter);
    out.cells.push_back(out.row);
    out.row += is_pair(kind) ? 16 : 8;
    return native != nullptr;
  };
  // Not as two words: C puts both on the stack where only one of them fits into a register.
  out.pair_elements[0] = out.pair_elements[1] = &ffi_type_pointer;
  out.pair.type = FFI_TYPE_STRUCT;
  out.pair.elements = out.pair_elements;
  if (object_first) add(Ptr);
  for (std::uint32_t i = 0; i < m.types[type].count; ++i)
    if (!add(m.parameter_type(type, i))) return false;
  out.result = m.types[type].element;
  const TypeKind kind = m.types[out.result].kind;
  ffi_type* result = is_pair(kind) ? &out.pair : scalar_type(kind);
  return result && ffi_prep_cif(&out.cif, FFI_DEFAULT_ABI, static_cast<unsigned>(out.arguments.size()), result,
                                out.arguments.data()) == FFI_OK;
}

/// Native code wants the result of a function of the program where libffi says: integers as whole words.
void set_native_result(const Module& m, TypeId type, const std::byte* cell, void* result) {
  if (type == Void) return;
  std::size_t size = value_size(m, type);
  if (m.is_int(type) || type == Bool) size = 8;
  std::memcpy(result, cell, size);
  if (m.is_int(type)) extend(m, type, static_cast<std::byte*>(result));
}

void entered(ffi_cif* cif, void* result, void** arguments, void* user) {
  NativeEntry& entry = *static_cast<NativeEntry*>(user);
  State& s = *entry.state;
  std::byte cell[16] = {};
  if (!s.error && entry.refusal) s.error = *entry.refusal;
  if (!s.error && s.native_depth >= DeepestNative)
    s.error.emplace(ErrorKind::BudgetExceeded, "calls between native code and the program lie more than " +
                                                   std::to_string(DeepestNative) + " deep");
  if (!s.error) {
    const NativeSignature& signature = *entry.signature;
    std::vector<std::byte> row(signature.row);
    for (std::size_t i = 0; i < signature.arguments.size(); ++i)
      set_cell(s.module, signature.types[i], static_cast<std::byte*>(arguments[i]), row.data() + signature.cells[i]);
    if (s.frames.empty() && s.native_depth == 0) s.steps_left = s.options.steps;
    run(s, entry.function, row.data(), cell);
    if (s.error) std::memset(cell, 0, sizeof cell);
  }
  if (entry.signature)
    set_native_result(s.module, entry.signature->result, cell, result);
  else if (cif->rtype != &ffi_type_void)
    std::memset(result, 0, sizeof(ffi_arg));
}

}  // namespace

Natives::Natives() = default;
Natives::~Natives() = default;

Result<NativeSignature*> Natives::signature(const Module& module, TypeId type, bool object_first) {
  std::unique_ptr<NativeSignature>& known = signatures_[std::uint64_t{type.value} << 1 | (object_first ? 1 : 0)];
  if (known) return known.get();
  auto made = std::make_unique<NativeSignature>();
  if (!fill(*made, module, type, object_first)) return not_native(module, type);
  known = std::move(made);
  return known.get();
}

Result<void*> Natives::entry(State& s, FunctionId function, const Error* reason) {
  auto entry = std::make_unique<NativeEntry>();
  entry->state = &s;
  entry->function = function;
  if (reason) entry->refusal = *reason;
  Result<NativeSignature*> found = signature(s.module, s.module.functions[function].signature, false);
  if (found)
    entry->signature = *found;
  else if (!entry->refusal)
    entry->refusal = found.error();
  ffi_cif* cif = found ? &entry->signature->cif : &entry->empty;
  void* address = nullptr;
  entry->closure = static_cast<ffi_closure*>(ffi_closure_alloc(sizeof(ffi_closure), &address));
  const bool good = entry->closure &&
                    (found || ffi_prep_cif(&entry->empty, FFI_DEFAULT_ABI, 0, &ffi_type_void, nullptr) == FFI_OK) &&
                    ffi_prep_closure_loc(entry->closure, cif, entered, entry.get(), address) == FFI_OK;
  if (!good) return Error(ErrorKind::OutOfMemory, "the system has no memory for addresses that native code may call");
  entries_.push_back(std::move(entry));
  return address;
}

bool call_native(State& s, void* address, TypeId type, bool object_first, const std::byte* row, std::byte* result) {
  Result<NativeSignature*> found = s.natives.signature(s.module, type, object_first);
  if (!found) {
    s.error = std::move(found).error();
    return false;
  }
  NativeSignature& signature = **found;
  // What lies in the row may be overwritten by calls that come back.
  std::vector<std::byte> copy(row, row + signature.row);
  std::vector<void*> arguments;
  for (std::size_t i = 0; i < signature.cells.size(); ++i) {
    std::byte* cell = copy.data() + signature.cells[i];
    extend(s.module, signature.types[i], cell);
    arguments.push_back(cell);
  }
  alignas(16) std::byte returned[16] = {};
  {
    struct Inside {  // left by exceptions, too
      std::uint32_t& depth;
      explicit Inside(std::uint32_t& depth) : depth(depth) { ++depth; }
      Inside(const Inside&) = delete;
      ~Inside() { --depth; }
    } const inside(s.native_depth);
    ffi_call(&signature.cif, FFI_FN(address), returned, arguments.data());
  }
  if (s.error) return false;
  if (result && signature.result != Void) set_cell(s.module, signature.result, returned, result);
  return true;
}

}  // namespace inlay::ir
