// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "ir/record.h"

#include <cstddef>
#include <cstdio>
#include <cstring>

#include "inlay/ir/layout.h"

namespace inlay::ir {

namespace {

static_assert(sizeof(TypeRecord) == 32 && offsetof(TypeRecord, name) == 24);

bool is_record(const Module& m, DataId id, const TypeRecord& record, DataId name) {
  const Data& d = m.data[id];
  if (!(d.flags & DataDefined) || d.flags & (DataMutable | DataZero) || d.size != sizeof record || !d.bytes)
    return false;
  if (std::memcmp(&m.bytes[d.bytes], &record, sizeof record) != 0) return false;
  if (!d.relocations || m.extra[d.relocations] != 1) return false;
  const std::uint32_t* words = &m.extra[d.relocations] + 1;
  return words[0] == offsetof(TypeRecord, name) && words[1] == Value(name).bits && words[2] == 0;
}

}  // namespace

DataId type_record_data(Module& m, TypeId type) {
  if (type == Void || !m.lay_out(type)) return {};
  const Type& t = m.types[type];
  TypeRecord record{t.hash, t.size, std::int64_t{1} << t.align_log2, nullptr};
  std::string text = m.to_string(type);
  text += '\0';
  const DataId name = m.add_text("", text);
  // Named after the hash, like texts. What stands there already is ours if it says the same: a record of an earlier
  // call, or one that was printed and read back.
  char digits[32];
  std::snprintf(digits, sizeof digits, "type.%016llx", static_cast<unsigned long long>(t.hash));
  std::string unused = digits;
  for (;; unused += '.') {
    const Symbol known = m.find(unused);
    if (known.kind == SymbolKind::None) break;
    if (known.kind == SymbolKind::Data && is_record(m, DataId{known.id}, record, name)) return DataId{known.id};
  }
  const NamedType fields[] = {{"hash", I64}, {"size", I64}, {"alignment", I64}, {"name", Ptr}};
  const Relocation to_name{offsetof(TypeRecord, name), name, 0};
  return m.add_data(unused, m.struct_type(fields), std::as_bytes(std::span(&record, 1)), std::span(&to_name, 1));
}

}  // namespace inlay::ir
