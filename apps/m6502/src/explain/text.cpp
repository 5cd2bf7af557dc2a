// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <cstdio>

#include "explain/explanation.h"

namespace inlay::m6502 {

namespace {

template <class... Values>
std::string format(const char* form, Values... values) {
  char line[256];
  std::snprintf(line, sizeof line, form, values...);
  return line;
}

class Text {
 public:
  Text(const Explanation& explanation, bool colors) : explanation_(explanation), colors_(colors) {}

  std::string write() {
    text_ = explanation_.program + ": " + explanation_.summary() + ".\n";
    add_table();
    for (const ExplainedRegion& region : explanation_.regions)
      if (region.listing) add_region(region);
    if (!explanation_.not_compiled.empty()) text_ += '\n' + strong("Not compiled:") + '\n';
    for (const NotCompiled& each : explanation_.not_compiled)
      text_ += format("  %-28.60s ", each.listing.c_str()) + note(each.why) + '\n';
    return std::move(text_);
  }

 private:
  std::string colored(const char* color, const std::string& text) const {
    return colors_ ? std::string(color) + text + "\x1b[0m" : text;
  }
  std::string strong(const std::string& text) const { return colored("\x1b[1m", text); }
  std::string note(const std::string& text) const { return colored("\x1b[33m", text); }

  void add_table() {
    if (explanation_.regions.empty()) return;
    text_ += '\n' + strong("  instructions   entered        cycles      %  compile ms  object  region") + '\n';
    const auto all = static_cast<double>(explanation_.statistics.cycles);
    for (const ExplainedRegion& region : explanation_.regions) {
      const RegionAccount& account = region.account;
      text_ += format("  %12zu %9lld %13lld %6.1f %11.1f %7llu  ", region.instructions,
                      static_cast<long long>(account.entered), static_cast<long long>(account.cycles),
                      all > 0 ? 100 * static_cast<double>(account.cycles) / all : 0.0, account.milliseconds,
                      static_cast<unsigned long long>(account.bytes)) +
               region.name;
      if (region.account.region.cut) text_ += note(", cut: there was more");
      if (!account.active && explanation_.ran && account.milliseconds > 0)
        text_ += note(", put aside: its bytes have changed");
      text_ += '\n';
    }
  }

  void add_code(const std::vector<MachineLine>& code) {
    std::uint64_t last = ~std::uint64_t{0};
    for (const MachineLine& line : code) {
      // Code that belongs to an instruction need not lie together.
      const bool apart = last != ~std::uint64_t{0} && line.offset - last > 16;
      if (apart) text_ += "               ...\n";
      last = line.offset;
      text_ += format("          %5llx  ", static_cast<unsigned long long>(line.offset)) + line.text;
      if (!line.symbol.empty()) text_ += colored("\x1b[36m", "  # " + line.symbol);
      text_ += '\n';
    }
  }

  void add_region(const ExplainedRegion& region) {
    const RegionListing& listing = *region.listing;
    text_ += '\n' + strong("Region " + region.name) +
             format(": %zu instructions, %llu bytes of machine code", region.instructions,
                    static_cast<unsigned long long>(listing.code_bytes));
    if (region.copies > 0) text_ += format(", %zu of them copies", region.copies);
    text_ += "\nEntered at";
    for (std::size_t i = 0; i < region.entries.size(); ++i) text_ += (i == 0 ? " " : ", ") + region.entries[i];
    text_ += "\n\n";
    for (const ListedInstruction& each : listing.instructions) {
      if (!each.heading.empty()) text_ += '\n' + strong(each.heading) + '\n';
      if (!each.label.empty()) text_ += strong(each.label + ":") + '\n';
      text_ += strong(each.listing) + '\n';
      for (const std::string& words : each.notes) text_ += note("          ; " + words) + '\n';
      add_code(each.code);
    }
    text_ += '\n' + strong("Entering, leaving, and what instructions share") + '\n';
    add_code(listing.around);
    for (const ListedFunction& function : listing.functions) {
      text_ += '\n' + strong("Called: " + function.name) + '\n';
      add_code(function.code);
    }
  }

  const Explanation& explanation_;
  bool colors_;
  std::string text_;
};

}  // namespace

std::string to_text(const Explanation& explanation, bool colors) { return Text(explanation, colors).write(); }

}  // namespace inlay::m6502
