// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What is empty, as a Source.
#include "input/columns.h"
#include "input/source.h"

namespace inlay::filter {

namespace {

class EmptySource final : public Source {
 public:
  explicit EmptySource(std::span<const std::pair<std::string, std::optional<Type>>> columns) {
    for (const auto& [name, type] : columns) {
      schema_.add(typed_column(name, type.value_or(Type::Text)));
      origins_.push_back(type ? TypeOrigin::Given : TypeOrigin::Unknown);
    }
  }

  const Schema& schema() const override { return schema_; }
  void assume(ColumnId id, Type type) override {
    schema_ = with_column(schema_, id, typed_column(schema_[id].name, type));
  }
  bool is_empty() const override { return true; }
  bool has_no_rows() override { return true; }
  void use(std::span<const ColumnId> /*columns*/) override {}
  Result<std::optional<InputBatch>> next() override { return std::optional<InputBatch>(); }
  void split(InputBatch& /*batch*/) const override {}
  std::optional<std::int64_t> size() const override { return 0; }

 private:
  Schema schema_;
};

}  // namespace

std::unique_ptr<Source> make_empty_source(std::span<const std::pair<std::string, std::optional<Type>>> columns) {
  return std::make_unique<EmptySource>(columns);
}

}  // namespace inlay::filter
