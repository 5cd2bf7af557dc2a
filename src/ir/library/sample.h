// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A module in which everything occurs that a library has to keep, for its tests and its fuzzer.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "inlay/ir/builder.h"
#include "inlay/ir/library.h"
#include "ir/library/format.h"

namespace inlay::ir {

inline void add_sample_types(Module& m) {
  const TypeId node = m.named_struct("Node");
  m.define_struct(
      node, {{"value", I64}, {"next", Ptr}, {"pair", m.struct_type(std::to_array<NamedType>({{"x", F32}, {"", I8}}))}});
  m.define_interface(m.named_interface("Shape"), {{"area", m.signature({}, F64)}, {"scale", m.signature({F64})}});
  const TypeId vec = m.named_struct("Vec");
  m.make_generic(vec, std::to_array<GenericParameter>({{"T", {}}, {"N", I64}}));
  m.define_struct(vec, {{"len", I64}, {"a", m.array(m.type_parameter(0), m.constant_parameter(1, I64))}});
}

/// Functions of a shape, a table of them, and data of each kind.
inline void add_sample_data(Module& m) {
  const TypeId shape = m.named_interface("Shape");
  const FunctionId area = m.function("area", m.signature({Ptr}, F64));
  const FunctionId scale = m.function("scale", m.signature({Ptr, F64}));
  Builder b(m);
  b.begin(area);
  b.ret(b.mul(b.load(F64, b.parameter(0)), 2.5));
  b.end();
  b.begin(scale);
  b.store(F64, b.parameter(1), b.parameter(0));
  b.ret();
  b.end();
  m.add_table("Shape.table", shape, std::to_array<FunctionId>({area, scale}), DataExported);
  m.add_table("plain.table", {}, std::to_array<FunctionId>({area}));
  const DataId text = m.add_text("greeting", "hello");
  m.add_data("counter", I32, {}, {}, DataMutable | DataExported);
  m.add_data("numbers", m.array(I16, 4), std::as_bytes(std::span("\1\0\2\0\3\0\4", 8)));
  m.add_data("pointers", m.array(Ptr, 2), std::vector<std::byte>(16),
             std::to_array<Relocation>({{0, area, 0}, {8, text, 3}}), DataMutable);
  m.add_data("record", Ptr, std::vector<std::byte>(8), std::to_array<Relocation>({{0, m.type_record(I16), 0}}));
  m.add_data("stdout", Ptr, {}, {}, DataExtern | DataMutable);
  m.data[m.data_named("counter")].location = Location(m.file("data.tiny"), 7);
}

inline void add_sample_generics(Module& m) {
  const TypeId t = m.type_parameter(0);
  const FunctionId pick = m.function("pick", m.signature({t, t, Bool}, t));
  m.make_generic(pick, std::to_array<GenericParameter>({{"T", {}}, {"N", I64}}));
  Builder b(m);
  b.begin(pick);
  const Value n = m.constant_parameter(1, I64);
  b.binary(Op::Add, I64, n, m.size_constant(t));
  b.call(m.instance(pick, std::to_array<GenericArgument>({t, n})), {b.parameter(0), b.parameter(1), b.parameter(2)});
  b.ret(b.select(b.parameter(2), b.parameter(0), b.parameter(1)));
  b.end();
  const FunctionId bytes = m.function("bytes", m.signature({}, I64), FunctionShared);
  m.make_generic(bytes, std::to_array<GenericParameter>({{"T", {}}}));
  b.begin(bytes);
  b.ret(m.size_constant(t));
  b.end();
  m.make_generic(
      m.add_table("pick.table", {},
                  std::to_array<FunctionId>({m.instance(pick, std::to_array<GenericArgument>({t, Value::number(4)}))})),
      std::to_array<GenericParameter>({{"T", {}}}));
}

/// A loop with names and lines, calls of each kind, constants of each kind.
inline void add_sample_code(Module& m) {
  const FileId file = m.file("main.tiny"), other = m.file("other.tiny");
  const FunctionId puts = m.function("puts", m.signature({Ptr}, I32), FunctionExtern | FunctionCold);
  m.function("unused", m.signature({}), FunctionExtern);
  const FunctionId pick = m.function_named("pick");
  const TypeId vec = m.instance(m.named_struct("Vec"), std::to_array<GenericArgument>({I32, Value::number(5)}));
  const TypeId lanes = m.vector(F32, 4);
  const FunctionId main = m.function("main", m.signature({m.slice(I64), m.named_interface("Shape")}, I64),
                                     FunctionExported | FunctionNoInline);
  Builder b(m);
  b.at(Location(file, 10));
  b.begin(main);
  const BlockId head = b.block({I64, I64}, "head"), body = b.block({}, "body"), done = b.block(), other_end = b.block();
  b.name(b.parameter(0), "numbers");
  const Value slot = b.name(b.slot(vec), "vec");
  b.at(Location(file, 11));
  b.jump(head, {0, std::int64_t{1} << 40});
  b.start(head);
  const Value i = b.name(b.parameter(head, 0), "i"), total = b.name(b.parameter(head, 1), "total");
  b.at(Location(file, 9));
  b.branch(b.lt(i, b.len(b.parameter(0))), body, done);
  b.start(body);
  b.at(Location(other, 3));
  b.call(puts, {m.data_named("greeting")});
  const Value picked =
      b.call(m.instance(pick, std::to_array<GenericArgument>({I64, Value::number(3)})), {i, total, true});
  b.at({});
  b.call_interface(b.parameter(1), 1, {1e-300});
  b.store(I32, 7, b.at_index(m.array(I32, 5), b.field(vec, slot, 1), i));
  const Value sum = b.add(
      b.splat(lanes, 1.5),
      m.lanes(lanes, std::to_array<Value>({m.floating(F32, 1), m.floating(F32, 2), m.zero(F32), m.floating(F32, -1)})));
  b.shuffle(sum, sum, std::to_array<std::uint32_t>({0, 4, 1, 5}));
  b.call_closure(b.make_closure(m.closure({F64}), m.function_named("scale"), slot), {0.5});
  b.copy(slot, m.type_record(vec), m.align_constant(vec));
  b.switch_on(picked, done, {{1, Target(head, {i, picked})}, {std::int64_t{1} << 50, other_end}});
  b.start(done);
  b.ret(total);
  b.start(other_end);
  b.trap("no such \"thing\"");
  b.end();

  const FunctionId fast = m.function("fast", m.signature({I64}, I64), FunctionExported);
  m.set_assembly(fast, Architecture::X86_64, "lea rax, [rdi + 1]\nret");
  m.set_assembly(fast, Architecture::AArch64, "add x0, x0, 1\nret");
}

inline Module sample_module() {
  Module m = Module::create().value();
  add_sample_types(m);
  add_sample_data(m);
  add_sample_generics(m);
  add_sample_code(m);
  return m;
}

/// Makes the checksums of a library right again after changes, as far as its header lets one see where they are.
inline void seal(std::span<std::byte> bytes) {
  LibraryHeader header;
  if (bytes.size() < sizeof header) return;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.hash = header_hash(header);
  std::memcpy(bytes.data(), &header, sizeof header);
  const std::uint64_t entries = std::uint64_t{header.symbols} + header.types + header.declarations;
  const std::uint64_t names = sizeof header + entries * sizeof(LibraryEntry);
  if (names > bytes.size() || header.names_size > bytes.size() - names) return;
  for (std::uint64_t i = 0; i < entries; ++i) {
    LibraryEntry entry;
    std::memcpy(&entry, bytes.data() + sizeof header + i * sizeof entry, sizeof entry);
    if (std::uint64_t{entry.name} + entry.name_size > header.names_size) continue;
    if (entry.chunk_size < 8 || std::uint64_t{entry.chunk} + entry.chunk_size > bytes.size()) continue;
    const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + names + entry.name, entry.name_size);
    const std::uint64_t checksum =
        chunk_checksum(entry.flags, name, bytes.subspan(entry.chunk + 8, entry.chunk_size - 8));
    std::memcpy(bytes.data() + entry.chunk, &checksum, sizeof checksum);
  }
}

}  // namespace inlay::ir
