// Part building, column by column: one column's values are in flight at a time.

#include "runtime/storage/part_builder.h"

#include "runtime/storage/encode_column.h"
#include "runtime/storage/merge_order.h"
#include "runtime/storage/part_file.h"
#include "runtime/storage/sort_batch.h"

namespace sp {

namespace {

EncodeOptions options_for(const TableSchema& schema, size_t column, uint32_t segment_rows, bool file) {
  EncodeOptions options;
  options.segment_rows = segment_rows;
  options.leading_key = !schema.sorting_key.empty() && schema.sorting_key.front() == column;
  options.file = file;
  return options;
}

PartDirectory directory_of(const MergeInput& input, uint64_t rows) {
  PartDirectory directory;
  directory.columns = input.schema->columns;
  directory.rows = rows;
  directory.segment_rows = input.segment_rows;
  directory.partition = input.partition;
  directory.first_commit = input.first_commit;
  directory.last_commit = input.last_commit;
  return directory;
}

// Prepares what the merge order reads, and computes it.
Result<std::vector<uint16_t>> order_of(const MergeInput& input) {
  for (const uint32_t column : input.schema->sorting_key) {
    for (const auto& part : input.parts) SP_TRY_VOID(part->prepare(column));
  }
  return merge_order(input.parts, *input.schema);
}

Result<EncodedColumn> encode_merged(const MergeInput& input, uint32_t column, const std::vector<uint16_t>& order,
                                    bool file, ByteSink& sink) {
  for (const auto& part : input.parts) SP_TRY_VOID(part->prepare(column));
  const ColumnShape shape = column_shape(input.schema->columns[column].type);
  const auto source = merge_source(input.parts, column, shape, order);
  return encode_column(*source, shape, order.size(), options_for(*input.schema, column, input.segment_rows, file),
                       sink);
}

}  // namespace

Result<std::vector<std::shared_ptr<PartImage>>> encode_batch(const RowBatch& batch, uint32_t segment_rows) {
  const BatchOrder order = sort_batch(batch);
  std::vector<std::shared_ptr<PartImage>> images;
  for (const BatchOrder::Run& run : order.runs) {
    const size_t rows = run.end - run.begin;
    PartDirectory directory;
    directory.columns = batch.schema().columns;
    directory.rows = rows;
    directory.segment_rows = segment_rows;
    directory.partition = run.partition;
    std::vector<std::vector<uint8_t>> chunks;
    for (size_t column = 0; column < batch.column_count(); ++column) {
      MemorySink sink;
      const ColumnShape shape = column_shape(batch.column(column).type());
      const auto source = batch_source(batch.column(column), order.rows.data() + run.begin, rows);
      SP_TRY(EncodedColumn encoded, encode_column(*source, shape, rows,
                                                  options_for(batch.schema(), column, segment_rows, false), sink));
      directory.encoded.push_back(std::move(encoded));
      chunks.push_back(sink.take());
    }
    images.push_back(std::make_shared<PartImage>(std::move(directory), std::move(chunks)));
  }
  return images;
}

Result<std::shared_ptr<PartImage>> merge_to_memory(const MergeInput& input) {
  SP_TRY(const std::vector<uint16_t> order, order_of(input));
  PartDirectory directory = directory_of(input, order.size());
  std::vector<std::vector<uint8_t>> chunks;
  for (uint32_t column = 0; column < input.schema->columns.size(); ++column) {
    MemorySink sink;
    SP_TRY(EncodedColumn encoded, encode_merged(input, column, order, false, sink));
    directory.encoded.push_back(std::move(encoded));
    chunks.push_back(sink.take());
  }
  return std::make_shared<PartImage>(std::move(directory), std::move(chunks));
}

Result<std::shared_ptr<PartImage>> merge_to_file(const MergeInput& input, Vfs& vfs, const std::string& directory_path,
                                                 const std::string& name) {
  SP_TRY(const std::vector<uint16_t> order, order_of(input));
  PartDirectory directory = directory_of(input, order.size());
  SP_TRY(const std::unique_ptr<PartFileWriter> writer, PartFileWriter::create(vfs, directory_path, name));
  for (uint32_t column = 0; column < input.schema->columns.size(); ++column) {
    writer->begin_chunk();
    SP_TRY(EncodedColumn encoded, encode_merged(input, column, order, true, writer->sink()));
    writer->end_chunk(encoded);
    directory.encoded.push_back(std::move(encoded));
  }
  SP_TRY_VOID(writer->finish(directory));
  return open_part_file(vfs, directory_path + "/" + name);
}

}  // namespace sp
