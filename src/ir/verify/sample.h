// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// For tests and fuzzing of what reads modules: a small program with a bit of everything in it, and damage to it.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "inlay/ir/builder.h"

namespace inlay::ir {

/// Fills an empty module. What it holds passes verify().
inline void add_sample(Module& m) {
  Builder b(m);
  const FileId file = m.file("sample.inlay");
  b.at(Location(file, 1));

  const TypeId slice = m.slice(I64), vector = m.vector(F32, 4), bytes = m.vector(I8, 16);
  const TypeId node = m.named_struct("Node");
  m.define_struct(node, {{"value", I64}, {"next", m.slice(node)}, {"name", m.array(I8, 5)}});
  const TypeId scale = m.signature({F64}), area = m.signature({}, F64);
  const TypeId shape = m.named_interface("Shape");
  m.define_interface(shape, {{"area", area}, {"scale", scale}});
  const TypeId closure = m.closure({I64}, I64);
  const TypeId vec = m.named_struct("Vec");
  m.make_generic(vec, std::to_array<GenericParameter>({{"T", {}}, {"N", I64}}));
  const TypeId any = m.type_parameter(0);
  m.define_struct(vec, {{"len", I64}, {"a", m.array(any, m.constant_parameter(1, I64))}});

  // A loop
  const FunctionId sum = m.function("sum", m.signature({slice}, I64), FunctionExported);
  b.begin(sum);
  const BlockId head = b.block({I64, I64}, "head"), body = b.block({}, "body"), done = b.block({}, "done");
  b.at(Location(file, 2));
  b.jump(head, {0, 0});
  b.start(head);
  const Value i = b.parameter(head, 0), total = b.parameter(head, 1);
  b.branch(b.lt(i, b.len(b.parameter(0))), body, done);
  b.start(body);
  const Value element = b.name(b.load(I64, b.elem(b.parameter(0), i)), "element");
  b.jump(head, {b.add(i, 1), b.add(total, element)});
  b.start(done);
  b.ret(total);
  b.end();

  // A generic, and one that it calls
  const FunctionId get = m.function("get", m.signature({Ptr, I64}, any));
  m.make_generic(get, std::to_array<GenericParameter>({{"T", {}}, {"N", I64}}));
  const TypeId open_vec = m.instance(vec, std::to_array<GenericArgument>({any, m.constant_parameter(1, I64)}));
  b.begin(get);
  const Value array = b.field(open_vec, b.parameter(0), 1);
  b.ret(b.load(any, b.at_index(m.array(any, m.constant_parameter(1, I64)), array, b.parameter(1))));
  b.end();
  const FunctionId swap = m.function("swap", m.signature({Ptr, Ptr}), FunctionShared);
  m.make_generic(swap, std::to_array<GenericParameter>({{"T", {}}}));
  b.begin(swap);
  const Value other = b.slot(any);
  b.copy(other, b.parameter(0), m.size_constant(any));
  b.copy(b.parameter(0), b.parameter(1), m.size_constant(any));
  b.copy(b.parameter(1), other, m.size_constant(any));
  b.ret();
  b.end();

  // Methods, a table, data
  const FunctionId node_area = m.function("Node.area", m.signature({Ptr}, F64));
  b.begin(node_area);
  const Value wide = b.convert(Op::IntToFloat, F64, b.load(I64, b.field(node, b.parameter(0), 0)));
  b.ret(b.sqrt(b.fma(wide, 2.5, wide)));
  b.end();
  const FunctionId node_scale = m.function("Node.scale", m.signature({Ptr, F64}));
  b.begin(node_scale);
  b.store(I64, b.convert(Op::FloatToInt, I64, b.parameter(1)), b.parameter(0));
  b.ret();
  b.end();
  const DataId table = m.add_table("Node.Shape", shape, std::to_array({node_area, node_scale}));
  const DataId text = m.add_text("", "hello");
  const std::array<std::byte, 32> zero{};
  const DataId root =
      m.add_data("root", node, zero, std::to_array<Relocation>({{8, text, 1}}), DataMutable | DataExported);
  const DataId counter = m.add_data("counter", I32, {}, {}, DataMutable);
  const DataId far = m.add_data("far", I64, {}, {}, DataExtern);
  m.add_data("record", Ptr, std::span(zero).first(8), std::to_array<Relocation>({{0, m.type_record(node), 0}}));

  const FunctionId put = m.function("put", m.signature({Ptr, I64}, I32), FunctionExtern);
  const FunctionId fast = m.function("fast", m.signature({I64}, I64));
  m.set_assembly(fast, Architecture::X86_64, "mov rax, rdi\nret");
  m.set_assembly(fast, Architecture::AArch64, "ret");
  const FunctionId carried = m.function("carried", m.signature({Ptr, I64}, I64));
  b.begin(carried);
  b.ret(b.mul(b.parameter(1), 3));
  b.end();

  // Calls, pairs, a switch, vectors
  const FunctionId main = m.function("main", m.signature({I32, shape}, I32), FunctionExported);
  b.begin(main);
  b.at(Location(file, 40));
  const BlockId one = b.block({}, "one"), two = b.block({I32}, "two"), rest = b.block({}, "rest");
  const Value count = b.name(b.parameter(0), "count");
  b.switch_on(count, rest, {{1, one}, {2, Target(two, {count})}, {1'000'000'000, Target(two, {7})}});
  b.start(one);
  const Value made = b.make_interface(shape, root, table);
  b.call_interface(made, 1, {2.0});
  b.call_interface(b.parameter(1), 0, {});
  const Value doer = b.make_closure(closure, carried, counter);
  const Value eight = b.call_closure(doer, {b.call(fast, {8})});
  b.call_virtual(m.signature({I64}, I64), root, 3, {eight});
  b.call_pointer(b.convert(Op::Bitcast, m.signature({}), b.load(Ptr, far)), {});
  b.jump(two, {b.call(put, {text, 5})});
  b.start(two);
  const Value quarter = b.splat(vector, 0.25);
  const Value added = b.add(quarter, b.parameter(1).is_inst() ? quarter : quarter);
  const Value chosen = b.select(b.lt(added, quarter), added, quarter);
  const Value mixed = b.shuffle(chosen, added, std::to_array<std::uint32_t>({0, 4, 1, 7}));
  const Value lane = b.extract(b.insert(mixed, 1.5, 2), 3);
  b.reduce_add(mixed);
  b.store(bytes, m.lanes(bytes, std::vector<Value>(16, Value::number(-1))), b.slot(bytes));
  const Value place = b.slot(m.instance(vec, std::to_array<GenericArgument>({I32, Value::number(3)})));
  const FunctionId get3 = m.instance(get, std::to_array<GenericArgument>({I32, Value::number(3)}));
  const Value got = b.call(get3, {place, 2});
  b.call(m.instance(swap, std::to_array<GenericArgument>({TypeId(I64)})), {place, place});
  b.fill(place, 0, m.size_constant(node));
  const Value part = b.subslice(b.make_slice(slice, place, 1), 0, 1);
  b.ret(b.select(b.lt(lane, 0.5), b.add(got, b.convert(Op::Trunc, I32, b.call(sum, {part}))), b.parameter(two, 0)));
  b.start(rest);
  b.trap("no such case");
  const BlockId never = b.block({}, "never");
  b.start(never);
  b.jump(never);
  b.end();
}

/// Changes one word of one table, as the two numbers say.
inline void damage(Module& m, std::uint32_t where, std::uint32_t how) {
  struct Table {
    std::uint32_t* words;
    std::size_t count;
  };
  const auto table = [](auto& arena) {
    const auto entries = arena.entries();
    return Table{reinterpret_cast<std::uint32_t*>(entries.data()), entries.size_bytes() / sizeof(std::uint32_t)};
  };
  const Table tables[] = {table(m.insts), table(m.insts),     table(m.blocks), table(m.functions), table(m.data),
                          table(m.types), table(m.locations), table(m.consts), table(m.extra),     table(m.extra)};
  const Table& chosen = tables[where % std::size(tables)];
  if (chosen.count == 0) return;
  std::uint32_t& word = chosen.words[where / std::size(tables) % chosen.count];
  const std::uint32_t amount = how >> 3;
  switch (how % 8) {
    case 0:
      word = amount;
      break;
    case 1:
      word ^= 1u << amount % 32;
      break;
    case 2:
      word += amount % 16;
      break;
    case 3:
      word -= amount % 16;
      break;
    case 4:
      word = chosen.words[amount % chosen.count];
      break;
    case 5:
      word = amount % 64;
      break;
    case 6:
      word = amount % 2 ? ~0u : 0;
      break;
    default:
      word = (word & 0x3fffffff) | amount << 30;
  }
}

}  // namespace inlay::ir
