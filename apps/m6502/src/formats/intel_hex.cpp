// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Intel HEX: `:LLAAAATT` data, and a byte that makes the sum of all 0. Of the records for larger processors those are
// taken that say nothing new to one of 64 KiB.
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/readers.h"

namespace inlay::m6502 {

namespace {

enum RecordType : std::uint8_t {
  DataRecord = 0,
  EndRecord = 1,
  SegmentRecord = 2,
  StartSegmentRecord = 3,
  LinearRecord = 4,
  StartLinearRecord = 5,
};

constexpr std::size_t RecordOverhead = 5;  // length, address, type, sum

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string count_text(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

class HexReader {
 public:
  explicit HexReader(const std::string& file) : file_(file) { image_.format = ImageFormat::IntelHex; }

  Result<Image> read(std::string_view text) && {
    while (!text.empty()) {
      ++line_;
      const std::size_t end = text.find('\n');
      std::string_view line = text.substr(0, end);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
      if (line.empty()) continue;
      if (ended_) return wrong("a record behind the end record; that must be the last");
      INLAY_TRY_VOID(read_record(line));
    }
    if (!ended_) return wrong("the end record ':00000001FF' is missing; the file may be cut off");
    if (image_.parts.empty()) return wrong("there is no data before the end record");
    return std::move(image_);
  }

 private:
  Error wrong(std::string message, std::size_t column = 0) const {
    return {ErrorKind::InvalidProgram,
            std::move(message),
            {.file = file_, .line = line_, .column = static_cast<std::uint32_t>(column)}};
  }

  Result<void> read_record(std::string_view line) {
    if (line.front() != ':') return wrong("a record begins with ':'", 1);
    const std::string_view digits = line.substr(1);
    for (std::size_t k = 0; k < digits.size(); ++k)
      if (digit_value(digits[k]) < 0) return wrong("no hexadecimal digit", k + 2);
    if (digits.size() % 2 != 0) return wrong("an odd number of digits; two make a byte");
    std::vector<std::uint8_t> bytes;
    std::uint8_t sum = 0;
    for (std::size_t k = 0; k < digits.size(); k += 2) {
      bytes.push_back(static_cast<std::uint8_t>(digit_value(digits[k]) * 16 + digit_value(digits[k + 1])));
      sum = static_cast<std::uint8_t>(sum + bytes.back());
    }
    if (bytes.size() < RecordOverhead)
      return wrong(count_text(bytes.size(), "byte") + "; the shortest record has 5: length, address, type and sum");
    if (bytes.size() != bytes[0] + RecordOverhead)
      return wrong("the length says " + count_text(bytes[0], "byte") + " of data, but there are " +
                   std::to_string(bytes.size() - RecordOverhead));
    if (sum != 0) {
      constexpr char Digits[] = "0123456789ABCDEF";
      const auto right = static_cast<std::uint8_t>(bytes.back() - sum);
      return wrong(std::string("the sum is wrong: ") + Digits[right >> 4] + Digits[right & 15] + " would be right",
                   line.size() - 1);
    }
    const auto address = static_cast<std::uint16_t>(bytes[1] << 8 | bytes[2]);
    const std::uint8_t type = bytes[3];
    return take(type, address, std::span(bytes).subspan(4, bytes[0]));
  }

  Result<void> take(std::uint8_t type, std::uint16_t address, std::span<const std::uint8_t> data) {
    const auto number = [&] {
      std::uint32_t value = 0;
      for (const std::uint8_t byte : data) value = value << 8 | byte;
      return value;
    };
    switch (type) {
      case DataRecord:
        if (address + data.size() > 0x10000) return wrong("the data goes beyond $FFFF");
        add(address, data);
        return {};
      case EndRecord:
        ended_ = true;
        return {};
      case SegmentRecord:
      case LinearRecord:
        if (data.size() != 2) return wrong("an address record has 2 bytes of data");
        if (number() != 0) return wrong("addresses beyond $FFFF; a 6502 has 64 KiB");
        return {};
      case StartSegmentRecord:
      case StartLinearRecord:
        if (data.size() != 4) return wrong("a start record has 4 bytes of data");
        if (number() > 0xFFFF) return wrong("a start beyond $FFFF; a 6502 has 64 KiB");
        image_.start = static_cast<std::uint16_t>(number());
        return {};
      default:
        return wrong("a record of type " + std::to_string(type) + "; there are 0 to 5");
    }
  }

  void add(std::uint16_t address, std::span<const std::uint8_t> data) {
    if (data.empty()) return;
    if (!image_.parts.empty() && image_.parts.back().address + image_.parts.back().bytes.size() == address) {
      std::vector<std::uint8_t>& bytes = image_.parts.back().bytes;
      bytes.insert(bytes.end(), data.begin(), data.end());
    } else {
      image_.parts.push_back({address, {data.begin(), data.end()}});
    }
  }

  const std::string& file_;
  std::uint32_t line_ = 0;
  bool ended_ = false;
  Image image_;
};

}  // namespace

Result<Image> read_intel_hex(std::span<const std::uint8_t> bytes, const std::string& file) {
  return HexReader(file).read({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace inlay::m6502
