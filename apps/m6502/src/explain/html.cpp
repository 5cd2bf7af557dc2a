// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The guest's instructions on the left, the machine's on the right, row by row; jumps are links. Without scripts.
#include <cstdio>
#include <cstdlib>
#include <set>

#include "explain/explanation.h"

namespace inlay::m6502 {

namespace {

constexpr const char* Style = R"(
:root { color-scheme: light dark; --page: #f4f5f7; --panel: #fff; --text: #1b1f24; --faint: #5c6670; --border: #d3d9df;
  --note: #8a5300; --symbol: #0a5d8a; --bar: #9cc4f0; --mark: #fff0b3; }
@media (prefers-color-scheme: dark) { :root { --page: #15181c; --panel: #1e2227; --text: #e4e8ec; --faint: #9aa5b0;
  --border: #3a424b; --note: #e8b267; --symbol: #7cc4f0; --bar: #2f5685; --mark: #4a3d10; } }
body { margin: 0; padding: 0.8rem 1rem; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.2rem 0 0.4rem; }
h3 { font-size: 0.9rem; margin: 0; color: var(--faint); }
p { margin: 0.2rem 0; color: var(--faint); max-width: 110ch; }
.scroll { overflow-x: auto; background: var(--panel); border: 1px solid var(--border); border-radius: 7px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.15rem 0.7rem; }
th { color: var(--faint); font-weight: 600; font-size: 0.85rem; border-bottom: 1px solid var(--border); }
.figure { text-align: right; font-variant-numeric: tabular-nums; }
.share { background: linear-gradient(to left, var(--bar) var(--part), transparent var(--part)); }
.listing tr { border-top: 1px solid var(--border); }
.listing td:first-child { width: 45%; }
code, pre { font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; margin: 0; white-space: pre-wrap; }
.note { color: var(--note); font-size: 0.85rem; }
.symbol { color: var(--symbol); }
.offset { color: var(--faint); user-select: none; }
.label { font-weight: 600; }
:target { background: var(--mark); }
a { color: inherit; }
@media (max-width: 40rem) { .listing td { display: block; width: auto !important; } .listing tr { display: block; } }
)";

template <class... Values>
std::string format(const char* form, Values... values) {
  char line[256];
  std::snprintf(line, sizeof line, form, values...);
  return line;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

class Page {
 public:
  explicit Page(const Explanation& explanation) : explanation_(explanation) {}

  std::string write() {
    // The policy makes sure that the page needs nothing from elsewhere.
    page_ =
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
        "data:\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<link rel=\"icon\" href=\"data:,\">\n<title>" +
        escaped(explanation_.program) + " as machine code</title>\n<style>" + Style +
        "</style>\n</head>\n<body>\n<h1>" + escaped(explanation_.program) + "</h1>\n<p>" +
        escaped(explanation_.summary()) + ".</p>\n";
    add_table();
    for (std::size_t i = 0; i < explanation_.regions.size(); ++i)
      if (explanation_.regions[i].listing) add_region(i);
    add_not_compiled();
    return page_ + "</body>\n</html>\n";
  }

 private:
  void add_table() {
    if (explanation_.regions.empty()) return;
    page_ +=
        "<h2>Regions</h2>\n<div class=\"scroll\"><table><tr><th>region</th><th class=\"figure\">instructions</th><th "
        "class=\"figure\">entered</th><th class=\"figure\">cycles</th><th class=\"figure\">share</th><th "
        "class=\"figure\">compile</th><th class=\"figure\">object</th></tr>\n";
    const auto all = static_cast<double>(explanation_.statistics.cycles);
    for (std::size_t i = 0; i < explanation_.regions.size(); ++i) {
      const ExplainedRegion& region = explanation_.regions[i];
      const RegionAccount& account = region.account;
      const double share = all > 0 ? 100 * static_cast<double>(account.cycles) / all : 0;
      std::string name = "<code>" + escaped(region.name) + "</code>";
      if (region.listing) name = format("<a href=\"#r%zu\">", i) + name + "</a>";
      if (account.region.cut) name += " <span class=\"note\">cut: there was more</span>";
      if (!account.active && explanation_.ran && account.milliseconds > 0)
        name += " <span class=\"note\">put aside: its bytes have changed</span>";
      page_ +=
          "<tr><td>" + name +
          format("</td><td class=\"figure\">%zu</td><td class=\"figure\">%lld</td><td class=\"figure\">%lld</td>",
                 region.instructions, static_cast<long long>(account.entered), static_cast<long long>(account.cycles)) +
          format("<td class=\"figure share\" style=\"--part: %.1f%%\">%.1f %%</td>", share, share) +
          format("<td class=\"figure\">%.1f ms</td><td class=\"figure\">%llu</td></tr>\n", account.milliseconds,
                 static_cast<unsigned long long>(account.bytes));
    }
    page_ += "</table></div>\n";
  }

  /// Where a jump within the region leads, if that is what the instruction is.
  std::string link_of(const MachineLine& line) const {
    if (line.text.size() < 2 || line.text[0] != 'j') return {};
    const std::size_t at = line.text.find(" 0x");
    if (at == std::string::npos) return {};
    const std::uint64_t to = std::strtoull(line.text.c_str() + at + 3, nullptr, 16);
    return offsets_.contains(to) ? format("#r%zuo%llx", number_, static_cast<unsigned long long>(to)) : "";
  }

  void add_code(const std::vector<MachineLine>& code, bool of_region) {
    page_ += "<pre>";
    std::uint64_t last = ~std::uint64_t{0};
    for (const MachineLine& line : code) {
      if (last != ~std::uint64_t{0} && line.offset - last > 16) page_ += "<span class=\"offset\">       ...</span>\n";
      last = line.offset;
      const auto offset = static_cast<unsigned long long>(line.offset);
      page_ += of_region ? format("<span id=\"r%zuo%llx\">", number_, offset) : "<span>";
      page_ += format("<span class=\"offset\">%5llx</span>  ", offset);
      const std::string link = of_region ? link_of(line) : "";
      page_ += link.empty() ? escaped(line.text) : "<a href=\"" + link + "\">" + escaped(line.text) + "</a>";
      if (!line.symbol.empty()) page_ += "  <span class=\"symbol\"># " + escaped(line.symbol) + "</span>";
      page_ += "</span>\n";
    }
    page_ += "</pre>";
  }

  void add_region(std::size_t number) {
    const ExplainedRegion& region = explanation_.regions[number];
    const RegionListing& listing = *region.listing;
    number_ = number;
    offsets_.clear();
    for (const MachineLine& line : listing.around) offsets_.insert(line.offset);
    for (const ListedInstruction& each : listing.instructions)
      for (const MachineLine& line : each.code) offsets_.insert(line.offset);
    page_ += format("<h2 id=\"r%zu\">Region ", number) + escaped(region.name) +
             format("</h2>\n<p>%zu instructions, %llu bytes of machine code", region.instructions,
                    static_cast<unsigned long long>(listing.code_bytes));
    if (region.copies > 0) page_ += format(", %zu of them copies", region.copies);
    page_ += ". Entered at";
    for (std::size_t i = 0; i < region.entries.size(); ++i) page_ += (i == 0 ? " " : ", ") + escaped(region.entries[i]);
    page_ += ".</p>\n<div class=\"scroll\"><table class=\"listing\">\n";
    for (const ListedInstruction& each : listing.instructions) {
      if (!each.heading.empty()) page_ += "<tr><td colspan=\"2\"><h3>" + escaped(each.heading) + "</h3></td></tr>\n";
      page_ += "<tr><td>";
      if (!each.label.empty()) page_ += "<code class=\"label\">" + escaped(each.label) + ":</code><br>";
      page_ += "<code>" + escaped(each.listing) + "</code>";
      for (const std::string& words : each.notes) page_ += "<div class=\"note\">" + escaped(words) + "</div>";
      page_ += "</td><td>";
      add_code(each.code, true);
      page_ += "</td></tr>\n";
    }
    page_ += "<tr><td>Entering, leaving, and what instructions share</td><td>";
    add_code(listing.around, true);
    page_ += "</td></tr>\n";
    for (const ListedFunction& function : listing.functions) {
      page_ += "<tr><td>Called: <code>" + escaped(function.name) + "</code></td><td>";
      add_code(function.code, false);
      page_ += "</td></tr>\n";
    }
    page_ += "</table></div>\n";
  }

  void add_not_compiled() {
    if (explanation_.not_compiled.empty()) return;
    page_ += "<h2>Not compiled</h2>\n<div class=\"scroll\"><table class=\"listing\">\n";
    for (const NotCompiled& each : explanation_.not_compiled)
      page_ += "<tr><td><code>" + escaped(each.listing) + "</code></td><td>" + escaped(each.why) + "</td></tr>\n";
    page_ += "</table></div>\n";
  }

  const Explanation& explanation_;
  std::string page_;
  std::size_t number_ = 0;
  std::set<std::uint64_t> offsets_;  // of the region's machine instructions
};

}  // namespace

std::string to_html(const Explanation& explanation) { return Page(explanation).write(); }

}  // namespace inlay::m6502
