// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What data holds at first: bytes, and addresses to be filled in.
#include <algorithm>
#include <cstring>

#include "ir/text/parser.h"

namespace inlay::ir {

namespace {

constexpr std::uint64_t LargestInitial = std::uint64_t{1} << 30;  // of data that is not all zero
constexpr const char* TooLarge = "data that is not all zero can have 1073741824 bytes";

}  // namespace

void Parser::data_rest(Pending& pending) {
  if (pending.flags & DataTable) return table_rest(pending);
  const DataId id{pending.id};
  if (!(module_.data[id].flags & DataReserved))
    return fail(pending.name.at, "'@" + std::string(pending.name.text.substr(0, 200)) + "' is declared twice");
  const bool external = (pending.flags & DataExtern) != 0;
  bytes_.clear();
  relocations_.clear();
  TypeId type;
  if (scanner_.take(':')) {
    const std::size_t at = (scanner_.next(), scanner_.offset());
    type = this->type();
    if (failed()) return;
    if (!module_.lay_out(type) && !external)
      return fail(at, "nothing of type " + module_.to_string(type) + " can lie in memory");
  } else if (external) {
    return fail_expected("':' and the type");
  }
  if (!external) {
    expect('=', type ? "'=' and what it holds" : "':' and the type");
    if (!type) {
      const std::string_view text = this->text("':' and the type, or a text,");
      type = module_.array(I8, text.size());
      module_.lay_out(type);
      bytes_.assign(reinterpret_cast<const std::byte*>(text.data()),
                    reinterpret_cast<const std::byte*>(text.data()) + text.size());
    } else {
      initial(type, 0);
      if (!failed() && scanner_.next() == 'a' && scanner_.peek_word() == "at") {
        scanner_.word();
        do {
          const auto offset = plain_number("an offset", module_.types[type].size);
          if (offset) relocation(*offset);
        } while (!failed() && scanner_.take(','));
      }
    }
  }
  const Location location = location_behind(pending.first_line);
  end_of_declaration();
  if (failed()) return;
  std::sort(relocations_.begin(), relocations_.end(),
            [](const Relocation& a, const Relocation& b) { return a.offset < b.offset; });
  const bool all_zero = relocations_.empty() &&
                        std::all_of(bytes_.begin(), bytes_.end(), [](std::byte byte) { return byte == std::byte{0}; });
  if (all_zero)
    bytes_.clear();
  else if (module_.types[type].size > LargestInitial)
    return fail(pending.name.at, TooLarge);
  else
    bytes_.resize(module_.types[type].size);
  module_.add_data(pending.name.text, type, bytes_, relocations_, pending.flags);
  module_.data[id].location = location;
  check_module(pending.name.at);
}

void Parser::table_rest(Pending& pending) {
  const DataId id{pending.id};
  if (!(module_.data[id].flags & DataReserved))
    return fail(pending.name.at, "'@" + std::string(pending.name.text.substr(0, 200)) + "' is declared twice");
  relocations_.clear();
  TypeId interface;
  if (scanner_.take(':')) {
    const std::size_t at = (scanner_.next(), scanner_.offset());
    interface = type();
    if (!failed() && module_.types[interface].kind != TypeKind::Interface)
      return fail(at, "a table is one of an interface, not of " + module_.to_string(interface));
  }
  std::uint32_t entries = 0;
  if (!(pending.flags & DataExtern)) {
    expect('=', interface ? "'=' and the methods" : "':' and an interface, or '='");
    expect('{', "'{'");
    while (!failed() && scanner_.next() != '}') {
      const std::size_t at = scanner_.offset();
      if (scanner_.peek_word() == "null") {
        fail(at,
             "an entry of a table is called without a look at it, so it cannot be null; give a function that traps");
      } else if (scanner_.here() != '@') {
        fail_expected("a function");
      } else if (const Value function = symbol(); !failed()) {
        if (!function.is_function()) return fail(at, "this is data; a table holds functions");
        relocations_.push_back({entries * 8, function, 0});
      }
      ++entries;
      if (!scanner_.take(',')) break;
    }
    expect('}', "',' or '}'");
  }
  const Location location = location_behind(pending.first_line);
  end_of_declaration();
  if (failed()) return;
  module_.add_data(pending.name.text, interface, {}, relocations_, pending.flags);
  Data& data = module_.data[id];
  data.size = entries * 8;
  data.location = location;
  if (data.parameters) data.flags |= DataGeneric;
  check_module(pending.name.at);
}

void Parser::put(std::uint64_t offset, std::uint64_t bits, unsigned bytes) {
  if (bits == 0 || failed()) return;
  if (offset + bytes > LargestInitial) return fail(scanner_.offset(), TooLarge);
  if (bytes_.size() < offset + bytes) bytes_.resize(offset + bytes);
  std::memcpy(&bytes_[offset], &bits, bytes);
}

void Parser::initial(TypeId type, std::uint64_t offset) {
  const char c = scanner_.next();
  if (c == 'z' && scanner_.peek_word() == "zero") {
    scanner_.word();
    return;
  }
  const Type& t = module_.types[type];
  switch (t.kind) {
    case TypeKind::Bool:
    case TypeKind::I8:
    case TypeKind::I16:
    case TypeKind::I32:
    case TypeKind::I64:
    case TypeKind::F32:
    case TypeKind::F64:
      put_number(type, offset);
      break;
    case TypeKind::Ptr:
    case TypeKind::Fn:
      pointer(offset);
      break;
    case TypeKind::Vector:
      put_elements(t.element, t.count, offset);
      break;
    case TypeKind::Array: {
      const std::uint64_t length = t.length.is_number() ? static_cast<std::uint64_t>(t.length.number())
                                                        : module_.consts[t.length.constant()].bits;
      if (c == '"' && t.element == I8)
        put_text(length, offset);
      else
        put_elements(t.element, length, offset);
      break;
    }
    case TypeKind::Struct:
      put_struct(type, offset);
      break;
    case TypeKind::Slice: {
      pointer(offset);
      expect('[', "'[' and the length of the slice");
      const char number = scanner_.next();
      if (!failed() && !is(number, CharDigit) && number != '-') fail_expected("the length of the slice");
      put_number(I64, offset + 8);
      expect(']', "']'");
      break;
    }
    case TypeKind::Interface:
    case TypeKind::Closure:
      expect('{', "'{'");
      pointer(offset);
      expect(',', "','");
      pointer(offset + 8);
      expect('}', "'}'");
      break;
    case TypeKind::Void:
    case TypeKind::TypeParam:
      fail_expected("'zero'");
      break;
  }
}

void Parser::put_number(TypeId type, std::uint64_t offset) {
  if (failed()) return;
  const std::string_view word = (scanner_.next(), scanner_.peek_word());
  const bool address = scanner_.here() == '@' || word == "typeof";
  if (address && type == I64) return pointer(offset);
  const std::size_t at = scanner_.offset();
  if (!at_number() && !address && word != "sizeof" && word != "alignof" && word != "true" && word != "false")
    return fail_expected("a value of type " + module_.to_string(type));
  const Value value = literal(type);
  if (failed()) return;
  std::uint64_t bits = 0;
  if (value.is_number()) {
    bits = static_cast<std::uint64_t>(value.number());
  } else if (!value.is_const()) {
    return fail(at, "an address where a value of type " + module_.to_string(type) + " should be");
  } else {
    const Const& c = module_.consts[value.constant()];
    const TypeId of{static_cast<std::uint32_t>(c.bits)};
    bits = c.bits;
    if (c.kind == ConstKind::SizeOf || c.kind == ConstKind::AlignOf) {
      if (!module_.is_int(type))
        return fail(at, "a size where a value of type " + module_.to_string(type) + " should be");
      if (!module_.lay_out(of)) return fail(at, module_.to_string(of) + " has no size");
      bits = c.kind == ConstKind::SizeOf ? module_.types[of].size : std::uint64_t{1} << module_.types[of].align_log2;
      if (module_.bits_of(type) < 64 && bits >> module_.bits_of(type) != 0)
        return fail(at, std::to_string(bits) + " does not fit " + module_.to_string(type));
    } else if (c.kind == ConstKind::TypeRecord) {
      return fail(at, "an address where a value of type " + module_.to_string(type) + " should be");
    }
  }
  put(offset, bits, module_.types[type].size);
}

void Parser::pointer(std::uint64_t offset) {
  const char c = scanner_.next();
  const std::string_view word = scanner_.peek_word();
  if (failed()) return;
  if (c == '@' || word == "typeof") {
    relocation(offset);
  } else if (word == "null" || word == "zero") {
    scanner_.word();
  } else if (is(c, CharDigit)) {
    put_number(I64, offset);
  } else {
    fail_expected("an address");
  }
}

void Parser::relocation(std::uint64_t offset) {
  const char c = scanner_.next();
  const bool record = scanner_.peek_word() == "typeof";
  if (c != '@' && !record) return fail_expected("the name of a function or data");
  const Value symbol = record ? literal(Ptr) : this->symbol();
  std::int32_t addend = 0;
  const char sign = scanner_.next();
  if (sign == '+' || sign == '-') {
    scanner_.advance();
    const auto number = plain_number("an offset", 0x7fffffff);
    if (number) addend = sign == '+' ? static_cast<std::int32_t>(*number) : -static_cast<std::int32_t>(*number);
  }
  if (!failed()) relocations_.push_back({static_cast<std::uint32_t>(offset), symbol, addend});
}

void Parser::put_elements(TypeId element, std::uint64_t count, std::uint64_t offset) {
  expect('[', "'['");
  const std::size_t at = scanner_.offset();
  const std::uint64_t size = module_.types[element].size;
  std::uint64_t n = 0;
  const auto wrong = [&](const char* how) { fail(at, how + std::to_string(count) + " elements should stand here"); };
  while (!failed() && scanner_.next() != ']') {
    if (n == count) return wrong("too many; ");
    initial(element, offset + n++ * size);
    if (!scanner_.take(',')) break;
  }
  expect(']', "',' or ']'");
  if (!failed() && n != count) wrong("too few; ");
}

void Parser::put_struct(TypeId type, std::uint64_t offset) {
  expect('{', "'{'");
  const std::size_t at = scanner_.offset();
  const std::uint32_t count = module_.types[type].count;
  std::uint32_t n = 0;
  const auto wrong = [&](const char* how) {
    fail(at, how + module_.to_string(type) + " has " + std::to_string(count) + " fields");
  };
  while (!failed() && scanner_.next() != '}') {
    if (n == count) return wrong("too many values; ");
    const std::uint32_t* words = &module_.extra[module_.types[type].list] + std::size_t{n++} * 3;
    initial(TypeId{words[1]}, offset + words[2]);
    if (!scanner_.take(',')) break;
  }
  expect('}', "',' or '}'");
  if (!failed() && n != count) wrong("too few values; ");
}

void Parser::put_text(std::uint64_t length, std::uint64_t offset) {
  const std::size_t at = scanner_.offset();
  const std::string_view text = this->text("a text");
  if (failed()) return;
  if (text.size() != length)
    return fail(at, "a text of " + std::to_string(text.size()) + " bytes, and " + std::to_string(length) +
                        " should stand here");
  if (text.empty()) return;
  if (offset + text.size() > LargestInitial) return fail(at, TooLarge);
  if (bytes_.size() < offset + text.size()) bytes_.resize(offset + text.size());
  std::memcpy(&bytes_[offset], text.data(), text.size());
}

}  // namespace inlay::ir
