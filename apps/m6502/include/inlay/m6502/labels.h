// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Names of addresses, as linkers write them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "inlay/result.h"

namespace inlay::m6502 {

class Labels {
 public:
  /// The last one counts if a name is given twice.
  void add(std::string name, std::uint16_t address);

  std::optional<std::uint16_t> address_of(std::string_view name) const;
  /// Empty if there is none. Names that linkers make (`__CODE_SIZE__`) are not given: most mean no address.
  std::string_view name_of(std::uint16_t address) const;

  const std::map<std::string, std::uint16_t, std::less<>>& names() const { return addresses_; }
  bool empty() const { return addresses_.empty(); }

 private:
  std::map<std::string, std::uint16_t, std::less<>> addresses_;
  std::map<std::uint16_t, std::string> names_;
};

/// What `ld65 -Ln` and VICE's `save_labels` write (`al 00C000 ._main`, `al C:c000 .main`), and lines like
/// `main = $C000`. Empty lines and those that begin with `;` or `#` are skipped. InvalidProgram with file and line.
Result<void> read_labels(std::string_view text, const std::string& file, Labels& labels);

}  // namespace inlay::m6502
