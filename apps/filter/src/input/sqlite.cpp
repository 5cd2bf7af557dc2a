// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tables and queries of SQLite as a Source.
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "input/columns.h"
#include "input/source.h"

namespace inlay::filter {

namespace {

constexpr std::int64_t BatchRows = 8192;
constexpr std::size_t BatchBytes = std::size_t{1} << 20;  // of texts
constexpr int SampleRows = 1000;                          // for columns without a declared type

struct Closer {
  void operator()(sqlite3* database) const { ::sqlite3_close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Closer>;
using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

std::string in_capitals(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}

// SQLite's rules of affinity, and the types that it does not know.
std::optional<Type> declared_type(const char* declaration) {
  if (!declaration) return std::nullopt;
  const std::string text = in_capitals(declaration);
  auto has = [&](std::string_view part) { return text.find(part) != std::string::npos; };
  if (has("BOOL")) return Type::Boolean;
  if (has("DATETIME") || has("TIMESTAMP")) return Type::Timestamp;
  if (has("DATE")) return Type::Date;
  if (has("INT")) return Type::Integer;
  if (has("CHAR") || has("CLOB") || has("TEXT")) return Type::Text;
  if (has("REAL") || has("FLOA") || has("DOUB") || has("NUM") || has("DEC")) return Type::Real;
  return std::nullopt;
}

bool is_query(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n(");
  if (begin == std::string_view::npos) return false;
  const std::string word = in_capitals(text.substr(begin, 7));
  for (const std::string_view first : {"SELECT", "WITH", "VALUES"})
    if (word.starts_with(first) &&
        (word.size() == first.size() || std::strchr(" \t\r\n(*\"'-+0123456789", word[first.size()])))
      return true;
  return false;
}

Error error_of(sqlite3* database, const std::string& path, ErrorKind kind = ErrorKind::File) {
  return Error(kind, ::sqlite3_errmsg(database), {.file = path});
}

Result<Statement> prepare(sqlite3* database, const std::string& path, const std::string& text) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = ::sqlite3_prepare_v2(database, text.data(), static_cast<int>(text.size()), &statement, &rest);
  Statement owner(statement);
  if (code == SQLITE_ERROR) return error_of(database, path, ErrorKind::InvalidArgument);
  if (code != SQLITE_OK) return error_of(database, path);
  const std::string_view left(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (!statement || !::sqlite3_stmt_readonly(statement) || ::sqlite3_column_count(statement) == 0 ||
      left.find_first_not_of(" \t\r\n;") != std::string_view::npos)
    return Error(ErrorKind::InvalidArgument, "one SELECT is what can be read", {.file = path});
  return owner;
}

Result<std::vector<std::string>> tables_of(sqlite3* database, const std::string& path) {
  INLAY_TRY(Statement statement,
            prepare(database, path,
                    "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' "
                    "escape '\\' order by name"));
  std::vector<std::string> names;
  int code;
  while ((code = ::sqlite3_step(statement.get())) == SQLITE_ROW)
    names.emplace_back(reinterpret_cast<const char*>(::sqlite3_column_text(statement.get(), 0)));
  if (code != SQLITE_DONE) return error_of(database, path);
  return names;
}

Result<std::string> find_table(sqlite3* database, const std::string& path, const std::string& wanted) {
  INLAY_TRY(std::vector<std::string> tables, tables_of(database, path));
  if (tables.empty()) return Error(ErrorKind::File, "has no tables", {.file = path});
  if (wanted.empty() && tables.size() == 1) return tables.front();
  for (const std::string& table : tables)
    if (in_capitals(table) == in_capitals(wanted)) return table;
  std::string message = wanted.empty() ? "has several tables; choose one of " : "has no table '" + wanted + "', but ";
  for (std::size_t i = 0; i < tables.size(); ++i) message += (i ? ", '" : "'") + tables[i] + "'";
  return Error(wanted.empty() ? ErrorKind::InvalidArgument : ErrorKind::NotFound, std::move(message), {.file = path});
}

std::string_view storage_name(int type) {
  switch (type) {
    case SQLITE_INTEGER:
      return "an integer";
    case SQLITE_FLOAT:
      return "a real";
    case SQLITE_BLOB:
      return "a blob";
    default:
      return "a text";
  }
}

// Of columns without a declaration: by the first rows.
Result<void> infer_types(sqlite3* database, const std::string& path, const std::string& query,
                         std::vector<std::optional<Type>>& types) {
  if (std::all_of(types.begin(), types.end(), [](const auto& type) { return type.has_value(); })) return {};
  INLAY_TRY(Statement statement, prepare(database, path, query));
  std::vector<std::optional<Type>> found = types;
  int code = SQLITE_ROW;
  for (int row = 0; row < SampleRows && (code = ::sqlite3_step(statement.get())) == SQLITE_ROW; ++row)
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (types[i]) continue;
      const int type = ::sqlite3_column_type(statement.get(), static_cast<int>(i));
      if (type == SQLITE_NULL) continue;
      const Type next = type == SQLITE_INTEGER ? Type::Integer : type == SQLITE_FLOAT ? Type::Real : Type::Text;
      if (!found[i])
        found[i] = next;
      else if (found[i] != next)
        found[i] = found[i] == Type::Text || next == Type::Text ? Type::Text : Type::Real;
    }
  if (code != SQLITE_ROW && code != SQLITE_DONE) return error_of(database, path);
  types = std::move(found);
  return {};
}

// The values of one column in a batch.
struct Values {
  std::vector<std::byte> fixed;  // or cells, once the texts are where they stay
  std::vector<std::uint8_t> valid;
  std::vector<std::int64_t> begins, sizes;  // of texts; -1: NULL
};

struct SqliteMemory {
  std::vector<Values> values;
  std::string characters;
  std::vector<ColumnData> columns;
};

class SqliteSource final : public Source {
 public:
  SqliteSource(Database database, std::string path, std::string table, std::string query, Schema schema,
               std::vector<std::string> names, std::vector<TypeOrigin> origins)
      : path_(std::move(path)),
        table_(std::move(table)),
        query_(std::move(query)),
        database_(std::move(database)),
        schema_(std::move(schema)),
        names_(std::move(names)) {
    for (std::uint32_t i = 0; i < schema_.size(); ++i) used_.push_back(i);
    origins_ = std::move(origins);
  }

  const Schema& schema() const override { return schema_; }
  void split(InputBatch&) const override {}

  void assume(ColumnId id, Type type) override {
    schema_ = with_column(schema_, id, typed_column(schema_[id].name, type));
  }

  void use(std::span<const ColumnId> columns) override {
    used_.clear();
    for (const ColumnId column : columns) used_.push_back(column.value - 1);
  }

  Result<std::optional<InputBatch>> next() override {
    if (ended_) return std::optional<InputBatch>();
    try {
      return read_batch();
    } catch (const std::bad_alloc&) {
      ended_ = true;
      return Error(ErrorKind::OutOfMemory, "no memory for the rows of a batch", {.file = path_});
    }
  }

 private:
  Result<std::optional<InputBatch>> read_batch() {
    if (!statement_) INLAY_TRY_VOID(start());
    const auto memory = std::make_shared<SqliteMemory>();
    memory->values.resize(used_.size());
    std::optional<Error> error;
    std::int64_t rows = 0;
    while (rows < BatchRows && memory->characters.size() < BatchBytes) {
      const int code = ::sqlite3_step(statement_.get());
      if (code != SQLITE_ROW) {
        ended_ = true;
        if (code != SQLITE_DONE) error = error_of(database_.get(), path_);
        break;
      }
      for (std::size_t i = 0; i < used_.size() && !error; ++i) error = read(i, rows, *memory);
      if (error) {
        ended_ = true;
        break;
      }
      ++rows;
    }
    if (rows == 0 && error) return *error;
    if (rows == 0) return std::optional<InputBatch>();
    InputBatch batch;
    batch.batch.rows = rows;
    batch.batch.first_row = row_;
    place(*memory, rows);
    batch.batch.columns = memory->columns;
    batch.memory = memory;
    batch.error = std::move(error);
    row_ += rows;
    return std::optional(std::move(batch));
  }

  Result<void> start() {
    if (table_.empty()) {
      positions_ = used_;
      INLAY_TRY(statement_, prepare(database_.get(), path_, query_));
      return {};
    }
    std::string columns;
    for (std::size_t i = 0; i < used_.size(); ++i) {
      positions_.push_back(static_cast<std::uint32_t>(i + 1));
      columns += ", " + quoted(names_[used_[i]]);
    }
    // Tables WITHOUT ROWID have none.
    Result<Statement> statement = prepare(database_.get(), path_, "select rowid" + columns + " from " + quoted(table_));
    has_rowid_ = statement.has_value();
    if (!statement) statement = prepare(database_.get(), path_, "select 1" + columns + " from " + quoted(table_));
    if (!statement) return std::move(statement).error();
    statement_ = *std::move(statement);
    return {};
  }

  template <class T>
  static void put(Values& values, std::int64_t row, bool valid, T value) {
    const std::size_t i = static_cast<std::size_t>(row);
    values.fixed.resize((i + 1) * sizeof value);
    std::memcpy(values.fixed.data() + i * sizeof value, &value, sizeof value);
    values.valid.resize(i / 8 + 1);
    values.valid[i / 8] |= static_cast<std::uint8_t>(static_cast<unsigned>(valid) << (i % 8));
  }

  std::optional<Error> read(std::size_t i, std::int64_t row, SqliteMemory& memory) {
    Values& values = memory.values[i];
    const Column& column = schema_.columns()[used_[i]];
    const int at = static_cast<int>(positions_[i]);
    const int kind = ::sqlite3_column_type(statement_.get(), at);
    const bool null = kind == SQLITE_NULL;
    switch (column.type) {
      case Type::Boolean: {
        const std::int64_t value = kind == SQLITE_INTEGER ? ::sqlite3_column_int64(statement_.get(), at) : 0;
        if ((!null && kind != SQLITE_INTEGER) || value < 0 || value > 1) return misfit(i, kind, row);
        put(values, row, !null, static_cast<std::uint8_t>(value));
        return std::nullopt;
      }
      case Type::Integer:
        if (!null && kind != SQLITE_INTEGER) return misfit(i, kind, row);
        put<std::int64_t>(values, row, !null, null ? 0 : ::sqlite3_column_int64(statement_.get(), at));
        return std::nullopt;
      case Type::Real:
        if (!null && kind != SQLITE_INTEGER && kind != SQLITE_FLOAT) return misfit(i, kind, row);
        put(values, row, !null, null ? 0.0 : ::sqlite3_column_double(statement_.get(), at));
        return std::nullopt;
      default: {
        if (!null && column.type != Type::Text && kind != SQLITE_TEXT) return misfit(i, kind, row);
        values.begins.push_back(static_cast<std::int64_t>(memory.characters.size()));
        if (null) {
          values.sizes.push_back(-1);
          return std::nullopt;
        }
        const void* const text = kind == SQLITE_BLOB ? ::sqlite3_column_blob(statement_.get(), at)
                                                     : ::sqlite3_column_text(statement_.get(), at);
        const int size = ::sqlite3_column_bytes(statement_.get(), at);
        if (!text && (kind != SQLITE_BLOB || size != 0)) throw std::bad_alloc();
        memory.characters.append(static_cast<const char*>(text), static_cast<std::size_t>(text ? size : 0));
        values.sizes.push_back(size);
        return std::nullopt;
      }
    }
  }

  Error misfit(std::size_t i, int kind, std::int64_t row) const {
    const Column& column = schema_.columns()[used_[i]];
    // Views say NULL.
    const bool known = has_rowid_ && ::sqlite3_column_type(statement_.get(), 0) == SQLITE_INTEGER;
    const std::string which = known ? "rowid " + std::to_string(::sqlite3_column_int64(statement_.get(), 0))
                                    : "row " + std::to_string(row_ + row + 1);
    std::string value(storage_name(kind));
    if (kind == SQLITE_INTEGER)
      value = std::to_string(::sqlite3_column_int64(statement_.get(), static_cast<int>(positions_[i])));
    return Error(ErrorKind::File,
                 which + ": column '" + column.name + "' has " + value + ", which is not " +
                     (column.type == Type::Integer ? "an " : "a ") + std::string(to_string(column.type)),
                 {.file = path_});
  }

  // Texts do not move any more: cells can point to them.
  void place(SqliteMemory& memory, std::int64_t rows) {
    memory.columns.resize(schema_.size());
    for (std::size_t i = 0; i < used_.size(); ++i) {
      Values& values = memory.values[i];
      ColumnData& data = memory.columns[used_[i]];
      const Storage storage = schema_.columns()[used_[i]].storage;
      const std::size_t count = static_cast<std::size_t>(rows);
      if (storage == Storage::Cell) {
        values.fixed.resize(count * sizeof(Text));
        for (std::size_t row = 0; row < count; ++row) {
          Text cell;
          if (values.sizes[row] >= 0) cell = {memory.characters.data() + values.begins[row], values.sizes[row]};
          std::memcpy(values.fixed.data() + row * sizeof cell, &cell, sizeof cell);
        }
      } else {
        data.validity = reinterpret_cast<const std::byte*>(values.valid.data());
      }
      data.values = values.fixed.data();
    }
  }

  std::string path_;
  std::string table_;  // empty: a query
  std::string query_;
  Database database_;
  Schema schema_;
  std::vector<std::string> names_;        // as the table calls its columns
  std::vector<std::uint32_t> used_;       // columns from 0
  std::vector<std::uint32_t> positions_;  // of these in the statement
  Statement statement_;
  bool has_rowid_ = false;
  bool ended_ = false;
  std::int64_t row_ = 0;
};

}  // namespace

Result<std::unique_ptr<Source>> open_sqlite(const std::string& path, const std::string& table_or_query,
                                            std::span<const std::pair<std::string, Type>> given, bool others) {
  sqlite3* opened = nullptr;
  const int code = ::sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(opened);
  if (!database) return Error(ErrorKind::OutOfMemory, "no memory to open a database", {.file = path});
  if (code != SQLITE_OK) return error_of(opened, path);
  ::sqlite3_busy_timeout(opened, 2000);
  ::sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);

  const bool query = is_query(table_or_query);
  std::string table;
  std::string text = table_or_query;
  if (!query) {
    INLAY_TRY(table, find_table(opened, path, table_or_query));
    text = "select * from " + quoted(table);
  }
  std::vector<std::string> names;
  std::vector<std::optional<Type>> types;
  {
    INLAY_TRY(const Statement statement, prepare(opened, path, text));
    const int columns = ::sqlite3_column_count(statement.get());
    for (int i = 0; i < columns; ++i) {
      const char* const name = ::sqlite3_column_name(statement.get(), i);
      names.emplace_back(name ? name : "");
      types.push_back(declared_type(::sqlite3_column_decltype(statement.get(), i)));
    }
  }
  std::vector<TypeOrigin> origins;
  for (const std::optional<Type>& type : types) origins.push_back(type ? TypeOrigin::Declared : TypeOrigin::Inferred);
  INLAY_TRY_VOID(infer_types(opened, path, text, types));
  for (std::size_t i = 0; i < types.size(); ++i)
    if (!types[i]) origins[i] = TypeOrigin::Unknown;
  Schema schema;
  std::vector<std::string> distinct = distinct_names(names);
  std::vector<Type> settled;
  for (const std::optional<Type>& type : types) settled.push_back(type.value_or(Type::Text));
  INLAY_TRY_VOID(give_types(distinct, given, others, path, settled, origins));
  for (std::size_t i = 0; i < distinct.size(); ++i) schema.add(typed_column(std::move(distinct[i]), settled[i]));
  return std::unique_ptr<Source>(std::make_unique<SqliteSource>(std::move(database), path, std::move(table),
                                                                std::move(text), std::move(schema), std::move(names),
                                                                std::move(origins)));
}

}  // namespace inlay::filter
