// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "command/options.h"

#include <inlay/version.h>
#include <sched.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string_view>
#include <thread>

#include "command/message.h"
#include "common/command_line.h"
#include "language/syntax.h"

namespace inlay::filter::command {

namespace {

constexpr const char* Examples =
    "Examples:\n"
    "  inlay-filter 'age between 30 and 40 and balance > 5000' users.csv\n"
    "  inlay-filter --select 'name, round(balance, 1) as money' \"country = 'NO'\" users.csv\n"
    "  inlay-filter --agg 'count(*), avg(balance)' --group-by country true users.csv\n"
    "  zcat log.jsonl.gz | inlay-filter --input-format jsonl --count 'status >= 500'\n"
    "  inlay-filter --shard 1/2 --count 'age > 30' users.csv > part1; inlay-filter merge part1 part2\n"
    "Exit status: 0 rows passed, 1 none did, 2 an error.\n"
    "A condition that begins with - goes behind --. The whole: man inlay-filter;\n"
    "docs/guide/filter-language.md, what conditions say; docs/guide/filter-files.md, what is read and written";

constexpr const char* MergeExamples = "Exit status: 0 rows passed, 1 none did, 2 an error.";

const std::map<std::string, InputFormat> InputFormats{{"csv", InputFormat::Csv},
                                                      {"tsv", InputFormat::Tsv},
                                                      {"jsonl", InputFormat::JsonLines},
                                                      {"sqlite", InputFormat::Sqlite}};
const std::map<std::string, Format> Formats{{"csv", Format::Csv}, {"tsv", Format::Tsv}, {"jsonl", Format::JsonLines}};
const std::map<std::string, Engine> Engines{{"tiered", Engine::Tiered},
                                            {"interpreted", Engine::Interpreted},
                                            {"quick", Engine::Quick},
                                            {"optimized", Engine::Optimized}};

/// What the options say, before it is understood.
struct Texts {
  // An empty text is one that was given: a variable of a script that ought to have had something in it.
  std::optional<std::string> select, aggregates, group_by, types, delimiter, shard;
  std::string format, input_format, engine = "tiered";
  bool with_header = false, without_header = false;
};

/// Processors that we may run on.
int processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

void describe_general(CLI::App& app, const char* footer) {
  apps::describe(app, "inlay-filter");
  app.footer(footer);
}

void add_format(CLI::App& app, Texts& texts) {
  app.add_option("--format", texts.format, "Write columns in this form")
      ->check(apps::one_of(Formats))
      ->type_name("csv|tsv|jsonl");
}

void describe(CLI::App& app, Options& options, Texts& texts) {
  describe_general(app, Examples);
  app.set_version_flag("--version", std::string("inlay-filter ") + INLAY_VERSION_STRING, "Show the version and exit");
  app.add_option("condition", options.condition, "What rows have to fulfil, as behind SQL's WHERE")
      ->required()
      ->type_name("");
  app.add_option("files", options.files, "Files to read; - and nothing: standard input")->type_name("");

  app.add_option("--select", texts.select, "Write these columns or expressions instead of rows as they stood")
      ->type_name("LIST");
  app.add_option("--limit", options.limit, "Write so many rows at most, and read no further")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N");
  app.add_flag("--count", options.count, "Write how many rows pass");
  app.add_option("--agg", texts.aggregates, "Write count, sum, avg, min, max of expressions: 'count(*), sum(x)'")
      ->type_name("LIST");
  app.add_option("--group-by", texts.group_by, "One --count or --agg for each group of rows")->type_name("LIST");
  add_format(app, texts);
  app.add_flag("-q,--quiet", options.quiet, "Write nothing, and end at the first row that passes");

  app.add_option("--input-format", texts.input_format, "What the files are; else by their names and beginnings")
      ->check(apps::one_of(InputFormats))
      ->type_name("csv|tsv|jsonl|sqlite");
  app.add_option("--types", texts.types, "Types of columns: 'age=integer,phone=text'; else those that the values have")
      ->type_name("LIST");
  auto* with = app.add_flag("--header", texts.with_header, "The first line of a CSV file has the names");
  app.add_flag("--no-header", texts.without_header, "It has not: columns are column1, column2, ...")->excludes(with);
  app.add_option("--delimiter", texts.delimiter, "What stands between fields; \\t is a tab")->type_name("CHARACTER");
  app.add_option("--null", options.nulls,
                 "A CSV field of this text, not in quotes, is NULL, as an empty one is; repeatable")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_option("--table", options.table, "The table of an SQLite database, or a SELECT")->type_name("NAME");

  app.add_option("-j,--threads", options.threads, "So many threads; else one for each processor")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
  app.add_option("--shard", texts.shard, "Read only this part of the rows: 1/4 to 4/4; see merge")->type_name("I/N");
  app.add_option("--engine", texts.engine, "What runs the condition; tiered: compile what is worth it")
      ->check(apps::one_of(Engines))
      ->type_name("tiered|interpreted|quick|optimized");
  app.add_option("--cpu", options.filter.cpu, "What compiled code may use of the processor")
      ->type_name("native|baseline|avx2|avx512");
  app.add_flag("--explain", options.explain, "Say on standard error, at the end, how the condition was run");
  app.add_flag("--json", options.json, "Say there, as JSON, how much was read and how fast");
}

Error usage(std::string message) { return {ErrorKind::InvalidArgument, std::move(message)}; }

Result<std::vector<std::pair<std::string, Type>>> parse_types(std::string_view text) {
  std::vector<std::pair<std::string, Type>> types;
  while (true) {
    // The type has no comma, the name may have `=` in it.
    std::size_t comma = text.find(',');
    while (comma != std::string_view::npos && text.substr(0, comma).find('=') == std::string_view::npos)
      comma = text.find(',', comma + 1);
    const std::string_view item = text.substr(0, comma);
    const std::size_t equal = item.rfind('=');
    const std::optional<Type> type =
        equal == std::string_view::npos ? std::nullopt : type_named(item.substr(equal + 1));
    if (!type)
      return usage("--types: '" + std::string(item) +
                   "' is not name=type, with a type of boolean, integer, real, text, date, timestamp");
    const std::string_view name = item.substr(0, equal);
    if (std::ranges::find(types, name, &std::pair<std::string, Type>::first) != types.end())
      return usage("--types: '" + std::string(name) + "' has a type already");
    types.emplace_back(name, *type);
    if (comma == std::string_view::npos) return types;
    text.remove_prefix(comma + 1);
  }
}

Result<char> parse_delimiter(const std::string& text) {
  if (text == "\\t") return '\t';
  const bool fits = text.size() == 1 && static_cast<unsigned char>(text[0]) < 0x80 && text[0] != '"' &&
                    text[0] != '\n' && text[0] != '\r' && text[0] != '\0';
  if (!fits) return usage("--delimiter: '" + text + "' is not one character of ASCII other than '\"' and a line end");
  return text[0];
}

Result<void> understand(Options& options, const Texts& texts) {
  if (!texts.format.empty()) options.format = Formats.at(texts.format);
  if (!texts.input_format.empty()) options.input_format = InputFormats.at(texts.input_format);
  options.filter.engine = Engines.at(texts.engine);
  if (texts.select) {
    INLAY_TRY(options.select, in_option(parse_list(*texts.select), "--select"));
  }
  if (texts.aggregates) {
    INLAY_TRY(options.aggregates, in_option(parse_aggregates(*texts.aggregates), "--agg"));
  }
  if (texts.group_by) {
    INLAY_TRY(options.group_by, in_option(parse_list(*texts.group_by), "--group-by"));
  }
  if (texts.types) {
    INLAY_TRY(options.types, parse_types(*texts.types));
  }
  if (texts.delimiter) {
    INLAY_TRY(options.delimiter, parse_delimiter(*texts.delimiter));
  }
  if (texts.shard) {
    INLAY_TRY(options.shard, in_option(parse_shard(*texts.shard), "--shard"));
  }
  if (texts.with_header || texts.without_header) options.header = texts.with_header;
  if (options.count && !options.aggregates.empty())
    return usage("--count and --agg exclude one another; --agg 'count(*), sum(x)' has both");
  if (!options.group_by.empty() && !options.count && options.aggregates.empty())
    return usage("--group-by: say what of each group, with --count or --agg");
  if (options.aggregating() && !options.select.empty())
    return usage("--select is of rows; the columns of --count and --agg are those of --group-by and --agg");
  if (options.limit && options.aggregating())
    return usage("--limit is of rows; --count and --agg are of all that pass");
  if (options.limit && options.shard)
    return usage("--limit is of the rows of all shards; no shard knows of the others");
  if (!options.table.empty() && options.input_format == InputFormat::ByName) options.input_format = InputFormat::Sqlite;
  if (!options.table.empty() && options.input_format != InputFormat::Sqlite)
    return usage("--table is of SQLite databases");
  options.traits.push_back({"the condition", options.condition});
  const auto said = [&](const char* option, const std::optional<std::string>& text) {
    if (text) options.traits.push_back({option, *text});
  };
  if (options.count) options.traits.push_back({"--count", ""});
  said("--agg", texts.aggregates);
  said("--group-by", texts.group_by);
  said("--types", texts.types);
  said("--delimiter", texts.delimiter);
  for (const std::string& text : options.nulls) options.traits.push_back({"--null", text});
  if (options.header) options.traits.push_back({*options.header ? "--header" : "--no-header", ""});
  if (!texts.input_format.empty()) options.traits.push_back({"--input-format", texts.input_format});
  if (!options.table.empty()) options.traits.push_back({"--table", options.table});
  return {};
}

/// An argument that was taken for options, and looks like a condition that begins with a minus sign.
const char* condition_with_minus(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") return nullptr;
    if (argument.size() < 2 || argument[0] != '-' || argument[1] == '-') continue;
    if (argument.find_first_of(" <>=(+*/~") != std::string_view::npos) return argv[i];
  }
  return nullptr;
}

/// Whether the operands are the wrong way round, or the condition is missing: it is the name of a file, and nothing
/// that could be a condition.
Result<void> check_condition(const Options& options) {
  struct stat status;
  if (stat(options.condition.c_str(), &status) != 0 || S_ISDIR(status.st_mode)) return {};
  if (parse_syntax(options.condition)) return {};
  std::string message = "'" + options.condition +
                        "' is a file; the condition comes first, as in inlay-filter 'age > 30' " + options.condition;
  if (options.files.empty()) message += "; true lets all rows pass";
  return usage(std::move(message));
}

/// Runs CLI11's parser; a status if there is nothing to do then.
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  const std::optional<int> status = apps::parse_words(app, StatusError, [&] { app.parse(argc, argv); });
  if (const char* condition = status.value_or(0) == 0 ? nullptr : condition_with_minus(argc, argv))
    std::fprintf(stderr, "note: if '%s' is the condition, write -- before it\n", condition);
  return status;
}

}  // namespace

bool Options::all_columns() const { return select.empty() || std::ranges::any_of(select, &ListItem::all); }

Parsed parse_command_line(int argc, char** argv) {
  Parsed parsed;
  Options& options = parsed.options;
  Texts texts;
  options.threads = processors();
  // By hand: to CLI11, a file called `merge` would be the subcommand, too.
  options.merge = argc > 1 && std::string_view(argv[1]) == "merge";
  if (options.merge) {
    CLI::App app{"Puts together what --shard wrote with --count or --agg.", "inlay-filter merge"};
    describe_general(app, MergeExamples);
    app.add_option("parts", options.files, "What the shards wrote, all of them, in any order")
        ->required()
        ->type_name("");
    add_format(app, texts);
    parsed.status = parse(app, argc - 1, argv + 1);
  } else {
    CLI::App app{
        "Writes the rows of CSV, TSV and JSON Lines files and SQLite tables that fulfil a condition,\n"
        "which is compiled while it runs.",
        "inlay-filter"};
    describe(app, options, texts);
    parsed.status = parse(app, argc, argv);
  }
  if (parsed.status) return parsed;
  if (const Result<void> checked = options.merge ? Result<void>() : check_condition(options); !checked) {
    tell(checked.error());
    parsed.status = StatusError;
    return parsed;
  }
  if (options.files.empty()) options.files.emplace_back("-");
  if (const Result<void> understood = understand(options, texts); !understood) {
    tell(understood.error());
    parsed.status = StatusError;
  }
  return parsed;
}

}  // namespace inlay::filter::command
