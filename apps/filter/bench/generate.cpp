// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Writes users as CSV to standard output, the same for the same arguments on every machine:
//
//   generate [--rows N] [--nulls PERCENT] [--quotes PERCENT] [--crlf]     (5,000,000 rows: about 480 MB)
//
// What conditions may count on, without --nulls:
//   age          18 to 97, all equally often
//   balance      0.00 to 9999.99, equally often; two digits behind the point
//   first_name   one of 40; `Zo` begins 1 of them (2.5 %)
//   last_name    one of 50; `son` is in 5 of them (10 %)
//   email        `z.johnson92@m7.org`: `son9` is in 1.1 %
//   phone        `555-201-4321`: `555` begins 11 %, each other area 0.1 % of the rows
//   country      one of 60; any 20 of them are a third
//   city, state, street, zip: one of 40, 50, 30 with a number, 5 digits
// --nulls: so many fields of a hundred are empty, but for id. --quotes: so many texts stand in quotes, and a tenth of
// those streets have a comma, a tenth a doubled quote, a hundredth a line end within.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "../../../tests/common/random_numbers.h"

namespace {

constexpr std::string_view FirstNames[] = {"Ada",   "Ben",   "Carl",  "Dora",  "Emil",  "Fay",   "Gus",  "Hana",
                                           "Ivan",  "Jane",  "Karl",  "Lena",  "Max",   "Nora",  "Olaf", "Petra",
                                           "Quinn", "Rosa",  "Sven",  "Tina",  "Uma",   "Vera",  "Wim",  "Xenia",
                                           "Yara",  "Zoe",   "Anton", "Bruno", "Clara", "David", "Elsa", "Frida",
                                           "Georg", "Helga", "Ines",  "Jonas", "Klaus", "Laura", "Mila", "Nils"};
constexpr std::string_view LastNames[] = {
    "Johnson", "Wilson", "Anderson", "Larson", "Nelson", "Smith",  "Brown",  "Miller",  "Davis",  "Garcia",
    "Martin",  "Lee",    "Clark",    "Lewis",  "Walker", "Hall",   "Young",  "King",    "Wright", "Hill",
    "Green",   "Adams",  "Baker",    "Carter", "Turner", "Parker", "Evans",  "Collins", "Cook",   "Rogers",
    "Reed",    "Bell",   "Murphy",   "Bailey", "Cooper", "Cox",    "Howard", "Ward",    "Gray",   "James",
    "Watts",   "Brooks", "Kelly",    "Price",  "Wood",   "Barnes", "Ross",   "Long",    "Foster", "Perry"};
constexpr std::string_view Countries[] = {
    "Albania", "Algeria", "Austria", "Belgium", "Bolivia", "Brazil",  "Bulgaria", "Canada",  "Chile",   "China",
    "Croatia", "Cuba",    "Cyprus",  "Denmark", "Egypt",   "Estonia", "Ethiopia", "Finland", "France",  "Gambia",
    "Georgia", "Germany", "Ghana",   "Greece",  "Haiti",   "Hungary", "Iceland",  "India",   "Ireland", "Israel",
    "Italy",   "Jamaica", "Japan",   "Jordan",  "Kenya",   "Latvia",  "Lebanon",  "Libya",   "Malta",   "Mexico",
    "Morocco", "Nepal",   "Niger",   "Norway",  "Oman",    "Panama",  "Peru",     "Poland",  "Qatar",   "Romania",
    "Rwanda",  "Samoa",   "Senegal", "Serbia",  "Spain",   "Sweden",  "Togo",     "Turkey",  "Uganda",  "Vietnam"};
constexpr std::string_view Cities[] = {"Aachen", "Basel", "Cork",  "Delft", "Essen", "Fulda",  "Genoa",  "Hilo",
                                       "Ithaca", "Jena",  "Kiel",  "Lille", "Mainz", "Nancy",  "Oslo",   "Parma",
                                       "Quito",  "Reno",  "Siena", "Turin", "Ulm",   "Venice", "Worms",  "Xalapa",
                                       "York",   "Zug",   "Bath",  "Bonn",  "Bern",  "Cadiz",  "Derby",  "Erfurt",
                                       "Faro",   "Gent",  "Hull",  "Izmir", "Leeds", "Metz",   "Nantes", "Pisa"};
constexpr std::string_view Streets[] = {"Oak St",    "Elm St",    "Pine St",  "Main St",    "High St",   "Park Av",
                                        "Lake Rd",   "Hill Rd",   "Mill Ln",  "Church St",  "North St",  "South St",
                                        "East St",   "West St",   "River Rd", "Station Rd", "School Ln", "Bridge St",
                                        "Green Ln",  "Market Sq", "Queen St", "King St",    "Spring St", "Garden Rd",
                                        "Forest Av", "Rose Ln",   "Abbey Rd", "Castle St",  "Canal St",  "Field Ln"};
constexpr std::string_view States =
    "ALAKAZARCACOCTDEFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNHNJNMNYNCNDOHOKORPARISCSDTNTX"
    "UTVTVAWAWVWIWY";

struct Random : random_numbers::SplitMix {
  Random() : SplitMix(20240229) {}
  std::uint64_t below(std::uint64_t limit) { return (next() >> 32) * limit >> 32; }
};

struct Options {
  std::uint64_t rows = 5'000'000;
  std::uint64_t nulls = 0, quotes = 0;
  std::string_view line_end = "\n";
};

template <std::size_t N>
std::string_view one_of(Random& random, const std::string_view (&list)[N]) {
  return list[random.below(N)];
}

class Writer {
 public:
  explicit Writer(const Options& options) : options_(options) {}

  void row(std::uint64_t id) {
    const std::string_view first = one_of(random_, FirstNames);
    const std::string_view last = one_of(random_, LastNames);
    out_ += std::to_string(id);
    text(first);
    text(last);
    field_.clear();
    for (const std::string_view name : {first.substr(0, 1), std::string_view("."), last})
      for (const char c : name) field_ += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    number(field_, random_.below(100), 1);
    field_ += "@m";
    number(field_, random_.below(10), 1);
    field_ += ".org";
    text(field_);
    field_.clear();
    number(field_, random_.below(100) < 11 ? 555 : 100 + random_.below(900), 3);
    field_ += '-';
    number(field_, 200 + random_.below(800), 3);
    field_ += '-';
    number(field_, random_.below(10000), 4);
    text(field_);
    text(one_of(random_, Countries));
    text(one_of(random_, Cities));
    text(States.substr(2 * random_.below(50), 2));
    street();
    field_.clear();
    number(field_, random_.below(100000), 5);
    text(field_);
    field_.clear();
    number(field_, 18 + random_.below(80), 2);
    value(field_);
    field_.clear();
    const std::uint64_t cents = random_.below(1'000'000);
    number(field_, cents / 100, 1);
    field_ += '.';
    number(field_, cents % 100, 2);
    value(field_);
    field_.clear();
    number(field_, random_.below(10), 1);
    value(field_);
    out_ += options_.line_end;
    if (out_.size() > (1u << 20)) flush();
  }

  void line(std::string_view text) { (out_ += text) += options_.line_end; }

  void flush() {
    if (std::fwrite(out_.data(), 1, out_.size(), stdout) != out_.size()) std::exit(1);
    out_.clear();
  }

 private:
  static void number(std::string& to, std::uint64_t value, std::size_t digits) {
    char text[24];
    char* at = text + sizeof text;
    do {
      *--at = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value || text + sizeof text - at < static_cast<std::ptrdiff_t>(digits));
    to.append(at, static_cast<std::size_t>(text + sizeof text - at));
  }

  bool null() { return options_.nulls && random_.below(100) < options_.nulls; }

  void value(std::string_view text) {
    out_ += ',';
    if (!null()) out_ += text;
  }

  void text(std::string_view text) {
    out_ += ',';
    if (null()) return;
    const bool quoted = options_.quotes && random_.below(100) < options_.quotes;
    if (quoted) out_ += '"';
    out_ += text;
    if (quoted) out_ += '"';
  }

  void street() {
    field_.clear();
    number(field_, 1 + random_.below(200), 1);
    field_ += ' ';
    field_ += one_of(random_, Streets);
    if (!options_.quotes || random_.below(100) >= options_.quotes) return value(field_);
    out_ += ',';
    if (null()) return;
    (out_ += '"') += field_;
    const std::uint64_t kind = random_.below(100);
    if (kind < 10) out_ += ", B";
    if (kind >= 10 && kind < 20) out_ += " \"\"B\"\"";
    if (kind == 20) (out_ += options_.line_end) += "B";
    out_ += '"';
  }

  const Options options_;
  Random random_;
  std::string out_, field_;
};

}  // namespace

int main(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view name = arguments[i];
    if (name == "--crlf") {
      options.line_end = "\r\n";
      continue;
    }
    std::uint64_t* const value = name == "--rows"     ? &options.rows
                                 : name == "--nulls"  ? &options.nulls
                                 : name == "--quotes" ? &options.quotes
                                                      : nullptr;
    if (!value || i + 1 == count) {
      std::fputs("usage: generate [--rows N] [--nulls PERCENT] [--quotes PERCENT] [--crlf]\n", stderr);
      return 2;
    }
    *value = std::strtoull(arguments[++i], nullptr, 10);
  }
  Writer writer(options);
  writer.line("id,first_name,last_name,email,phone,country,city,state,street,zip,age,balance,score");
  for (std::uint64_t id = 1; id <= options.rows; ++id) writer.row(id);
  writer.flush();
}
