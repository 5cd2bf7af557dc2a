// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "inlay/m6502/labels.h"

#include <utility>

#include "formats/number.h"
#include "formats/words.h"

namespace inlay::m6502 {

namespace {

/// `__CODE_RUN__`, `__STACKSIZE__`: most are sizes and counts, which are no addresses.
bool made_by_linker(std::string_view name) { return name.starts_with("__") && name.ends_with("__"); }

}  // namespace

void Labels::add(std::string name, std::uint16_t address) {
  if (const auto old = addresses_.find(name); old != addresses_.end() && old->second != address)
    if (const auto named = names_.find(old->second); named != names_.end() && named->second == name)
      names_.erase(named);
  if (!made_by_linker(name)) names_.try_emplace(address, name);
  addresses_.insert_or_assign(std::move(name), address);
}

std::optional<std::uint16_t> Labels::address_of(std::string_view name) const {
  const auto found = addresses_.find(name);
  return found == addresses_.end() ? std::nullopt : std::optional(found->second);
}

std::string_view Labels::name_of(std::uint16_t address) const {
  const auto found = names_.find(address);
  return found == names_.end() ? std::string_view() : found->second;
}

Result<void> read_labels(std::string_view text, const std::string& file, Labels& labels) {
  std::uint32_t line_number = 0;
  while (!text.empty()) {
    ++line_number;
    const std::size_t end = text.find('\n');
    const std::vector<std::string_view> words = words_of(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (words.empty() || words[0].front() == ';' || words[0].front() == '#') continue;

    std::string_view name, address;
    if (words.size() == 3 && (words[0] == "al" || words[0] == "add_label")) {
      address = words[1];
      if (address.starts_with("C:")) address.remove_prefix(2);
      name = words[2];
      if (name.size() > 1 && name.front() == '.') name.remove_prefix(1);
    } else if (words.size() == 3 && words[1] == "=") {
      name = words[0];
      address = words[2];
    } else {
      return Error(ErrorKind::InvalidProgram, "not a label: lines are 'al 00C000 .name' or 'name = $C000'",
                   {.file = file, .line = line_number});
    }
    const std::optional<std::uint32_t> value = parse_hex(address);
    if (!value)
      return Error(ErrorKind::InvalidProgram, "'" + std::string(address) + "' is no hexadecimal address",
                   {.file = file, .line = line_number});
    // Sizes and addresses of the 65816 are no addresses here.
    if (*value <= 0xFFFF) labels.add(std::string(name), static_cast<std::uint16_t>(*value));
  }
  return {};
}

}  // namespace inlay::m6502
