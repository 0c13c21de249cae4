// quilate: golden customer records from many touchpoints. C interface, Arrow in and out.
// Written by cbindgen from capi/src.
//
// - Failure. A function that can fail returns a `ql_status`. When it is not `QL_STATUS_OK` and `error` is not null, an
//   error object is written there: status, message, and the place (source, line, column). Other outputs stand before `error`
//   and are written on success only.
// - Ownership. What a function gives belongs to the caller, who frees it exactly once by the `ql_*_free` of its type;
//   null may be freed. Arguments are borrowed for the call, but for those that are said to be taken.
// - Strings are UTF-8 as pointer and length; null with length 0 is the empty string. Those that come out live as long
//   as the object that they are asked of, and end in NUL besides.
// - Arrow streams that go in are taken, also when the call fails: their `release` becomes null. Those that come out are
//   written to a struct of the caller, who releases them; they hold what they need, and stay valid when what they came
//   from is freed. All text that comes in is checked to be UTF-8, all offsets to lie in their buffers.
// - Threads. An object may be used from any thread, by one at a time; `ql_config`, `ql_model`, `ql_result` and
//   `ql_control` by many at once. Work runs on threads that are joined before the call returns; a progress callback is
//   only ever called on the thread of the call.
// - Globals. There are none, nothing is registered, and no thread stays: a process may fork between calls.
// - Panics. None passes the boundary: a bug in the library is `QL_STATUS_PANIC`, with its message. The objects of
//   such a call can still be freed.
// - Growth. Tables, attributes and outputs are named by strings and configured by text, so that new ones are no change
//   of the interface. `ql_abi_version` rises when something that is there changes.


#ifndef QUILATE_H
#define QUILATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};

#endif

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

#endif


// Rises when the meaning of something that is there changes; what is added does not count.
#define QL_ABI_VERSION 1

// How a call ended. Numbers never change their meaning.
typedef enum {
    // Done.
    QL_STATUS_OK = 0,
    // A file or stream could not be opened, read or written.
    QL_STATUS_IO = 1,
    // The input is not the format that it was taken for.
    QL_STATUS_FORMAT = 2,
    // A configuration value is unknown, out of range or contradicts another.
    QL_STATUS_CONFIG = 3,
    // A column that was asked for does not exist.
    QL_STATUS_UNKNOWN_FIELD = 4,
    // A record that was asked for does not exist.
    QL_STATUS_UNKNOWN_RECORD = 5,
    // A hard limit (records, sources, values in a column) was passed.
    QL_STATUS_LIMIT = 6,
    // The caller asked the run to stop.
    QL_STATUS_CANCELLED = 7,
    // An error that a later version of the library knows by a number of its own.
    QL_STATUS_OTHER = 99,
    // An argument that must not be null is.
    QL_STATUS_NULL_ARGUMENT = 100,
    // A string is not UTF-8, or longer than memory.
    QL_STATUS_INVALID_STRING = 101,
    // A bug in the library, caught at the boundary.
    QL_STATUS_PANIC = 102,
} ql_status;

// All batches of a stream.
typedef struct ql_batches ql_batches;

// A checked configuration.
typedef struct ql_config ql_config;

// Looks at a run and stops it, from any thread.
typedef struct ql_control ql_control;

// What went wrong, and where.
typedef struct ql_error ql_error;

// What a run has learned: the model, what its columns are and, while it is in memory, how frequent each value is.
typedef struct ql_model ql_model;

// What a run has found.
typedef struct ql_result ql_result;

// Numbers of customers, and what people have decided.
typedef struct ql_state ql_state;

// Sources with their names, as they were added.
typedef struct ql_table ql_table;

// A text that belongs to the caller.
typedef struct ql_text ql_text;

// Called about ten times a second, on the thread of the call, with the stage (ends in NUL), the share that is done, and the
// caller's data. Another answer than 0 stops the run.
typedef int (*ql_progress)(const char *stage, double fraction, void *user_data);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The `QL_ABI_VERSION` that the library was built with.
uint32_t ql_abi_version(void);

// Version of the library, ends in NUL, never freed.
const char *ql_version(void);

// Whether the library has a feature: `csv`, `toml`, `parallel`, or the name of an output such as `golden`.
bool ql_has_feature(const char *name, size_t name_len);

// Reads a stream to its end and keeps the batches.
ql_status ql_batches_collect(struct ArrowArrayStream *stream, ql_batches **batches, ql_error **error);

// Gives the batches out again; as often as wanted.
ql_status ql_batches_export(const ql_batches *batches, struct ArrowArrayStream *stream, ql_error **error);

// The first rows of a stream for people, as JSON: `columns`, and `rows` of texts. The rest is not read.
ql_status ql_stream_preview(struct ArrowArrayStream *stream, uint32_t rows, ql_text **preview, ql_error **error);

// Rows of all batches.
uint64_t ql_batches_rows(const ql_batches *batches);

// Frees the batches. Streams that came of them stay valid.
void ql_batches_free(ql_batches *object);

// Reads a configuration from JSON or TOML, and checks all that can be checked without data.
ql_status ql_config_parse(const char *content, size_t content_len, ql_config **config, ql_error **error);

// The configuration (NULL: the default) with what is detected about the table written into it: the role of each column,
// country, language, order of dates.
ql_status ql_config_detect(const ql_table *table, const ql_config *config, ql_config **detected, ql_error **error);

// The configuration (NULL: the default) with pairs of records that people have labelled, to train on: `source_l`, `id_l`,
// `source_r`, `id_r` and `label` (1 for one customer, 0 for two). They take the place of those that were there, force
// nothing, and are not written by ql_config_to_json and ql_config_to_toml.
ql_status ql_config_label(const ql_config *config,
                          struct ArrowArrayStream *labels,
                          ql_config **labelled,
                          ql_error **error);

// The configuration as JSON.
ql_status ql_config_to_json(const ql_config *config, ql_text **content, ql_error **error);

// The configuration as TOML, for people to edit.
ql_status ql_config_to_toml(const ql_config *config, ql_text **content, ql_error **error);

// Frees a configuration.
void ql_config_free(ql_config *object);

// The status that came with the error; `QL_STATUS_OK` for null.
ql_status ql_error_status(const ql_error *error);

// What went wrong, where, and the cure where one is known: one line. Lives as long as the error.
const char *ql_error_message(const ql_error *error, size_t *len);

// File or source, or the path of a configuration key; empty when unknown. Lives as long as the error.
const char *ql_error_source(const ql_error *error, size_t *len);

// Column; empty when unknown. Lives as long as the error.
const char *ql_error_field(const ql_error *error, size_t *len);

// Line from 1; 0 when unknown.
uint64_t ql_error_line(const ql_error *error);

// Frees an error.
void ql_error_free(ql_error *object);

// Learns a model from a table without labels. As ql_table_consolidate, which is what it does.
ql_status ql_table_train(ql_table *table,
                         const ql_config *config,
                         const ql_control *control,
                         uint32_t threads,
                         ql_progress progress,
                         void *user_data,
                         ql_model **model,
                         ql_error **error);

// The model of a run.
ql_status ql_result_model(const ql_result *result, ql_model **model, ql_error **error);

// Reads what ql_model_to_json writes: a configuration with a model in it.
ql_status ql_model_parse(const char *content, size_t content_len, ql_model **model, ql_error **error);

// The model as JSON: a configuration under which later runs score without training. Frequencies are not in it, since
// they are customers' values; pairs that it scores then weigh as if all values were equally frequent.
ql_status ql_model_to_json(const ql_model *model, ql_text **content, ql_error **error);

// The model as the configuration of later runs.
ql_status ql_model_config(const ql_model *model, ql_config **config, ql_error **error);

// Scores pairs, a batch for each batch, while the stream is read. The columns of the two records of a row end in `_l` and
// `_r`; `left` and `right` are the names of the sources that the model knows these columns by, and may be empty when it
// knows but one. Out come `match_weight` (log2 odds), `match_probability`, and the level of each comparison.
ql_status ql_model_score(const ql_model *model,
                         struct ArrowArrayStream *pairs,
                         const char *left,
                         size_t left_len,
                         const char *right,
                         size_t right_len,
                         uint32_t threads,
                         struct ArrowArrayStream *scores,
                         ql_error **error);

// Frees a model. Streams that came of it stay valid.
void ql_model_free(ql_model *object);

// A control for one run; NULL only after a panic.
ql_control *ql_control_new(void);

// Asks the run to stop; it ends with `QL_STATUS_CANCELLED`. May be called from a signal handler.
void ql_control_cancel(const ql_control *control);

// The stage that runs (`detect`, `normalize`, `match`, `merge`; ends in NUL, never freed), and how much of the whole is
// done, 0 to 1; `fraction` may be null.
const char *ql_control_progress(const ql_control *control, double *fraction);

// Frees a control, after the run that it was for.
void ql_control_free(ql_control *object);

// Finds out which records are one customer, and makes the golden records.
//
// `config` NULL: the default. `state` NULL: a run of its own; else customers keep the numbers that they have there, what
// people have decided holds, and on success the state is that for the next run. `control` NULL: nobody else stops the run. `threads` 0: all cores. `progress` NULL: none.
// The table's records are taken, whatever comes of it; the table is then empty, and still to be freed.
ql_status ql_table_consolidate(ql_table *table,
                               const ql_config *config,
                               ql_state *state,
                               const ql_control *control,
                               uint32_t threads,
                               ql_progress progress,
                               void *user_data,
                               ql_result **result,
                               ql_error **error);

// Makes golden records of groups that are known: records with the same value in a column are one customer. The table's
// records are taken, as by ql_table_consolidate.
ql_status ql_table_merge(ql_table *table,
                         const char *column,
                         size_t column_len,
                         const ql_config *config,
                         uint32_t threads,
                         ql_result **result,
                         ql_error **error);

// Writes a table of the result to a stream: `golden`, `xref`, `provenance`, `pairs`, `relations`, `events`, `review` or
// `issues`; as often as wanted.
ql_status ql_result_export(const ql_result *result,
                           const char *output,
                           size_t output_len,
                           struct ArrowArrayStream *stream,
                           ql_error **error);

// Counts, columns, the model and findings, as JSON; never a customer's value.
ql_status ql_result_report(const ql_result *result, ql_text **report, ql_error **error);

// Why two records are one customer, or are not, as JSON: the prior, for each comparison the values, level and weight in
// bits, the sum; and the same as `text` for people.
ql_status ql_result_explain(const ql_result *result,
                            const char *source_a,
                            size_t source_a_len,
                            const char *id_a,
                            size_t id_a_len,
                            const char *source_b,
                            size_t source_b_len,
                            const char *id_b,
                            size_t id_b_len,
                            ql_text **explanation,
                            ql_error **error);

// Frees a result. Streams that came of it stay valid.
void ql_result_free(ql_result *object);

// Normalises the first column of a stream, a batch for each batch, while it is read. `kind` is a kind of attribute
// (`phone`, `email`, `full_name`, `street` ...), `region` a country code such as `ES`, `locale` a language tag such as
// `es-ES`; the last two may be empty. Out come `original`, `canonical`, `quality`, `keys`, `reasons`, and `parts` as JSON.
ql_status ql_column_normalize(struct ArrowArrayStream *values,
                              const char *kind,
                              size_t kind_len,
                              const char *region,
                              size_t region_len,
                              const char *locale,
                              size_t locale_len,
                              struct ArrowArrayStream *normalized,
                              ql_error **error);

// The blocking keys of records, a batch for each batch, while the stream is read: `row` (from 0, over all batches) and
// `key`, each pair once. Records that share a key are worth a comparison; keys of more than 1,000 records are not.
// `source` is the name by which `config` knows the columns, as ql_config_detect writes them; `config` may be null when
// the columns are to be detected in each batch anew.
ql_status ql_records_key(struct ArrowArrayStream *records,
                         const char *source,
                         size_t source_len,
                         const ql_config *config,
                         uint32_t threads,
                         struct ArrowArrayStream *keys,
                         ql_error **error);

// Joins what pairs connect. In: `id_l` and `id_r`, with `source_l` and `source_r` where ids are of several sources, and
// `match_weight`, of which pairs below `threshold` are left out; without that column all pairs count. Out: each record
// that is in a pair once, as `source`, `source_id` and `cluster`: the smallest record of its cluster, as `source:id` or
// `id`. The order of the pairs has no say.
ql_status ql_pairs_cluster(struct ArrowArrayStream *pairs,
                           double threshold,
                           struct ArrowArrayStream *clusters,
                           ql_error **error);

// Reads the state from its folder; one that is not there is that of a first run.
ql_status ql_state_read(const char *folder, size_t folder_len, ql_state **state, ql_error **error);

// Writes the state to its folder, which is made if need be; `judgements.csv` there belongs to people and is not touched.
ql_status ql_state_write(const ql_state *state,
                         const char *folder,
                         size_t folder_len,
                         ql_error **error);

// Frees a state.
void ql_state_free(ql_state *object);

// A table without sources; NULL only after a panic.
ql_table *ql_table_new(void);

// Frees a table, also one whose records a run has taken.
void ql_table_free(ql_table *object);

// How many records the table holds.
uint64_t ql_table_len(const ql_table *table);

// Reads all batches of an Arrow stream as the records of a source, and takes the stream. Columns may be text (also large,
// views, dictionaries), numbers, dates, times, and lists of these. Columns whose name says password, token or card are
// left out.
ql_status ql_table_add_stream(ql_table *table,
                              const char *name,
                              size_t name_len,
                              struct ArrowArrayStream *stream,
                              ql_error **error);

// Reads a file of delimited text, whatever its delimiter and encoding. Without a name the source is called as the file is,
// less its ending.
ql_status ql_table_add_csv(ql_table *table,
                           const char *name,
                           size_t name_len,
                           const char *path,
                           size_t path_len,
                           ql_error **error);

// The bytes of a text; `len` may be null. Live as long as the text.
const char *ql_text_data(const ql_text *text, size_t *len);

// Frees a text.
void ql_text_free(ql_text *object);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* QUILATE_H */
