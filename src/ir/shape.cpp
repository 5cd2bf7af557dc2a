// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is left of a type when only its layout counts.
//
// A type becomes runs of scalars: {offset, scalar, how many in a row}. `struct { struct { i32, i32 }, i32, i8 }` and
// `struct { [3]i32, i8 }` are both i32 x 3 at 0 and i8 x 1 at 12. The runs are then written as a type again:
// `{[3]i32, [1]i8}`. The bytes between them, and behind the last, are fields where C's rules would not leave them free.
#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "ir/clone.h"

namespace inlay::ir {

namespace {

constexpr std::size_t MostRuns = 64;  // of one type; what has more stands for itself
constexpr unsigned Deepest = 100;

struct Run {
  std::uint32_t offset = 0;
  TypeId scalar;
  std::uint32_t count = 1;
};
using Runs = std::vector<Run>;

class Shaper {
 public:
  explicit Shaper(Module& module) : m_(module) {}

  TypeId shape(TypeId type);

 private:
  void add(Runs& runs, Run run) const;
  void add_all(Runs& runs, const Runs& more, std::uint32_t offset) const;
  Runs runs_of(TypeId type, unsigned depth);
  Runs runs_of_array(const Type& array, unsigned depth);
  TypeId written(const Runs& runs, std::uint32_t size);

  Module& m_;
  std::unordered_map<std::uint32_t, Runs> known_;  // of structs
};

void Shaper::add(Runs& runs, Run run) const {
  if (!runs.empty() && runs.back().scalar == run.scalar && runs.back().count != 0 && run.count != 0 &&
      runs.back().offset + std::uint64_t{runs.back().count} * m_.types[run.scalar].size == run.offset)
    runs.back().count += run.count;
  else
    runs.push_back(run);
}

void Shaper::add_all(Runs& runs, const Runs& more, std::uint32_t offset) const {
  for (Run run : more) {
    run.offset += offset;
    add(runs, run);
  }
}

Runs Shaper::runs_of_array(const Type& array, unsigned depth) {
  const std::uint32_t element_size = m_.types[array.element].size;
  const auto count = static_cast<std::uint32_t>(array.length.is_number() ? array.length.number() : 0);
  Runs element = runs_of(array.element, depth);
  if (element.size() == 1 && std::uint64_t{element[0].count} * m_.types[element[0].scalar].size == element_size &&
      element_size != 0) {
    element[0].count *= count;  // fits: the whole type does
    return element;
  }
  if (count == 0 || std::uint64_t{count} * element.size() > MostRuns)
    return {{0, element.empty() ? array.element : written(element, element_size), count}};
  Runs runs;
  for (std::uint32_t i = 0; i < count; ++i) add_all(runs, element, i * element_size);
  return runs;
}

Runs Shaper::runs_of(TypeId id, unsigned depth) {
  const Type type = m_.types[id];
  const Runs itself{{0, id, 1}};
  switch (type.kind) {
    case TypeKind::Fn:
      return {{0, Ptr, 1}};
    case TypeKind::Slice:
      return {{0, Ptr, 1}, {8, I64, 1}};
    case TypeKind::Interface:
    case TypeKind::Closure:
      return {{0, Ptr, 2}};
    case TypeKind::Array:
      // A length that is no small number is that of a giant.
      return depth == 0 || !type.length.is_number() ? itself : runs_of_array(type, depth - 1);
    case TypeKind::Struct:
      break;
    default:
      return itself;
  }
  if (depth == 0) return itself;
  if (const auto known = known_.find(id.value); known != known_.end()) return known->second;
  Runs runs;
  for (std::uint32_t i = 0; i < type.count && runs.size() <= MostRuns; ++i) {
    const std::uint32_t* field = &m_.extra[type.list] + std::size_t{i} * 3;
    add_all(runs, runs_of(TypeId{field[1]}, depth - 1), field[2]);
  }
  if (runs.size() > MostRuns) runs = itself;
  known_.emplace(id.value, runs);
  return runs;
}

TypeId Shaper::written(const Runs& runs, std::uint32_t size) {
  std::vector<NamedType> fields;
  std::uint64_t at = 0;
  const auto field = [&](TypeId type) {
    fields.push_back({m_.text(m_.string("f" + std::to_string(fields.size()))), type});
  };
  const auto fill = [&](std::uint64_t up_to, std::uint64_t align) {
    if ((at + align - 1) / align * align != up_to) field(m_.array(I8, up_to - at));
  };
  std::uint64_t align = 1;
  for (const Run& run : runs) {
    const std::uint64_t own = std::uint64_t{1} << m_.types[run.scalar].align_log2;
    align = std::max(align, own);
    fill(run.offset, own);
    field(m_.array(run.scalar, run.count));
    at = run.offset + std::uint64_t{run.count} * m_.types[run.scalar].size;
  }
  fill(size, align);
  const TypeId type = fields.size() == 1 ? fields[0].type : m_.struct_type(fields);
  m_.lay_out(type);
  return type;
}

TypeId Shaper::shape(TypeId id) {
  if (!m_.lay_out(id)) return id;
  const TypeKind kind = m_.types[id].kind;
  if (kind != TypeKind::Struct && kind != TypeKind::Array) return id;
  const Runs runs = runs_of(id, Deepest);
  if (runs.size() == 1 && runs[0].scalar == id) return id;
  const TypeId shape = written(runs, m_.types[id].size);
  const bool alike = m_.lay_out(shape) && m_.types[shape].size == m_.types[id].size &&
                     m_.types[shape].align_log2 == m_.types[id].align_log2;
  return alike ? shape : id;
}

}  // namespace

TypeId shape_of(Module& module, TypeId type) { return Shaper(module).shape(type); }

}  // namespace inlay::ir
